"""What scenario lists look like over HTTP."""

from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from catalog.fields import Deadline
from catalog.history.schemas import Comment, PublicReason
from catalog.lists.rules import MOST_ENTRIES
from common.contracts.catalog import FieldChange
from common.contracts.clauses import Clause, Locality
from common.contracts.words import Domain, ListState, ScenarioLevel
from common.fields import Frozen, Moment, OrganisationKey, SeenLine, SeenText, Whole

EXAMPLE: JsonDict = {
    "year": 2027,
    "batch": 1,
    "title": "青岛市2027年度应用场景清单（第一批）",
    "note": "请有意向的企业按各场景的对接方式联系。",
    "collect_by": "2099-12-31T16:00:00Z",
}
ENTRIES_EXAMPLE: JsonDict = {
    "entries": [
        {"demand_id": "01890a5d-ac96-774b-bcce-b302099a8057", "level": "high_end"},
        {"demand_id": "01890a5d-ac96-774b-bcce-b302099a8058", "demand_version": 3, "level": "generic"},
    ]
}
Note = Annotated[SeenText, Field(max_length=4000)]


class ListTerms(Frozen):
    """What is said of a list beside its entries."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{name: EXAMPLE[name] for name in ("title", "note", "collect_by")}]}
    )

    title: SeenLine
    note: Note | None = Field(None, description="编制说明: what readers are told of the list as a whole.")
    collect_by: Deadline | None = Field(None, description="The survey ends by itself at this moment.")


class ListContent(ListTerms):
    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    year: Annotated[Whole, Field(ge=2000, le=2199)]
    batch: Annotated[Whole, Field(ge=1, le=99)] = 1


class EntryIn(Frozen):
    """A demand for a list. Of one that the list has already, what is left out stays as it is."""

    demand_id: UUID = Field(description="A published scenario.")
    demand_version: Annotated[Whole, Field(ge=1)] | None = Field(
        None,
        description="The public version that is listed; left out, that of the entry there is, else the present one.",
    )
    level: ScenarioLevel | None = Field(None, description="场景级别; needed before the list is submitted.")


class Arrangement(Frozen):
    """All entries of a list, in its order."""

    model_config = ConfigDict(json_schema_extra={"examples": [ENTRIES_EXAMPLE]})

    entries: tuple[EntryIn, ...] = Field(max_length=MOST_ENTRIES)


class ListCorrection(Frozen):
    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "更正第3条的技术指标"}]})

    reason: PublicReason


class ListOut(Frozen):
    """A list without its entries, as everyone may see it once it is published."""

    id: UUID
    version: int
    state: ListState
    owner: OrganisationKey = Field(validation_alias="owner_key")
    owner_name: str
    year: int
    batch: int
    edition: int = Field(description="1, and one more for each correction.")
    title: str
    note: str | None
    collect_by: Moment | None
    entries_count: int
    supersedes: UUID | None = Field(description="The edition that this one corrects.")
    superseded_by: UUID | None = Field(description="The published edition that corrects this one.")
    reason: str | None = Field(description="Why it corrects the one before.")
    digest: str | None = Field(
        description="SHA-256 of the list as canonical JSON (RFC 8785), from when it is frozen: of the very bytes that "
        "`export?format=json` gives once it is published."
    )
    published_at: Moment | None
    created_at: Moment
    updated_at: Moment


class OwnListOut(ListOut):
    """A list as those who edit and review it see it."""

    review_comments: tuple[Comment, ...] | None = Field(description="What the last review would have changed.")


class EntryOut(Frozen):
    """A demand in a list, as it was at that version."""

    position: int
    demand_id: UUID
    demand_version: int
    level: ScenarioLevel | None
    title: str
    need: str
    clauses: tuple[Clause, ...]
    domain: Domain
    tracks: tuple[str, ...]
    division: str | None
    locality: Locality | None
    budget_min_fen: int | None
    budget_max_fen: int | None
    currency: str
    opens_at: Moment | None
    closes_at: Moment | None
    procurement_route: str | None
    docking: str | None
    policies: tuple[str, ...]
    owner: OrganisationKey
    owner_name: str


class NamedEntry(Frozen):
    demand_id: UUID
    demand_version: int
    title: str
    owner_name: str


class ChangedEntry(NamedEntry):
    changes: tuple[FieldChange, ...]


class ListDifferenceOut(Frozen):
    """What differs from one published list to another, entries by their demands."""

    before: ListOut
    after: ListOut
    terms: tuple[FieldChange, ...] = Field(description="What is said of the list itself.")
    added: tuple[NamedEntry, ...]
    removed: tuple[NamedEntry, ...]
    changed: tuple[ChangedEntry, ...]
    is_reordered: bool = Field(description="Whether entries that are in both follow each other otherwise.")
