"""The desk of whoever publishes demands: what waits for whom, the board of demands, and one demand with its steps."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from fastapi import APIRouter
from fastapi.responses import Response

from portal import formats, lifecycles, wording
from portal.agency import drafts, fairness
from portal.api import ApiDown, ApiRefused, Call, Json
from portal.public.pages import MOST
from portal.visits import AgencyDep, FormDep, MemberDep, Visit, text, together

router = APIRouter(include_in_schema=False)
NOUN = "catalog/demands"
COLUMNS = (
    ("writing", ("draft", "edits_requested")),
    ("reviewing", ("submitted", "under_review")),
    ("open", ("published",)),
    ("deciding", ("closed", "evaluating", "selected")),
    ("trying", ("in_validation",)),
    ("over", ("adopted", "not_adopted", "unsuccessful", "archived", "withdrawn", "cancelled", "merged")),
)
"""The board: what stands together under one heading."""
NEEDS_REASON = frozenset({"fail", "reject", "cancel", "merge"})
TAKES_REASON = frozenset({"withdraw", *NEEDS_REASON})
ADVANCING = frozenset({"submit", "review", "approve", "publish", "evaluate", "select", "validate", "adopt"})
"""Steps on the way to an adoption: the first of them is shown open."""
FIRST = {"enterprise": "/firm", "publisher": "/mine", "reviewer": "/mine", "operator": "/operator", "auditor": "/audit"}
"""Where a login leads, by the first role that a member has; others to their desk."""
BINDING = frozenset({"submit", "publish"})
"""Steps that a demand takes only when nothing is lacking in it."""
STEPS = ADVANCING | TAKES_REASON | {"request_edits", "close", "archive", "submit_and_publish"}
"""What `take` does."""
SETTLING = {"answer": "answer", "dismiss": "reason"}
"""What settles a question, with the field of its words."""
ELSEWHERE = {"replace", "amend", "request_edits"}
"""Steps that have a form of their own."""
RECEIPT_LENGTH = 8


class Waiting(NamedTuple):
    """One thing that waits for this member.

    kind    what is to be done, as the catalogues name it
    title   of what
    link    where it is done
    due     the day by which, None when nobody set one
    since   when it began to wait
    is_mine whether this member is waited for; otherwise the other side is
    is_overdue
    """

    kind: str
    title: str
    link: str
    due: str | None
    since: str | None
    is_mine: bool = True
    is_overdue: bool = False


@router.get("/desk")
async def first(visit: MemberDep) -> Response:
    """The first page after login, as the member's role has it."""
    firsts = (page for role, page in FIRST.items() if visit.member.has(role))
    return visit.to(next(firsts, "/work"))


@router.get("/mine")
async def desk(visit: MemberDep) -> Response:
    mine, reviews, dockings, lists, imports = await together(
        visit.every("catalog.list_demands", Call(query={"mine": True, "limit": MOST})),
        _reviews(visit),
        visit.items("matcher.list_dockings", Call(query={"limit": MOST})),
        _lists(visit),
        visit.items("catalog.list_imports", Call(query={"limit": 1})) if _publishes(visit) else _none(),
    )
    questions = await _questions(visit, mine)
    waiting = [*_of_demands(mine), *questions, *_of_reviews(reviews), *_of_dockings(visit, dockings)]
    return visit.page(
        "agency/desk.html",
        waiting=sorted(waiting, key=lambda each: (not each.is_mine, not each.is_overdue, each.due or "9999")),
        board=list(_board(mine)),
        lists=lists,
        imported=imports[0] if imports else None,
        mine_count=len(mine),
        publishes=_publishes(visit),
    )


def _publishes(visit: Visit) -> bool:
    return visit.member.has("publisher") or visit.member.has("enterprise")


async def _none() -> list[Json]:
    return []


async def _reviews(visit: Visit) -> list[Json]:
    if not visit.member.has("reviewer"):
        return []
    return await visit.items("catalog.list_demands", Call(query={"for_review": True, "limit": MOST}))


