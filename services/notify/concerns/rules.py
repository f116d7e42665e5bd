"""What events say of whom a demand concerns; free of I/O."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from common.contracts.dockings import DockingSnapshot, DockingState
from common.contracts.matcher import MatchSnapshot
from common.contracts.solicitations import SolutionSnapshot
from common.contracts.words import SolutionState
from common.fields import OrganisationKey


class ConcernSource(StrEnum):
    MATCH = "match"
    DOCKING = "docking"
    SOLUTION = "solution"


@dataclass(frozen=True)
class Heard:
    """`does_hold`: whether the demand concerns the organisation from this version on."""

    source: ConcernSource
    source_id: UUID
    version: int
    demand_id: UUID
    organisation: OrganisationKey
    does_hold: bool


def of_match(match: MatchSnapshot) -> Heard:
    named = (ConcernSource.MATCH, match.id, match.version)
    return Heard(*named, match.demand_id, match.profile_organisation, match.is_current)


def of_docking(docking: DockingSnapshot) -> Heard:
    named = (ConcernSource.DOCKING, docking.id, docking.version)
    return Heard(*named, docking.demand_id, docking.enterprise, docking.state != DockingState.FAILED)


def of_solution(solution: SolutionSnapshot) -> Heard | None:
    """None of what a catalog before this release announced. Who was declined still hears what comes of the demand."""
    if solution.demand_id is None:
        return None
    named = (ConcernSource.SOLUTION, solution.id, solution.version)
    return Heard(*named, solution.demand_id, solution.owner, solution.state != SolutionState.WITHDRAWN)
