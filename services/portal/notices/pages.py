"""Subscriptions of an organisation: those it has, what a new one would have told of last week, how each is ended."""

from fastapi import APIRouter
from fastapi.responses import Response

from portal import lifecycles
from portal.api import ApiDown, ApiRefused, Call, Json
from portal.forms import Filled
from portal.notices import wishes
from portal.public.pages import DOMAINS, KINDS, MOST
from portal.visits import FormDep, MemberDep, Visit, together

router = APIRouter(include_in_schema=False)
NOUN = "notify/subscriptions"
STEPS = ("pause", "resume")
REMOVE = "remove"


@router.get("/subscriptions")
async def subscriptions(visit: MemberDep) -> Response:
    return await _shown(visit, Filled(wishes.blank()))


async def _shown(visit: Visit, form: Filled, made: Json | None = None) -> Response:
    page, preview = await together(
        visit.ask("notify.list_subscriptions", Call(query={"limit": MOST})), _preview(visit, form)
    )
    return visit.page(
        "notices/subscriptions.html",
        form.status,
        subscriptions=[_told(visit, each) for each in page["items"]],
        body=form.body,
        faults=form.faults,
        refusal=form.refusal,
        preview=preview,
        made=made,
        wishes=wishes,
        kinds=KINDS,
        domains=DOMAINS,
    )


def _told(visit: Visit, one: Json) -> Json:
    """A subscription with its sentences, and the steps that its subscriber may take now."""
    allowed = lifecycles.possible(NOUN, one["state"], ["subscriber"])
    return {
        **one,
        "passes": list(wishes.passes(visit.say, one["filters"])),
        "rhythm": wishes.rhythm(visit.say, one["cadence"]),
        "possible": [action for action in STEPS if action in allowed],
    }


async def _preview(visit: Visit, form: Filled) -> Json | None:
    """What such a subscription would have sent in the last week; None while it says something that is none."""
    if form.faults:
        return None
    body = {name: form.body[name] for name in ("filters", "cadence")}
    return await visit.try_("notify.preview_subscription", Call(body=body))


@router.post("/subscriptions/preview")
async def preview(visit: MemberDep, form: FormDep) -> Response:
    filled = wishes.filled(form, visit.say)
    return visit.page("notices/preview.html", preview=await _preview(visit, filled))


@router.post("/subscriptions")
async def subscribe(visit: MemberDep, form: FormDep) -> Response:
    """The list with the new one; a webhook's secret stands there this once."""
    filled = wishes.filled(form, visit.say)
    if "preview" in form or filled.faults:
        return await _shown(visit, filled)
    try:
        made = await visit.ask("notify.create_subscription", Call(body=filled.body))
    except (ApiDown, ApiRefused) as error:
        filled.refused(error)
        return await _shown(visit, filled)
    return await _shown(visit, Filled(wishes.blank()), _told(visit, made))


@router.post("/subscriptions/{subscription_id}/{action}")
async def take(visit: MemberDep, form: FormDep, subscription_id: str, action: str) -> Response:
    at = {"subscription_id": subscription_id}
    if action == REMOVE:
        await visit.reply("notify.delete_subscription", Call(at))
    elif action in STEPS:
        await visit.ask(f"notify.{action}_subscription", Call(at))
    else:
        raise ApiRefused(404, {})
    return visit.to("/subscriptions")
