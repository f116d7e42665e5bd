"""What a list of demands may be narrowed by."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from catalog.demands.search_tokens import query_tokens
from common.contracts.catalog import DemandKind, DemandState, Domain
from common.fields import Line, OrganisationKey, division_prefix


def _has_something_to_find(query: str) -> str:
    if not query_tokens(query):
        raise ValueError("nothing to search for: give a word, a number or a Chinese character")
    return query


class DemandFilters(BaseModel):
    """Each one given narrows the list further."""

    kind: DemandKind | None = None
    domain: Domain | None = None
    track: Line | None = None
    division: Annotated[str, StringConstraints(pattern=r"^([0-9]{2}){1,3}$")] | None = Field(
        None,
        description="A GB/T 2260 code or its beginning, with all it contains: `3702` or `370200` is Qingdao with its "
        "districts, `37` or `370000` the province, `370211` one district.",
    )
    state: DemandState | None = Field(None, description="`published` for the demands that are open now.")
    owner: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,31}:[A-Za-z0-9_-]{1,64}$")] | None = Field(
        None, description="Scheme and code of the owner.", examples=["uscc:91370200264574251E"]
    )
    q: Annotated[str, StringConstraints(max_length=200), AfterValidator(_has_something_to_find)] | None = Field(
        None,
        description="Words in title, need or clauses; all must occur. Chinese is found by any part of two or more "
        "characters (and by one), other scripts by whole words. Letter case and full-width forms make no difference.",
        examples=["港口 机器人"],
    )
    mine: bool = Field(False, description="The caller's own demands in every state, drafts included; needs a token.")

    @property
    def owner_key(self) -> OrganisationKey | None:
        if self.owner is None:
            return None
        scheme, code = self.owner.split(":")
        return OrganisationKey(scheme=scheme, code=code)

    @property
    def division_prefix(self) -> str | None:
        return division_prefix(self.division) if self.division else None
