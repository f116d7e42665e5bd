"""A docking: whose turn it is until when, times to meet, contacts, and how it ends; also for a broker by a mandate."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from fastapi import APIRouter
from fastapi.responses import Response

from portal import formats, forms, lifecycles
from portal.api import ApiDown, ApiRefused, Call, Json
from portal.forms import Filled
from portal.public.pages import MOST
from portal.visits import FormDep, MemberDep, Visit, text, together

router = APIRouter(include_in_schema=False)
NOUN = "matcher/dockings"
CONTACT = ("name", "phone", "email")
SLOT = ("starts_at", "ends_at", "place")
SPARE = 2
STEPS = {"share_contact": "share_contact", "agree": "agree_docking", "fail": "fail_docking"}
"""Steps of a docking that have a form, with the matcher's operation."""
PLAIN = {"cancel_meeting": "cancel_meeting"}
BODILESS = frozenset({"cancel_meeting", "take_slot", "withdraw_slot"})
SLOT_STEPS = {"take": "take_slot", "withdraw": "withdraw_slot"}


@router.get("/dockings/{docking_id}")
async def docking(visit: MemberDep, docking_id: str, mandate_id: str = "", done: str = "") -> Response:
    return await _shown(visit, docking_id, mandate_id, done=done)


async def _shown(
    visit: Visit, docking_id: str, mandate_id: str, *, said: Filled | None = None, step: str = "", done: str = ""
) -> Response:
    at, by = {"docking_id": docking_id}, {"mandate_id": mandate_id}
    one, slots, acts, reasons = await together(
        visit.ask("matcher.read_docking", Call(at, by)),
        visit.try_("matcher.list_slots", Call(at, by)),
        visit.items("matcher.list_docking_acts", Call(at, {**by, "limit": MOST})),
        visit.ask("matcher.list_failure_reasons"),
    )
    return visit.page(
        "work/docking.html",
        said.status if said else 200,
        docking=one,
        slots=slots["slots"] if slots else [],
        acts=acts,
        reasons=[(each["code"], each[visit.language]) for each in reasons["reasons"]],
        mandate_id=mandate_id,
        possible=possible(one),
        said=said,
        step=step,
        done=done,
        spare=SPARE,
        named=lambda name: lifecycles.called(visit.language, NOUN, name),
    )


def possible(docking: Json) -> list[str]:
    """The steps of the table that the matcher allows this side."""
    steps = lifecycles.possible(NOUN, docking["state"], ("side", "awaited"))
    return [step for step in steps if step in docking["allowed"]]


@router.post("/dockings/{docking_id}/contacts")
async def contacts(visit: MemberDep, form: FormDep, docking_id: str) -> Response:
    """Both contacts; that they were seen is on record, so they are shown when somebody asks, not before."""
    by = {"mandate_id": text(form, "mandate_id")}
    found = await visit.ask("matcher.list_contacts", Call({"docking_id": docking_id}, by))
    one = await visit.ask("matcher.read_docking", Call({"docking_id": docking_id}, by))
    return visit.page("work/contacts.html", docking=one, contacts=found, mandate_id=by["mandate_id"])


@router.post("/dockings/{docking_id}/slots")
async def offer(visit: MemberDep, form: FormDep, docking_id: str) -> Response:
    filled = Filled({"docking_ids": [docking_id], "slots": []})
    for number, row in enumerate(forms.rows(form, "slots", SLOT)):
        try:
            times = {name: formats.moment_of(row[name]) for name in SLOT[:2]}
        except ValueError:
            filled.faults[f"slots-{number}-starts_at"] = visit.say("form.moment")
        else:
            filled.body["slots"].append({**times, "place": row["place"]})
    return await _taken(visit, form, docking_id, TalkStep("offer_slots", "offer_slots", {}, filled))


@router.post("/dockings/{docking_id}/slots/{slot_id}/{action}")
async def settle_slot(visit: MemberDep, form: FormDep, docking_id: str, slot_id: str, action: str) -> Response:
    if action not in SLOT_STEPS:
        raise ApiRefused(404, {})
    at = {"docking_id": docking_id, "slot_id": slot_id}
    name = SLOT_STEPS[action]
    return await _taken(visit, form, docking_id, TalkStep(name, name, at, Filled({})))


@router.post("/dockings/{docking_id}/{action}")
async def take(visit: MemberDep, form: FormDep, docking_id: str, action: str) -> Response:
    operation = (STEPS | PLAIN).get(action)
    if operation is None:
        raise ApiRefused(404, {})
    filled, at = Filled({} if action in PLAIN else _body(form, action)), {"docking_id": docking_id}
    return await _taken(visit, form, docking_id, TalkStep(action, operation, at, filled))


def _body(form: Mapping[str, Any], action: str) -> Json:
    if action == "fail":
        return forms.without_empty({"reason": text(form, "reason"), "text": text(form, "text")})
    contact = forms.without_empty({name: text(form, f"contact-{name}") for name in CONTACT})
    return {"contact": contact} if contact else {}


class TalkStep(NamedTuple):
    """A step of a docking: what it is called, the matcher's operation, where, and with what."""

    name: str
    operation: str
    at: Json
    filled: Filled


async def _taken(visit: Visit, form: Mapping[str, Any], docking_id: str, taken: TalkStep) -> Response:
    mandate_id, filled = text(form, "mandate_id"), taken.filled
    try:
        if not filled.faults:
            call = Call(taken.at, {"mandate_id": mandate_id}, body=None if taken.name in BODILESS else filled.body)
            await visit.ask(f"matcher.{taken.operation}", call)
    except (ApiDown, ApiRefused) as error:
        filled.refused(error)
    if filled.faults or filled.refusal:
        filled.body = {key: text(form, key) for key in form}
        return await _shown(visit, docking_id, mandate_id, said=filled, step=taken.name)
    return visit.to(f"/dockings/{docking_id}", mandate_id=mandate_id, done=taken.name)