async def _lists(visit: Visit) -> list[Json]:
    """The editions under way of a list editor's organisation."""
    if not visit.member.has("list_editor"):
        return []
    found = await visit.items("catalog.list_lists", Call(query={"mine": True, "limit": MOST}))
    return [each for each in found if each["state"] in ("collecting", "drafting", "reviewing", "frozen")]


async def _questions(visit: Visit, mine: Sequence[Json]) -> list[Waiting]:
    asked = [each for each in mine if each["state"] == "published"][:MOST]
    pages = await together(
        *(visit.items("catalog.list_questions", Call({"demand_id": each["id"]}, {"limit": MOST})) for each in asked)
    )
    return [
        Waiting("answer", demand["title"], f"/mine/{demand['id']}#questions", None, question["created_at"])
        for demand, page in zip(asked, pages, strict=True)
        for question in page
        if question["state"] == "asked"
    ]


def _of_demands(mine: Sequence[Json]) -> Iterator[Waiting]:
    for each in mine:
        link = f"/mine/{each['id']}"
        if each["state"] == "edits_requested":
            yield Waiting("edits", each["title"], link, None, each["updated_at"])
        elif each["state"] == "closed":
            yield Waiting("evaluate", each["title"], link, None, each["updated_at"])
        elif each["state"] in ("submitted", "under_review"):
            yield Waiting(each["state"], each["title"], link, None, each["updated_at"], is_mine=False)


def _of_reviews(reviews: Sequence[Json]) -> Iterator[Waiting]:
    for each in reviews:
        yield Waiting("review", each["title"], f"/mine/{each['id']}", None, each["updated_at"])


def _of_dockings(visit: Visit, dockings: Sequence[Json]) -> Iterator[Waiting]:
    for each in dockings:
        if (next := each["next"]) and visit.member.owns(each["owner"]):
            is_mine = next["side"] in (None, "owner")
            title = f"{each['demand_title']} ↔ {each['enterprise_name']}：{next['title']}"
            yield Waiting(
                "docking",
                title,
                f"/dockings/{each['id']}",
                next["due_on"],
                None,
                is_mine,
                next["is_overdue"],
            )


def _board(mine: Sequence[Json]) -> Iterator[tuple[str, list[Json]]]:
    for heading, states in COLUMNS:
        yield heading, [drafts.opened(each) for each in mine if each["state"] in states]


@router.get("/mine/{demand_id}")
async def workspace(visit: MemberDep, demand_id: str, done: str = "") -> Response:
    """One demand as who works on it sees it, with exactly the steps that are possible now."""
    at = {"demand_id": demand_id}
    demand = await visit.ask("catalog.read_demand", Call(at))
    steps, questions, found, calls = await together(
        visit.items("catalog.list_demand_steps", Call(at, {"limit": MOST})),
        visit.items("catalog.list_questions", Call(at, {"limit": MOST})),
        fairness.found(visit, demand_id),
        visit.items("catalog.list_solicitations", Call(query=at)),
    )
    possible = lifecycles.possible(NOUN, demand["state"], parties(visit, demand))
    if fairness.is_blocked(found):
        possible = [action for action in possible if action not in fairness.GATED]
    return visit.page(
        "agency/demand.html",
        demand=drafts.opened(demand),
        possible=possible,
        plain=[action for action in possible if action not in ELSEWHERE],
        advancing=ADVANCING,
        needs_reason=NEEDS_REASON,
        takes_reason=TAKES_REASON,
        steps=steps,
        questions=questions,
        is_own=visit.member.owns(demand["owner"]),
        comments=[
            (wording.place(visit.say, each["field"]), each["comment"]) for each in demand.get("review_comments") or ()
        ],
        done=done,
        fairness=found,
        calls=calls,
    )


