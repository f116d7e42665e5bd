"""Test beds that can be booked, and the request for a validation at one; files of meetings for calendars."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from portal import forms
from portal.api import ApiDown, ApiRefused, Call
from portal.enterprise.pages import own_profiles
from portal.forms import Filled
from portal.public.pages import DOMAINS, MOST
from portal.visits import EnterpriseDep, FormDep, MemberDep, Visit, VisitDep, text, together
from portal.work.editions import named_demand

router = APIRouter(include_in_schema=False)
CALENDAR = ("content-type", "content-disposition")


@router.get("/test-beds")
async def beds(visit: VisitDep, request: Request) -> Response:
    given = {name: request.query_params.get(name, "") for name in ("domain", "division")}
    found = await visit.every("catalog.list_test_beds", Call(query={"state": "open", **given, "limit": MOST}))
    return visit.page("beds/list.html", beds=found, given=given, domains=DOMAINS)


@router.get("/test-beds/{bed_id}")
async def bed(visit: VisitDep, bed_id: str, demand: str = "") -> Response:
    return await _bed(visit, bed_id, Filled({"demand_id": demand}))


async def _bed(visit: Visit, bed_id: str, form: Filled) -> Response:
    at = {"test_bed_id": bed_id}
    is_firm = visit.session is not None and visit.session.has("enterprise")
    found, slots, profiles = await together(
        visit.ask("catalog.read_test_bed", Call(at)),
        visit.items("catalog.list_test_slots", Call(at, {"limit": MOST})),
        own_profiles(visit) if is_firm else _none(),
    )
    return visit.page(
        "beds/bed.html",
        form.status,
        bed=found,
        slots=slots,
        profiles=profiles,
        asks=is_firm and found["state"] == "open",
        body=form.body,
        faults=form.faults,
        refusal=form.refusal,
    )


async def _none() -> list[dict[str, str]]:
    return []


@router.post("/test-beds/{bed_id}")
async def ask(visit: EnterpriseDep, form: FormDep, bed_id: str) -> Response:
    """Then the validation, where a time is chosen once the host has approved it. What is to be measured are the
    demand's binding figures."""
    body = {"demand_id": named_demand(text(form, "demand_id")), "profile_id": text(form, "profile_id")}
    filled = Filled({**forms.without_empty(body), "subject": text(form, "subject"), "test_bed_id": bed_id})
    try:
        made = await visit.ask("catalog.create_validation", Call(body=filled.body))
    except (ApiDown, ApiRefused) as error:
        filled.refused(error)
        return await _bed(visit, bed_id, filled)
    return visit.to(f"/work/validations/{made['id']}")


@router.get("/dockings/{docking_id}/meetings/{meeting_id}.ics")
async def calendar(visit: MemberDep, docking_id: str, meeting_id: str, mandate_id: str = "") -> Response:
    at = {"docking_id": docking_id, "meeting_id": meeting_id}
    reply = await visit.reply("matcher.read_meeting_file", Call(at, {"mandate_id": mandate_id}))
    return Response(reply.content, headers={key: reply.headers[key] for key in CALENDAR if key in reply.headers})
