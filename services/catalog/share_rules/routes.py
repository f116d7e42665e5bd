"""Share rules, and shares computed by them, over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from catalog.records.changing import Changing, ChangingDep, changing
from catalog.records.replies import begun, shown
from catalog.records.steps import TAKING, PlainStep, StepAsked, StepRoutes, add_history, add_steps
from catalog.share_rules import service
from catalog.share_rules.filters import ShareFilters, ShareRuleFilters
from catalog.share_rules.rules import ShareRuleAction, whole
from catalog.share_rules.schemas import (
    CategoryShareOut,
    OrganisationSharesOut,
    ShareOut,
    ShareRuleContent,
    ShareRuleOut,
    ShareRuleRevision,
    share_json,
)
from catalog.share_rules.service import OrganisationShares
from common.database import ReadSessionDep
from common.errors import Forbidden, NotFound, PreconditionRequired, Stale, TooLarge, Unauthenticated, Unavailable
from common.etags import IfMatchDep
from common.fields import OrganisationKey
from common.idempotency import OnceDep
from common.listing import ListingDep, listed
from common.pagination import Page
from common.problems import problems
from common.routing import GuardedRouter

PATH = "/v1/procurement-share-rules"
router = GuardedRouter(prefix=PATH, tags=["procurement"], responses=problems(Unavailable))
shares = GuardedRouter(prefix="/v1/procurement-shares", tags=["procurement"], responses=problems(Unavailable))
STEPS = (PlainStep(ShareRuleAction.END, "End a share rule", "By who set it.", True),)


@router.post("", status_code=201, summary="Set a share rule", responses=problems(Unauthenticated, Forbidden, TooLarge))
async def create_share_rule(
    body: ShareRuleContent, who: ChangingDep, once: OnceDep, response: Response
) -> ShareRuleOut:
    """With the role publisher. It says which purchases a share is of, which of those it counts, and for which
    quarters."""
    return once.keep(begun(response, PATH, await service.enact(who, body), ShareRuleOut))


@router.get("", summary="List share rules, newest first")
async def list_share_rules(listing: ListingDep, filters: Annotated[ShareRuleFilters, Query()]) -> Page[ShareRuleOut]:
    return listed(listing, await service.page(listing.session, listing.page, filters), ShareRuleOut.model_validate)


@router.get("/{share_rule_id}", summary="Read a share rule", responses=problems(NotFound))
async def read_share_rule(share_rule_id: UUID, session: ReadSessionDep, response: Response) -> ShareRuleOut:
    return shown(response, await service.SHARE_RULES.read(session, None, share_rule_id), ShareRuleOut)


@router.post(
    "/{share_rule_id}/revise",
    summary="Revise a share rule",
    responses=TAKING | problems(TooLarge, Stale, PreconditionRequired),
)
async def revise_share_rule(
    share_rule_id: UUID,
    body: ShareRuleRevision,
    expected: IfMatchDep,
    who: ChangingDep,
    once: OnceDep,
    response: Response,
) -> ShareRuleOut:
    """By who set it: another version, with a reason that everyone reads. Shares by the one before can still be had."""
    return once.keep(shown(response, await service.revise(who, share_rule_id, body, expected), ShareRuleOut))


async def _take(who: Changing, asked: StepAsked) -> ShareRuleOut:
    return shown(asked.response, await service.take(who, asked.record_id, asked.action, asked.reason), ShareRuleOut)


add_steps(router, StepRoutes("share_rule", ShareRuleOut), STEPS, changing, _take)
add_history(router, "share_rule", "a share rule", service.SHARE_RULES)


@shares.get("", summary="Compute procurement shares", responses=problems(NotFound))
async def list_procurement_shares(
    listing: ListingDep, filters: Annotated[ShareFilters, Query()]
) -> Page[OrganisationSharesOut]:
    """Of each organisation that bought something in a year or quarter, by a rule: from the records as they are now.
    Nobody states a share."""
    rows = await service.shares(listing.session, listing.page, filters)
    return listed(
        listing,
        rows,
        lambda row: _share(row, filters.period),
        lambda row: (row.organisation.created_at, row.organisation.id),
    )


def _share(row: OrganisationShares, period: str) -> OrganisationSharesOut:
    found = [CategoryShareOut(category=category, **share_json(share)) for category, share in row.shares.items()]
    return OrganisationSharesOut(
        organisation=OrganisationKey(scheme=row.organisation.scheme, code=row.organisation.code),
        organisation_name=row.organisation.name,
        period=period,
        rule_id=row.rule.id,
        rule_version=row.rule.version,
        shares=tuple(found),
        total=ShareOut(**share_json(whole(row.shares.values()))),
    )
