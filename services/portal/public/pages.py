"""The front page, the list of demands and a demand, as everyone reads them."""

from collections import Counter
from collections.abc import Sequence

from fastapi import APIRouter, Request
from fastapi.responses import Response

from portal import formats, wording
from portal.api import Call, Json
from portal.visits import MOST_PAGES, FormDep, MemberDep, Visit, VisitDep, text, together

router = APIRouter(include_in_schema=False)
FILTERS = ("kind", "domain", "division", "state", "q")
PAGE = 20
MOST = 200
ON_FRONT = 12
KINDS = ("scenario", "challenge", "financing", "pilot")
DOMAINS = ("智慧城市", "智慧港口", "健康医疗", "工业制造", "智慧交通", "海洋", "其他")
PUBLIC_STATES = (
    "published",
    "closed",
    "evaluating",
    "selected",
    "unsuccessful",
    "in_validation",
    "adopted",
    "not_adopted",
)


@router.get("/")
async def front(visit: VisitDep) -> Response:
    """What Jingqiao is, and what is open now."""
    demands, lists = await together(
        visit.every("catalog.list_demands", Call(query={"state": "published", "limit": MOST})),
        visit.items("catalog.list_lists", Call(query={"state": "published", "limit": MOST})),
    )
    return visit.page(
        "front.html",
        demands=soonest(demands)[:ON_FRONT],
        open_count=at_least(len(demands), MOST * MOST_PAGES),
        districts=districts(demands),
        years=list(wording.by_year(lists)),
    )


def at_least(count: int, most: int) -> str:
    """A count as it is told; one that may go on beyond `most` is told with a plus."""
    return f"{count}+" if count >= most else str(count)


def soonest(demands: Sequence[Json]) -> list[Json]:
    """Those with a deadline first, the nearest before."""
    return sorted(demands, key=lambda each: (each["closes_at"] is None, each["closes_at"] or "", each["id"]))


def districts(demands: Sequence[Json]) -> list[tuple[str, str, int]]:
    """Code, name and count of open demands of each place that has some, most first."""
    counts = Counter(each["division"] or "" for each in demands)
    return [(code, formats.division(code), count) for code, count in counts.most_common()]


@router.get("/demands")
async def demands(visit: VisitDep, request: Request) -> Response:
    """Demands under filters; an empty list says what hid the rest."""
    given = {name: request.query_params.get(name, "").strip() for name in FILTERS}
    if "state" not in request.query_params:
        given["state"] = "published"
    asked = {name: value for name, value in given.items() if value}
    cursor = request.query_params.get("cursor")
    page, near = await together(
        visit.try_("catalog.list_demands", Call(query={**asked, "limit": PAGE, "cursor": cursor})),
        _near(visit, given["q"]),
    )
    items = page["items"] if page else []
    looser = await _looser(visit, asked) if page and not items else []
    found = {each["id"] for each in items}
    return visit.page(
        "demands.html",
        demands=items,
        next=page["cursor"] if page else None,
        given=given,
        asked=asked,
        looser=looser,
        near=[each for each in near if each["demand_id"] not in found],
        kinds=KINDS,
        domains=DOMAINS,
        states=PUBLIC_STATES,
    )


async def _near(visit: Visit, query: str) -> list[Json]:
    """Open demands that mean what the words say; the matcher answers members alone."""
    if not query or visit.session is None:
        return []
    found = await visit.try_("matcher.find_fits", Call(body={"text": query, "limit": 5}))
    return list(found["fits"]) if found else []


async def _looser(visit: Visit, asked: dict[str, str]) -> list[tuple[str, str, dict[str, str]]]:
    """For each filter: what it is called, how many demands there would be without it, and the others."""
    names = list(asked)
    without = [{key: value for key, value in asked.items() if key != name} for name in names]
    pages = await together(
        *(visit.items("catalog.list_demands", Call(query={**others, "limit": MOST})) for others in without)
    )
    kept = [others if name != "state" else {**others, "state": ""} for name, others in zip(names, without, strict=True)]
    return [
        (name, at_least(len(page), MOST), others) for name, page, others in zip(names, pages, kept, strict=True) if page
    ]


@router.get("/demands/{demand_id}")
async def demand(visit: VisitDep, demand_id: str) -> Response:
    at = {"demand_id": demand_id}
    found = await visit.ask("catalog.read_demand", Call(at))
    versions, questions, attachments, calls, mine = await together(
        visit.items("catalog.list_demand_versions", Call(at, {"limit": MOST})),
        visit.items("catalog.list_questions", Call(at, {"limit": MOST})),
        visit.items("catalog.list_attachments", Call(at)),
        visit.items("catalog.list_solicitations", Call(query={"demand_id": demand_id})),
        _own_matches(visit, demand_id),
    )
    return visit.page(
        "demand.html",
        demand=found,
        timeline=[{**each, "told": wording.changes(visit.say, each["changes"])} for each in versions],
        questions=[each for each in questions if each["state"] in ("asked", "answered")],
        attachments=attachments,
        calls=calls,
        matches=mine,
        is_own=visit.session is not None and visit.session.owns(found["owner"]),
    )


async def _own_matches(visit: Visit, demand_id: str) -> list[Json]:
    if visit.session is None or not visit.session.has("enterprise"):
        return []
    found = await visit.items("matcher.list_matches", Call(query={"demand_id": demand_id}))
    return [each for each in found if visit.session.owns(each["profile_organisation"])]


@router.get("/demands/{demand_id}/attachments/{name}")
async def attachment(visit: VisitDep, demand_id: str, name: str) -> Response:
    """The file itself, never shown as a page of this site."""
    reply = await visit.reply("catalog.read_attachment", Call({"demand_id": demand_id, "name": name}))
    kept = {key: reply.headers[key] for key in ("content-type", "content-disposition") if key in reply.headers}
    return Response(reply.content, headers={"content-disposition": "attachment", **kept})


@router.post("/demands/{demand_id}/questions")
async def ask(visit: MemberDep, form: FormDep, demand_id: str) -> Response:
    await visit.ask("catalog.create_question", Call({"demand_id": demand_id}, body={"text": text(form, "text")}))
    return visit.to(f"/demands/{demand_id}", asked="1")
