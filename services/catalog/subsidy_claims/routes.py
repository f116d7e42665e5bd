"""Subsidy claims over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from catalog.records.changing import Changing, ChangingDep, changing
from catalog.records.steps import TAKING, PlainStep, StepAsked, StepRoutes, add_history, add_steps
from catalog.subsidy_claims import service
from catalog.subsidy_claims.filters import SubsidyClaimFilters
from catalog.subsidy_claims.models import SubsidyClaim
from catalog.subsidy_claims.rules import SubsidyClaimAction
from catalog.subsidy_claims.schemas import (
    PayeeAccount,
    SubsidyApproval,
    SubsidyBalanceOut,
    SubsidyClaimContent,
    SubsidyClaimOut,
)
from common.auth import PrincipalDep, VisitorDep
from common.database import ReadSessionDep
from common.errors import Forbidden, NotAllowedNow, NotFound, TooLarge, Unauthenticated, Unavailable
from common.etags import set_etag
from common.idempotency import OnceDep
from common.listing import ListingDep, listed
from common.pagination import Page
from common.problems import problems
from common.routing import GuardedRouter

router = GuardedRouter(prefix="/v1/subsidy-claims", tags=["subsidies"], responses=problems(Unavailable))
balances = GuardedRouter(prefix="/v1/subsidy-schemes", tags=["subsidies"], responses=problems(Unavailable))
STEPS = (
    PlainStep(SubsidyClaimAction.VERIFY, "Verify a claim", "By an officer: it is as its evidence says."),
    PlainStep(SubsidyClaimAction.PUBLICISE, "Publicise a claim", "By an officer: everyone reads it from now on."),
    PlainStep(SubsidyClaimAction.PAY, "Say that a subsidy is paid", "By an officer: to the account of its claimant."),
    PlainStep(SubsidyClaimAction.RECLAIM, "Claw a subsidy back", "By an officer: the whole of it.", True),
    PlainStep(SubsidyClaimAction.REFUSE, "Refuse a claim", "By an officer.", True),
    PlainStep(SubsidyClaimAction.WITHDRAW, "Withdraw a claim", "By its claimant, before it is approved."),
)


def _shown(response: Response, claim: SubsidyClaim, who: Changing) -> SubsidyClaimOut:
    set_etag(response, claim.version)
    return service.shown_to(claim, who.caller)


@router.post(
    "",
    status_code=201,
    summary="File a subsidy claim",
    responses=problems(Unauthenticated, Forbidden, NotFound, NotAllowedNow, TooLarge),
)
async def create_subsidy_claim(
    body: SubsidyClaimContent, who: ChangingDep, once: OnceDep, response: Response
) -> SubsidyClaimOut:
    """With the role enterprise, while the scheme is open, for a solution of one's own that was selected and adopted.
    What it comes to follows from the scheme's rate and caps."""
    claim = await service.file(who, body)
    response.headers["Location"] = f"/v1/subsidy-claims/{claim.id}"
    return once.keep(_shown(response, claim, who))


@router.get(
    "",
    summary="List subsidy claims, newest first",
    responses=problems(Unauthenticated, Forbidden),
    openapi_extra={"security": [{}]},
)
async def list_subsidy_claims(
    listing: ListingDep, visitor: VisitorDep, filters: Annotated[SubsidyClaimFilters, Query()]
) -> Page[SubsidyClaimOut]:
    """Those that are or were publicised; `mine` and `to_handle` also have the others."""
    rows = await service.page(listing.session, listing.page, filters, visitor)
    return listed(listing, rows, lambda row: service.shown_to(row, visitor))


@router.get(
    "/{subsidy_claim_id}",
    summary="Read a subsidy claim",
    responses=problems(Unauthenticated, NotFound),
    openapi_extra={"security": [{}]},
)
async def read_subsidy_claim(
    subsidy_claim_id: UUID, visitor: VisitorDep, session: ReadSessionDep, response: Response
) -> SubsidyClaimOut:
    """Before its public notice it is for its claimant and the officers of its scheme."""
    claim = await service.CLAIMS.read(session, visitor, subsidy_claim_id)
    set_etag(response, claim.version)
    return service.shown_to(claim, visitor)


@router.get(
    "/{subsidy_claim_id}/account",
    summary="Read where to pay",
    responses=problems(Unauthenticated, Forbidden, NotFound),
)
async def read_payee_account(subsidy_claim_id: UUID, caller: PrincipalDep, session: ReadSessionDep) -> PayeeAccount:
    """For its claimant, and the officers who may decide on the claim."""
    return await service.account(session, caller, subsidy_claim_id)


@router.post("/{subsidy_claim_id}/approve", summary="Approve a claim", responses=TAKING | problems(TooLarge))
async def approve_subsidy_claim(
    subsidy_claim_id: UUID, body: SubsidyApproval, who: ChangingDep, once: OnceDep, response: Response
) -> SubsidyClaimOut:
    """By an officer who did not verify it, after its public notice, within what is left of the scheme's total."""
    return once.keep(_shown(response, await service.approve(who, subsidy_claim_id, body), who))


async def _take(who: Changing, asked: StepAsked) -> SubsidyClaimOut:
    return _shown(asked.response, await service.take(who, asked.record_id, asked.action, asked.reason), who)


add_steps(router, StepRoutes("subsidy_claim", SubsidyClaimOut), STEPS, changing, _take)
add_history(router, "subsidy_claim", "a subsidy claim", service.CLAIMS)


@balances.get("/{subsidy_scheme_id}/balance", summary="Compute what is left of a scheme", responses=problems(NotFound))
async def read_subsidy_balance(subsidy_scheme_id: UUID, session: ReadSessionDep) -> SubsidyBalanceOut:
    """From its claims as they are now, in whole fen."""
    found = await service.balance(session, subsidy_scheme_id)
    fields = {f"{name}_fen": amount for name, amount in found._asdict().items()}
    return SubsidyBalanceOut(**fields, remaining_fen=found.remaining)
