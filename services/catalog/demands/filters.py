"""What a list of demands may be narrowed by."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from catalog.fields import OwnerNamed, key_of
from common.contracts.words import DemandKind, DemandState, Domain
from common.fields import Line, OrganisationKey, division_prefix, form, wrong
from common.search.tokens import query_terms


def _has_something_to_find(query: str) -> str:
    if not query_terms(query):
        raise wrong("give a word, a number or a Chinese character to search for", "请填写要检索的汉字、单词或数字")
    return query


DIVISION = form(
    r"^([0-9]{2}){1,3}$",
    "give two, four or six digits of a GB/T 2260 division, such as 3702",
    "请填写区划代码的前两位、四位或全部六位，例如 3702",
)


class DemandFilters(BaseModel):
    """Each one given narrows the list further."""

    kind: DemandKind | None = None
    domain: Domain | None = None
    track: Line | None = None
    division: Annotated[str, DIVISION] | None = Field(
        None,
        description="A GB/T 2260 code or its beginning, with all it contains: `3702` or `370200` is Qingdao with its "
        "districts, `37` or `370000` the province, `370211` one district.",
    )
    state: DemandState | None = Field(None, description="`published` for the demands that are open now.")
    owner: OwnerNamed | None = Field(
        None, description="Scheme and code of the owner.", examples=["uscc:91370200264574251E"]
    )
    q: Annotated[str, StringConstraints(max_length=200), AfterValidator(_has_something_to_find)] | None = Field(
        None,
        description="Words in title, need or clauses; all must occur. Chinese is found by any part of two or more "
        "characters (and by one), other scripts by whole words. Letter case, full-width forms, traditional characters, "
        "and a blank, hyphen or slash within a name (OPC UA, RS-485) make no difference.",
        examples=["港口 机器人"],
    )
    policy_id: UUID | None = Field(None, description="Demands that name this policy.")
    for_review: bool = Field(False, description="Demands that wait for a reviewer; needs a token with that role.")
    mine: bool = Field(False, description="The caller's own demands in every state, drafts included; needs a token.")

    @property
    def is_public(self) -> bool:
        """Whether the list is one that everyone may read."""
        return not (self.mine or self.for_review)

    @property
    def owner_key(self) -> OrganisationKey | None:
        return None if self.owner is None else key_of(self.owner)

    @property
    def division_prefix(self) -> str | None:
        return division_prefix(self.division) if self.division else None
