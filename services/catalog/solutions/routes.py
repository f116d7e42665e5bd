"""Solutions over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Response
from pydantic import BaseModel

from catalog.solutions import service
from catalog.solutions.models import Solution
from catalog.solutions.schemas import SolutionContent, SolutionOut, SolutionVersionOut
from catalog.solutions.service import Submitting
from common.auth import PrincipalDep
from common.clock import now
from common.database import ReadSessionDep, SessionDep
from common.errors import (
    Forbidden,
    NotAllowedNow,
    NotFound,
    PreconditionRequired,
    Stale,
    TooLarge,
    Unauthenticated,
    Unavailable,
)
from common.etags import IfMatchDep, set_etag
from common.idempotency import OnceDep
from common.listing import ListingDep, listed
from common.pagination import Page
from common.problems import problems
from common.routing import GuardedRouter

router = GuardedRouter(prefix="/v1", tags=["solutions"], responses=problems(Unavailable, Unauthenticated, NotFound))
_CHANGING = problems(Forbidden, NotAllowedNow, TooLarge)


class SolutionVersions(BaseModel):
    """All versions of a solution, newest first."""

    items: list[SolutionVersionOut]


async def _submitting(session: SessionDep, caller: PrincipalDep) -> Submitting:
    return Submitting(session, caller, now())


SubmittingDep = Annotated[Submitting, Depends(_submitting)]


def _shown(response: Response, solution: Solution) -> SolutionOut:
    set_etag(response, solution.version)
    return SolutionOut.model_validate(solution)


@router.post(
    "/solicitations/{solicitation_id}/solutions", status_code=201, summary="Submit a solution", responses=_CHANGING
)
async def submit_solution(
    solicitation_id: UUID, body: SolutionContent, submitting: SubmittingDep, once: OnceDep, response: Response
) -> SolutionOut:
    """By any enterprise, until the deadline; one for each organisation. Each hard clause needs an answer with evidence.
    Nobody else reads it before the deadline."""
    solution = await service.submit(submitting, solicitation_id, body)
    response.headers["Location"] = f"/v1/solutions/{solution.id}"
    return once.keep(_shown(response, solution))


@router.get(
    "/solicitations/{solicitation_id}/solutions",
    summary="List solutions, newest first",
    responses=problems(Forbidden, NotAllowedNow),
)
async def list_solutions(solicitation_id: UUID, listing: ListingDep, caller: PrincipalDep) -> Page[SolutionOut]:
    """All, to who called for them and to evaluators who declared no interest, once the deadline has passed; to others
    their own."""
    rows = await service.page(listing.session, caller, solicitation_id, listing.page)
    return listed(listing, rows, SolutionOut.model_validate)


@router.get("/solutions/{solution_id}", summary="Read a solution")
async def read_solution(
    solution_id: UUID, caller: PrincipalDep, session: ReadSessionDep, response: Response
) -> SolutionOut:
    """Its submitter at any time; who called for it, and evaluators who declared no interest, after the deadline. To
    others it is not there, also once the result is published."""
    return _shown(response, await service.read(session, caller, solution_id))


@router.get("/solutions/{solution_id}/versions", summary="List the versions of a solution, newest first")
async def list_solution_versions(solution_id: UUID, caller: PrincipalDep, session: ReadSessionDep) -> SolutionVersions:
    """For those who may read it. The last one counts."""
    rows = await service.versions(session, caller, solution_id)
    return SolutionVersions(items=[SolutionVersionOut.model_validate(row) for row in rows])


@router.put(
    "/solutions/{solution_id}",
    summary="Replace a solution",
    responses=_CHANGING | problems(Stale, PreconditionRequired),
)
async def replace_solution(
    solution_id: UUID, body: SolutionContent, submitting: SubmittingDep, expected: IfMatchDep, response: Response
) -> SolutionOut:
    """By its submitter, until the deadline; versions of before are kept."""
    return _shown(response, await service.replace(submitting, solution_id, body, expected))


@router.post("/solutions/{solution_id}/withdraw", summary="Withdraw a solution", responses=_CHANGING)
async def withdraw_solution(
    solution_id: UUID, submitting: SubmittingDep, once: OnceDep, response: Response
) -> SolutionOut:
    """By its submitter, until the deadline; another may be submitted afterwards. Repeating the call changes nothing."""
    return once.keep(_shown(response, await service.withdraw(submitting, solution_id)))
