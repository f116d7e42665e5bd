"""Proposals over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from catalog.proposals import service
from catalog.proposals.filters import ProposalFilters
from catalog.proposals.models import ListProposal
from catalog.proposals.rules import ProposalAction
from catalog.proposals.schemas import ProposalContent, ProposalOut, ProposalTaking
from catalog.records.changing import Changing, ChangingDep, changing
from catalog.records.steps import TAKING, PlainStep, StepAsked, StepRoutes, add_steps
from common.auth import PrincipalDep
from common.database import ReadSessionDep
from common.errors import NotFound, TooLarge, Unauthenticated, Unavailable
from common.etags import set_etag
from common.idempotency import OnceDep
from common.listing import ListingDep, listed
from common.pagination import Page
from common.problems import problems
from common.routing import GuardedRouter

router = GuardedRouter(tags=["lists"], responses=problems(Unavailable))
single = GuardedRouter(prefix="/v1/proposals", tags=["lists"], responses=problems(Unavailable))
_READING = problems(Unauthenticated, NotFound)
STEPS = (
    PlainStep(
        ProposalAction.DECLINE,
        "Decline a proposal",
        "By an editor of the list, for a reason that its owner reads; one that was taken leaves the list.",
        True,
    ),
    PlainStep(ProposalAction.RETRACT, "Retract a proposal", "By who put it forward, before it is answered."),
)


def _shown(response: Response, row: ListProposal) -> ProposalOut:
    set_etag(response, row.version)
    return ProposalOut.model_validate(row)


@router.post(
    "/v1/lists/{list_id}/proposals",
    status_code=201,
    summary="Put a demand forward for a list",
    responses=TAKING | problems(TooLarge),
)
async def create_proposal(
    list_id: UUID, body: ProposalContent, who: ChangingDep, once: OnceDep, response: Response
) -> ProposalOut:
    """By its owner, with the role publisher, while the list is collecting. Its owner and the editors alone see it."""
    row = await service.put_forward(who, list_id, body)
    response.headers["Location"] = f"/v1/proposals/{row.id}"
    return once.keep(_shown(response, row))


@single.get("", summary="List what was put forward for lists, newest first", responses=problems(Unauthenticated))
async def list_proposals(
    filters: Annotated[ProposalFilters, Query()], listing: ListingDep, caller: PrincipalDep
) -> Page[ProposalOut]:
    """Those of one's own organisation, and all that are for lists of it."""
    rows = await service.page(listing.session, caller, filters, listing.page)
    return listed(listing, rows, ProposalOut.model_validate)


@single.get("/{proposal_id}", summary="Read a proposal", responses=_READING)
async def read_proposal(
    proposal_id: UUID, caller: PrincipalDep, session: ReadSessionDep, response: Response
) -> ProposalOut:
    """For its owner and the editors of the list."""
    return _shown(response, await service.PROPOSALS.read(session, caller, proposal_id))


@single.post("/{proposal_id}/take", summary="Take a proposal into the list", responses=TAKING | problems(TooLarge))
async def take_proposal(
    proposal_id: UUID, body: ProposalTaking, who: ChangingDep, once: OnceDep, response: Response
) -> ProposalOut:
    """By an editor, until the list is submitted: its demand becomes the last entry, as it is now. One that was declined
    may be taken after all."""
    return once.keep(_shown(response, await service.take(who, proposal_id, body)))


async def _take(who: Changing, asked: StepAsked) -> ProposalOut:
    return _shown(asked.response, await service.do(who, asked.record_id, ProposalAction(asked.action), asked.reason))


add_steps(single, StepRoutes("proposal", ProposalOut), STEPS, changing, _take)
