"""The HTTP door to subscriptions."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from common.auth import PrincipalDep
from common.clock import now
from common.database import ReadSessionDep, SessionDep
from common.errors import NotAllowedNow, NotFound, PreconditionRequired, Stale, Unauthenticated
from common.etags import IfMatchDep, set_etag
from common.idempotency import OnceDep
from common.pagination import Page, PageDep, link_next, page_of
from common.problems import problems
from notify.subscriptions import service
from notify.subscriptions.schemas import (
    SecretOut,
    SubscriptionChange,
    SubscriptionCreated,
    SubscriptionIn,
    SubscriptionOut,
)
from notify.subscriptions.service import Policy, Revision

router = APIRouter(prefix="/v1/subscriptions", tags=["subscriptions"], responses=problems(Unauthenticated))


def _terms(request: Request) -> Policy:
    terms: Policy = request.app.state.terms
    return terms


TermsDep = Annotated[Policy, Depends(_terms)]


def _revision(subscription_id: UUID, caller: PrincipalDep, expected: IfMatchDep) -> Revision:
    return Revision(caller.organisation, subscription_id, expected)


RevisionDep = Annotated[Revision, Depends(_revision)]


_THE_SAME: dict[int | str, dict[str, Any]] = {
    200: {"model": SubscriptionCreated, "description": "You have this subscription already"}
}


@router.post("", status_code=201, responses=_THE_SAME | problems(NotAllowedNow))
async def create_subscription(
    asked: SubscriptionIn, caller: PrincipalDep, session: SessionDep, once: OnceDep, terms: TermsDep, response: Response
) -> SubscriptionCreated:
    """Hear of matches of your organisation's demands and profiles.

    The secret of a webhook is shown in this reply and never again. A wish that you have already, paused or disabled
    maybe, is answered with 200 and the subscription as it stands.
    """
    created = await service.subscribe(session, caller.organisation, asked, terms, now())
    if not created.is_new:
        response.status_code = 200
    set_etag(response, created.subscription.version)
    response.headers["Location"] = f"/v1/subscriptions/{created.subscription.id}"
    # What is kept for a repeat of this request does not hold the secret: it would lie there unsealed.
    shown = once.keep(SubscriptionCreated.of(created.subscription))
    return shown.model_copy(update={"secret": created.secret})


@router.get("")
async def list_subscriptions(
    caller: PrincipalDep, session: ReadSessionDep, page: PageDep, request: Request, response: Response
) -> Page[SubscriptionOut]:
    """Your organisation's subscriptions, newest first."""
    found = await service.page(session, caller.organisation, page)
    shown = page_of(found, page, lambda each: (each.created_at, each.id), SubscriptionOut.of)
    link_next(request, response, shown.cursor)
    return shown


@router.get("/{subscription_id}", responses=problems(NotFound))
async def read_subscription(
    subscription_id: UUID, caller: PrincipalDep, session: ReadSessionDep, response: Response
) -> SubscriptionOut:
    subscription = await service.shown(session, caller.organisation, subscription_id)
    set_etag(response, subscription.version)
    return SubscriptionOut.of(subscription)


@router.patch("/{subscription_id}", responses=problems(NotFound, NotAllowedNow, Stale, PreconditionRequired))
async def change_subscription(
    revision: RevisionDep, asked: SubscriptionChange, session: SessionDep, terms: TermsDep, response: Response
) -> SubscriptionOut:
    """Replace its filters, or the URL of its webhook; the channel's type stays."""
    subscription = await service.change(session, revision, asked, terms, now())
    set_etag(response, subscription.version)
    return SubscriptionOut.of(subscription)


@router.delete("/{subscription_id}", status_code=204, responses=problems(NotFound))
async def delete_subscription(subscription_id: UUID, caller: PrincipalDep, session: SessionDep) -> None:
    """Hear no more. Deliveries not made yet are abandoned; the record of past ones stays."""
    await service.unsubscribe(session, caller.organisation, subscription_id, now())


@router.post("/{subscription_id}/pause", responses=problems(NotFound, NotAllowedNow))
async def pause_subscription(
    subscription_id: UUID, caller: PrincipalDep, session: SessionDep, once: OnceDep, response: Response
) -> SubscriptionOut:
    """Hold deliveries back: matches are still collected and are sent when the subscription is resumed."""
    subscription = await service.pause(session, caller.organisation, subscription_id, now())
    set_etag(response, subscription.version)
    return once.keep(SubscriptionOut.of(subscription))


@router.post("/{subscription_id}/resume", responses=problems(NotFound))
async def resume_subscription(
    subscription_id: UUID, caller: PrincipalDep, session: SessionDep, once: OnceDep, response: Response
) -> SubscriptionOut:
    """Send what a pause has held. A disabled subscription starts anew: what it missed is not made up for."""
    subscription = await service.resume(session, caller.organisation, subscription_id, now())
    set_etag(response, subscription.version)
    return once.keep(SubscriptionOut.of(subscription))


@router.post("/{subscription_id}/rotate-secret", responses=problems(NotFound, NotAllowedNow))
async def rotate_subscription_secret(
    subscription_id: UUID, caller: PrincipalDep, session: SessionDep, once: OnceDep, terms: TermsDep
) -> SecretOut:
    """Replace a webhook's secret. For a while requests carry two signatures, so that no request is lost."""
    created = await service.rotate_secret(session, caller.organisation, subscription_id, terms, now())
    kept = once.keep(SecretOut.of(created.subscription))
    return kept.model_copy(update={"secret": created.secret})
