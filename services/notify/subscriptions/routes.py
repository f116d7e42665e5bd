"""The HTTP door to subscriptions."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from common.auth import PrincipalDep
from common.clock import now
from common.database import ReadSessionDep, SessionDep
from common.errors import (
    FieldFault,
    InvalidInput,
    NotAllowedNow,
    NotFound,
    PreconditionRequired,
    Stale,
    Unauthenticated,
    invalid,
)
from common.etags import IfMatchDep, set_etag
from common.fields import Language
from common.idempotency import AnsweredOnceDep, OnceDep
from common.languages import LanguageDep
from common.listing import ListingDep, listed
from common.pagination import Page
from common.problems import problems
from common.routing import GuardedRouter
from notify.channels.confirmation import CONFIRMED_FORM, ConfirmationLinks
from notify.channels.confirmation import PATH as CONFIRM_PATH
from notify.previews import service as previewing
from notify.previews.schemas import PreviewIn, PreviewOut
from notify.subscriptions import confirming as asking
from notify.subscriptions import pages, service
from notify.subscriptions.filters import resolved
from notify.subscriptions.models import Subscription
from notify.subscriptions.rules import SubscriptionState
from notify.subscriptions.schemas import (
    ConfirmationOut,
    EndingOut,
    SecretOut,
    SubscriptionChange,
    SubscriptionCreated,
    SubscriptionIn,
    SubscriptionOut,
)
from notify.subscriptions.service import Policy, Revision
from notify.subscriptions.unsubscribe import ONE_CLICK, PATH, UnsubscribeLinks, is_one_click

router = GuardedRouter(prefix="/v1/subscriptions", tags=["subscriptions"], responses=problems(Unauthenticated))


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
async def list_subscriptions(caller: PrincipalDep, listing: ListingDep) -> Page[SubscriptionOut]:
    """Your organisation's subscriptions, newest first."""
    found = await service.page(listing.session, caller.organisation, listing.page)
    return listed(listing, found, SubscriptionOut.of)


@router.post("/preview", responses=problems(InvalidInput))
async def preview_subscription(
    asked: PreviewIn, caller: PrincipalDep, session: ReadSessionDep, once: AnsweredOnceDep, terms: TermsDep
) -> PreviewOut:
    """What such a subscription would have sent you in the last week; nothing is stored."""
    checked = asked.model_copy(update={"filters": resolved(asked.filters, terms.tracks)})
    return once.keep(await previewing.preview(session, caller.organisation, checked, now()))


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


unsubscribing = GuardedRouter(prefix=PATH, tags=["unsubscribing"])
_PAGE: dict[int | str, dict[str, Any]] = {
    200: {"model": EndingOut, "description": "JSON, or a page for a browser", "content": {"text/html": {}}}
}


def _signed(
    subscription_id: UUID,
    signature: Annotated[str, Query(max_length=100, description="As it stands in the link.")],
    request: Request,
) -> UUID:
    links: UnsubscribeLinks = request.app.state.unsubscribe_links
    if not links.is_signed(subscription_id, signature):
        raise NotFound("This link is not whole; take it from the message again", "链接不完整，请从原通知中重新打开")
    return subscription_id


SignedDep = Annotated[UUID, Depends(_signed)]


@unsubscribing.get("/{subscription_id}", responses=_PAGE | problems(NotFound))
async def read_ending(
    subscription_id: SignedDep, session: ReadSessionDep, language: LanguageDep, request: Request
) -> Response:
    """Whether the subscription of a signed link still tells anything, and a page with a button that ends it."""
    is_subscribed = await service.is_subscribed(session, subscription_id)
    return _ending(EndingOut(is_subscribed=is_subscribed), language, request)


@unsubscribing.post("/{subscription_id}", responses=_PAGE | problems(NotFound, InvalidInput))
async def end_subscription(
    subscription_id: SignedDep, session: SessionDep, language: LanguageDep, request: Request
) -> Response:
    """End the subscription of a signed link: RFC 8058, one click. Doing it again changes nothing; who subscribed can
    resume it."""
    if not is_one_click(await request.body()):
        raise invalid(FieldFault(f"send the form {ONE_CLICK}", f"请提交表单 {ONE_CLICK}", pointer="#"))
    await service.end(session, subscription_id, now())
    return _ending(EndingOut(is_subscribed=False), language, request)


def _ending(shown: EndingOut, language: Language | None, request: Request) -> Response:
    if "text/html" not in request.headers.get("accept", ""):
        return JSONResponse(shown.model_dump(), headers={"Cache-Control": "no-store"})
    page = pages.page("unsubscribe", language or "zh", ONE_CLICK, is_asking=shown.is_subscribed)
    return HTMLResponse(page, headers=pages.HEADERS)


confirming = GuardedRouter(prefix=CONFIRM_PATH, tags=["confirming"])
_CONFIRM_PAGE: dict[int | str, dict[str, Any]] = {
    200: {"model": ConfirmationOut, "description": "JSON, or a page for a browser", "content": {"text/html": {}}}
}


async def _asked(
    subscription_id: UUID,
    expires: Annotated[int, Query(ge=0, le=2**40, description="As it stands in the link.")],
    signature: Annotated[str, Query(max_length=100, description="As it stands in the link.")],
    session: SessionDep,
    request: Request,
) -> Subscription:
    links: ConfirmationLinks = request.app.state.confirmation_links
    found = await asking.asked(session, links, subscription_id, (expires, signature), now())
    if found is None:
        raise NotFound(
            "This link is not whole, or too old; have the subscription made again",
            "链接不完整或已过期，请重新申请订阅",
        )
    return found


AskedDep = Annotated[Subscription, Depends(_asked)]


@confirming.get("/{subscription_id}", responses=_CONFIRM_PAGE | problems(NotFound))
async def read_confirmation(subscription: AskedDep, language: LanguageDep, request: Request) -> Response:
    """Whether the address of a signed link was confirmed, and a page with a button that does it: programs that look at
    the links of a mail confirm nothing."""
    return _confirmation(subscription, language, request)


@confirming.post("/{subscription_id}", responses=_CONFIRM_PAGE | problems(NotFound, InvalidInput))
async def confirm_address(
    subscription: AskedDep, session: SessionDep, language: LanguageDep, request: Request
) -> Response:
    """Say that the address of a signed link takes notices. Doing it again changes nothing."""
    if await request.body() != CONFIRMED_FORM.encode():
        raise invalid(FieldFault(f"send the form {CONFIRMED_FORM}", f"请提交表单 {CONFIRMED_FORM}", pointer="#"))
    await asking.confirm(session, subscription, now())
    return _confirmation(subscription, language, request)


def _confirmation(subscription: Subscription, language: Language | None, request: Request) -> Response:
    is_pending = subscription.state is SubscriptionState.PENDING
    if "text/html" not in request.headers.get("accept", ""):
        said = ConfirmationOut(is_confirmed=subscription.confirmed_at is not None)
        return JSONResponse(said.model_dump(), headers={"Cache-Control": "no-store"})
    page = pages.page("confirm", language or "zh", CONFIRMED_FORM, is_asking=is_pending)
    return HTMLResponse(page, headers=pages.HEADERS)
