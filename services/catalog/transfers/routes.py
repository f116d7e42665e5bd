"""Transfers over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from catalog.records.changing import Changing, ChangingDep, changing
from catalog.records.replies import begun, shown
from catalog.records.steps import TAKING, PlainStep, StepAsked, StepRoutes, add_steps, add_taken
from catalog.transfers import service
from catalog.transfers.filters import TransferFilters
from catalog.transfers.rules import TransferAction
from catalog.transfers.schemas import (
    TransferContent,
    TransferCount,
    TransferCountsOut,
    TransferOut,
    TransferRegistration,
    TransferTerms,
    TransferValuation,
)
from common.auth import PrincipalDep
from common.database import ReadSessionDep
from common.errors import NotFound, PreconditionRequired, Stale, TooLarge, Unauthenticated, Unavailable
from common.etags import IfMatchDep
from common.idempotency import OnceDep
from common.listing import ListingDep, listed
from common.pagination import Page
from common.problems import problems
from common.routing import GuardedRouter

PATH = "/v1/transfers"
router = GuardedRouter(prefix=PATH, tags=["transfers"], responses=problems(Unavailable))
STEPS = (
    PlainStep(TransferAction.DELIVER, "Accept a delivery", "By the buyer: what was contracted has been handed over."),
    PlainStep(TransferAction.CANCEL, "Cancel a transfer", "By any party, before it is contracted.", True),
)


@router.post("", status_code=201, summary="Propose a transfer", responses=TAKING | problems(TooLarge))
async def create_transfer(body: TransferContent, who: ChangingDep, once: OnceDep, response: Response) -> TransferOut:
    """By a party to a docking. Nothing follows before every party has confirmed that docking, mandate and parties
    are as they are named."""
    return once.keep(begun(response, PATH, await service.propose(who, body), TransferOut))


@router.get("", summary="List transfers, newest first", responses=problems(Unauthenticated))
async def list_transfers(
    listing: ListingDep, caller: PrincipalDep, filters: Annotated[TransferFilters, Query()]
) -> Page[TransferOut]:
    """Those that you are a party to."""
    return listed(listing, await service.page(listing, caller, filters), TransferOut.model_validate)


@router.get("/counts", summary="List how many transfers stand where")
async def list_transfer_counts(session: ReadSessionDep) -> TransferCountsOut:
    """For everyone: by state and type, without a name or a sum."""
    rows = await service.counts(session)
    return TransferCountsOut(items=[TransferCount.model_validate(row) for row in rows])


@router.get("/{transfer_id}", summary="Read a transfer", responses=problems(NotFound, Unauthenticated))
async def read_transfer(
    transfer_id: UUID, caller: PrincipalDep, session: ReadSessionDep, response: Response
) -> TransferOut:
    """For its parties; to others it is not there."""
    return shown(response, await service.TRANSFERS.read(session, caller, transfer_id), TransferOut)


@router.post("/{transfer_id}/confirm", summary="Confirm a transfer", responses=TAKING)
async def confirm_transfer(transfer_id: UUID, who: ChangingDep, once: OnceDep, response: Response) -> TransferOut:
    """By each party, once. With the last confirmation the transfer is docked."""
    return once.keep(shown(response, await service.confirm(who, transfer_id), TransferOut))


@router.post("/{transfer_id}/value", summary="Value a transfer", responses=TAKING | problems(TooLarge))
async def value_transfer(
    transfer_id: UUID, body: TransferValuation, who: ChangingDep, once: OnceDep, response: Response
) -> TransferOut:
    """By any party: what a valuer who is none of them found. Another valuation takes its place."""
    return once.keep(shown(response, await service.value(who, transfer_id, body), TransferOut))


@router.post("/{transfer_id}/offer", summary="Offer terms", responses=TAKING | problems(TooLarge))
async def offer_transfer(
    transfer_id: UUID, body: TransferTerms, who: ChangingDep, once: OnceDep, response: Response
) -> TransferOut:
    """By any party: price, broker's fee and instalments. Signatures of other terms are void."""
    return once.keep(shown(response, await service.offer(who, transfer_id, body), TransferOut))


@router.post("/{transfer_id}/sign", summary="Sign the terms", responses=TAKING | problems(Stale, PreconditionRequired))
async def sign_transfer(
    transfer_id: UUID, who: ChangingDep, expected: IfMatchDep, once: OnceDep, response: Response
) -> TransferOut:
    """By each party: the terms that they read. With the last signature the transfer is contracted."""
    return once.keep(shown(response, await service.sign(who, transfer_id, expected), TransferOut))


@router.post("/{transfer_id}/register", summary="Register a transfer", responses=TAKING | problems(TooLarge))
async def register_transfer(
    transfer_id: UUID, body: TransferRegistration, who: ChangingDep, once: OnceDep, response: Response
) -> TransferOut:
    """By any party: under which number the contract is registered."""
    return once.keep(shown(response, await service.register(who, transfer_id, body), TransferOut))


async def _take(who: Changing, asked: StepAsked) -> TransferOut:
    return shown(asked.response, await service.take(who, asked.record_id, asked.action, asked.reason), TransferOut)


add_steps(router, StepRoutes("transfer", TransferOut), STEPS, changing, _take)
add_taken(router, "transfer", "a transfer", service.TRANSFERS)
