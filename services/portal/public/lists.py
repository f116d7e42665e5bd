"""Scenario lists by year and batch, their entries and exports, and what becomes of demands as figures."""

from fastapi import APIRouter
from fastapi.responses import Response

from portal import wording
from portal.api import Call, Json
from portal.public.pages import MOST
from portal.visits import Visit, VisitDep, together

router = APIRouter(include_in_schema=False)
EXPORTS = {"xlsx": ".xlsx", "docx": ".docx", "json": ".json", "jsonld": ".jsonld", "ocds": ".ocds.json"}
PUBLISHED = ("published", "superseded")
KEPT = ("content-type", "content-disposition", "etag", "content-digest")
WIDEST = 480
"""Of a bar, in the units of the drawing."""


@router.get("/lists")
async def lists(visit: VisitDep) -> Response:
    found = await visit.items("catalog.list_lists", Call(query={"state": "published", "limit": MOST}))
    return visit.page("lists.html", years=list(wording.by_year(found)))


@router.get("/lists/{list_id}")
async def scenario_list(visit: VisitDep, list_id: str, since: str = "") -> Response:
    """With what differs from the edition before, or from whichever other list is chosen."""
    at = {"list_id": list_id}
    one = await visit.ask("catalog.read_list", Call(at))
    entries, difference, others = await together(
        visit.every("catalog.list_entries", Call(at, {"limit": MOST})),
        visit.try_("catalog.read_list_difference", Call(at, {"since": since or one["supersedes"]}))
        if since or one["supersedes"]
        else _nothing(),
        _others(visit, list_id),
    )
    return visit.page(
        "list.html",
        list=one,
        entries=entries,
        difference=difference,
        since=since or one["supersedes"],
        others=others,
        exports=EXPORTS,
        changes=wording.changes,
    )


async def _others(visit: Visit, list_id: str) -> list[Json]:
    """What a list may be compared with: every other that was published."""
    pages = await together(
        *(visit.items("catalog.list_lists", Call(query={"state": state, "limit": MOST})) for state in PUBLISHED)
    )
    return [each for page in pages for each in page if each["id"] != list_id]


async def _nothing() -> Json | None:
    return None


@router.get("/lists/{list_id}/export")
async def export(visit: VisitDep, list_id: str, format: str = "xlsx") -> Response:
    reply = await visit.reply("catalog.read_list_export", Call({"list_id": list_id}, {"format": format}))
    name = f'attachment; filename="{list_id}{EXPORTS.get(format, "")}"'
    headers = {key: reply.headers[key] for key in KEPT if key in reply.headers}
    return Response(reply.content, headers={"content-disposition": name, **headers})


@router.get("/figures")
async def figures(visit: VisitDep) -> Response:
    """How far demands come, and how long it takes."""
    funnel, durations, dockings = await together(
        visit.items("catalog.list_funnel"),
        visit.items("catalog.list_durations"),
        visit.try_("matcher.list_docking_figures"),
    )
    most = max((row["reached"] for row in funnel), default=0) or 1
    bars = [{**row, "width": round(WIDEST * row["reached"] / most)} for row in funnel]
    return visit.page("figures.html", bars=bars, durations=durations, dockings=dockings, widest=WIDEST)
