"""What catalog announces of solicitations, and of the solutions to them."""

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from common.contracts.envelope import Event, TolerantModel
from common.contracts.words import DeclineCode, DemandKind, Domain, SolicitationState, SolutionState
from common.fields import Moment, OrganisationKey


class ResultEntry(TolerantModel):
    """What everyone may know of one solution once the result is published."""

    solution_id: UUID
    owner: OrganisationKey
    owner_name: str
    title: str
    points_sum: int | None = Field(None, description="Points × weight of all its scores, a whole number.")
    points_most: int | None = Field(None, description="What `points_sum` could have been at most.")


class SolicitationResult(TolerantModel):
    """What came of a solicitation. `declined` holds those that the owner said from the start would be shown."""

    solutions_count: int
    selected: tuple[ResultEntry, ...]
    declined: tuple[ResultEntry, ...]


class SolicitationSnapshot(TolerantModel):
    """A call for solutions to a demand, as everyone may see it."""

    id: UUID
    version: int
    demand_id: UUID
    demand_version: int
    state: SolicitationState
    owner: OrganisationKey
    owner_name: str
    title: str
    kind: DemandKind | None = Field(None, description="Of the demand, as `domain` and `tracks`.")
    domain: Domain | None = None
    tracks: tuple[str, ...] = ()
    closes_at: Moment
    decide_by: Moment = Field(description="When the owner promised to have decided.")
    solutions_count: int | None = Field(description="Null while solutions are taken.")
    state_reason: str | None
    result: SolicitationResult | None


class SolicitationEvent(Event):
    stream: ClassVar[str] = "CATALOG"
    solicitation: SolicitationSnapshot

    def about(self) -> str:
        return str(self.solicitation.id)


class SolicitationOpened(SolicitationEvent):
    """Solutions to a demand are taken."""

    type: ClassVar[str] = "catalog.solicitation.opened"


class SolicitationAdvanced(SolicitationEvent):
    """A solicitation was extended, or went a step on, which `state` names."""

    type: ClassVar[str] = "catalog.solicitation.advanced"


class SolicitationReminded(SolicitationEvent):
    """The promised date of a decision is near, or has passed without one."""

    type: ClassVar[str] = "catalog.solicitation.reminded"
    is_overdue: bool


class SolicitationConcluded(SolicitationEvent):
    """The result of a solicitation was published: `result` has it."""

    type: ClassVar[str] = "catalog.solicitation.concluded"


class SolutionSnapshot(TolerantModel):
    """A solution without its text: which, whose, and how it stands."""

    id: UUID
    version: int
    solicitation_id: UUID
    demand_id: UUID | None = None
    state: SolutionState
    owner: OrganisationKey
    decline_code: DeclineCode | None


class SolutionAdvanced(Event):
    """A solution was submitted or changed, or went a step on. For the `audience` alone: before the deadline who
    submitted it, afterwards also who called for it."""

    type: ClassVar[str] = "catalog.solution.advanced"
    stream: ClassVar[str] = "CATALOG"
    solution: SolutionSnapshot
    audience: tuple[OrganisationKey, ...]

    def about(self) -> str:
        return str(self.solution.id)