def parties(visit: Visit, demand: Json) -> list[str]:
    """What a member is to a demand, as the table of its life names it."""
    found = [role for role in ("reviewer", "operator") if visit.member.has(role)]
    if visit.member.owns(demand["owner"]):
        found += ["owner"] if visit.settings.review_required else ["owner", "publisher"]
    return found


@router.post("/mine/{demand_id}/steps/{action}")
async def take(visit: MemberDep, form: FormDep, demand_id: str, action: str) -> Response:
    """One step, and the receipt for it; the check for a submission that lacks something."""
    if action not in STEPS:
        raise ApiRefused(404, {})
    body: Json = {"reason": text(form, "reason") or None}
    if action == "merge":
        body["into"] = text(form, "into").rstrip("/").rpartition("/")[2]
    if action == "request_edits":
        body["comments"] = [{"field": text(form, "field"), "comment": text(form, "comment")}]
    names = ("submit", "publish") if action == "submit_and_publish" else (action,)
    if BINDING & {*names} and drafts.lacking(await visit.ask("catalog.read_demand", Call({"demand_id": demand_id}))):
        return visit.to(f"/mine/{demand_id}/check")
    for name in names:
        demand = await visit.ask(f"catalog.{operation(name)}", Call({"demand_id": demand_id}, body=_sent(name, body)))
    return visit.to(f"/mine/{demand_id}/receipt", step=names[-1], version=demand["version"])


def operation(action: str) -> str:
    return "request_demand_edits" if action == "request_edits" else f"{action}_demand"


def _sent(action: str, body: Json) -> Json | None:
    return None if action == "publish" else body


@router.get("/mine/{demand_id}/receipt")
async def receipt(visit: MemberDep, demand_id: str, step: str, version: int) -> Response:
    """What was done, its number, which stays the same, and who is waited for now; the demand itself for a step that is
    not on record so."""
    at = {"demand_id": demand_id}
    demand, steps = await together(
        visit.ask("catalog.read_demand", Call(at)), visit.every("catalog.list_demand_steps", Call(at, {"limit": MOST}))
    )
    done = [each for each in steps if (each["action"], each["version"]) == (step, version)]
    if not done and visit.down:
        raise ApiDown(visit.down[0])
    if not done:  # it was taken before, under another version
        return visit.to(f"/mine/{demand_id}")
    day = formats.date(done[0]["at"]).replace("-", "")
    return visit.page(
        "agency/receipt.html",
        demand=demand,
        step=step,
        number=f"JQ-{day}-{demand_id[-RECEIPT_LENGTH:].upper()}-{version}",
        done_at=done[0]["at"],
    )


@router.post("/mine/{demand_id}/questions/{question_id}/{action}")
async def settle_question(visit: AgencyDep, form: FormDep, demand_id: str, question_id: str, action: str) -> Response:
    at = {"demand_id": demand_id, "question_id": question_id}
    if action not in SETTLING:
        raise ApiRefused(404, {})
    await visit.ask(f"catalog.{action}_question", Call(at, body={SETTLING[action]: text(form, "text")}))
    return visit.to(f"/mine/{demand_id}#questions")


@router.get("/mine/{demand_id}/matches")
async def matched(visit: AgencyDep, demand_id: str) -> Response:
    """Firms whose profiles fit, clause by clause; below, who comes near."""
    at = {"demand_id": demand_id}
    demand, page, nearest, dockings = await together(
        visit.ask("catalog.read_demand", Call(at)),
        visit.try_("matcher.list_demand_matches", Call(at, {"limit": MOST})),
        visit.try_("matcher.list_nearest_profiles", Call(at)),
        visit.items("matcher.list_dockings", Call(query={"demand_id": demand_id})),
    )
    return visit.page(
        "agency/matches.html",
        demand=demand,
        matches=page["items"] if page else [],
        hint=page["hint"] if page else None,
        nearest=nearest["nearest"] if nearest else [],
        dockings=dockings,
    )
