"""The list editor's desk: editions by year and batch, the survey's proposals, the entries in their order."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from common.days import ZONE
from portal import formats, forms, wording
from portal.api import ApiDown, ApiRefused, Call, Json
from portal.forms import TICKED, Filled
from portal.public.pages import MOST
from portal.visits import FormDep, MemberDep, Visit, text, together

router = APIRouter(include_in_schema=False)
LEVELS = ("generic", "high_end")
SETTLING = {"take": (), "decline": ("reason",), "retract": ("reason",)}
"""What may become of a proposal, with what that takes."""


@router.get("/work/lists")
async def editions(visit: MemberDep) -> Response:
    blank = {"year": visit.now.astimezone(ZONE).year, "batch": 1}
    return await _editions(visit, Filled(blank))


async def _editions(visit: Visit, form: Filled) -> Response:
    found = await visit.every("catalog.list_lists", Call(query={"mine": True, "limit": MOST}))
    newest = sorted(found, key=lambda each: -each["edition"])
    return visit.page(
        "work/editions.html",
        form.status,
        years=list(wording.by_year(newest)),
        body=form.body,
        faults=form.faults,
        refusal=form.refusal,
        edits=visit.member.has("list_editor"),
    )


@router.post("/work/lists")
async def begin(visit: MemberDep, form: FormDep) -> Response:
    filled = _terms(visit, form)
    for name in ("year", "batch"):
        said = text(form, name)
        filled.body[name] = int(said) if forms.WHOLE.fullmatch(said) else said
        if not forms.WHOLE.fullmatch(said):
            filled.faults[name] = visit.say("form.whole_number")
    if filled.faults:
        return await _editions(visit, filled)
    try:
        made = await visit.ask("catalog.create_list", Call(body=filled.body))
    except (ApiDown, ApiRefused) as error:
        filled.refused(error)
        return await _editions(visit, filled)
    return visit.to(f"/work/lists/{made['id']}")


def _terms(visit: Visit, form: Mapping[str, Any]) -> Filled:
    found = Filled({"title": text(form, "title"), "note": text(form, "note") or None})
    if said := text(form, "collect_by"):
        try:
            found.body["collect_by"] = formats.end_of_day(said)
        except ValueError:
            found.faults["collect_by"] = visit.say("form.day")
    return found


async def extra(visit: Visit, record: Json) -> Json:
    """Entries, proposals, and the difference from the edition that it corrects."""
    at = {"list_id": record["id"]}
    entries, proposals, difference = await together(
        visit.every("catalog.list_entries", Call(at, {"limit": MOST})),
        visit.every("catalog.list_proposals", Call(query={"list_id": record["id"], "limit": MOST})),
        visit.try_("catalog.read_list_difference", Call(at)) if record["supersedes"] else _nothing(),
    )
    is_editor = visit.member.owns(record["owner"]) and visit.member.has("list_editor")
    return {
        "entries": entries,
        "proposals": proposals,
        "difference": difference,
        "arranges": is_editor and record["state"] in ("collecting", "drafting"),
        "corrects": is_editor and record["state"] == "published",
        "proposes": record["state"] == "collecting" and visit.member.has("publisher"),
        "levels": LEVELS,
        "changes": wording.changes,
    }


async def _nothing() -> Json | None:
    return None


@router.post("/work/lists/{list_id}/entries")
async def arrange(visit: MemberDep, form: FormDep, list_id: str) -> Response:
    """All entries in the order of their numbers, without those that are ticked off, and with one more."""
    rows = forms.rows(form, "entries", ("demand_id", "position", "level", "off"))
    kept = [row for row in rows if row["off"] != TICKED]
    entries = [_entry(row) for row in sorted(kept, key=lambda row: _place(row["position"]))]
    if added := named_demand(text(form, "more")):
        entries.append(_entry({"demand_id": added, "level": text(form, "more-level")}))
    call = Call({"list_id": list_id}, body={"entries": entries}, version=forms.version(form))
    await visit.ask("catalog.replace_entries", call)
    return visit.to(f"/work/lists/{list_id}")


def _entry(row: Mapping[str, str]) -> Json:
    return {"demand_id": row["demand_id"], "level": row["level"] or None}


def _place(said: str) -> float:
    try:
        return float(said)
    except ValueError:
        return float("inf")


def named_demand(said: str) -> str:
    """The id of a demand of which somebody gave the address or the id."""
    return said.split("?")[0].rstrip("/").rpartition("/")[2]


@router.post("/work/lists/{list_id}/correct")
async def correct(visit: MemberDep, form: FormDep, list_id: str) -> Response:
    """The next edition, in draft, with the same entries."""
    call = Call({"list_id": list_id}, body={"reason": text(form, "reason")})
    return visit.to(f"/work/lists/{(await visit.ask('catalog.correct_list', call))['id']}")


@router.post("/work/lists/{list_id}/proposals")
async def propose(visit: MemberDep, form: FormDep, list_id: str) -> Response:
    said = {"demand_id": named_demand(text(form, "demand")), "level": text(form, "level"), "note": text(form, "note")}
    await visit.ask("catalog.create_proposal", Call({"list_id": list_id}, body=forms.without_empty(said)))
    return visit.to(f"/work/lists/{list_id}")


@router.post("/work/lists/{list_id}/proposals/{proposal_id}/{action}")
async def settle(visit: MemberDep, form: FormDep, list_id: str, proposal_id: str, action: str) -> Response:
    if action not in SETTLING:
        raise ApiRefused(404, {})
    body = {name: text(form, name) for name in SETTLING[action]}
    if action == "take" and (level := text(form, "level")):
        body["level"] = level
    await visit.ask(f"catalog.{action}_proposal", Call({"proposal_id": proposal_id}, body=body))
    return visit.to(f"/work/lists/{list_id}#proposals")
