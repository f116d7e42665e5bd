"""The page of a call for solutions, as everyone, a firm, an evaluator and its owner see it."""

from collections.abc import Sequence

from fastapi import APIRouter
from fastapi.responses import Response

from portal import lifecycles
from portal.api import ApiDown, ApiRefused, Call, Json
from portal.calls import answers
from portal.forms import Filled
from portal.public.pages import MOST
from portal.visits import AgencyDep, FormDep, Visit, VisitDep, together

router = APIRouter(include_in_schema=False)
NOUN, SOLUTION = "catalog/solicitations", "catalog/solutions"
STANDING = {"shortlist": "complete", "select": "shortlisted"}
"""What a decision is about, by the state of the solutions."""


def parties(visit: Visit, call: Json) -> list[str]:
    """What somebody is to a call. Who evaluates, the catalog alone knows; a member with the role may be one."""
    if visit.session is None:
        return []
    if visit.session.owns(call["owner"]):
        return ["owner"]
    return ["evaluator"] if visit.session.has("evaluator") else []


@router.get("/calls/new")
async def new(visit: AgencyDep, demand_id: str) -> Response:
    return await _new(visit, Filled({"demand_id": demand_id}))


async def _new(visit: Visit, form: Filled) -> Response:
    demand = await visit.ask("catalog.read_demand", Call({"demand_id": form.body["demand_id"]}))
    return visit.page(
        "calls/new.html",
        form.status,
        demand=demand,
        body=form.body,
        faults=form.faults,
        refusal=form.refusal,
        rows=answers.CRITERIA,
    )


@router.post("/calls")
async def begin(visit: AgencyDep, form: FormDep) -> Response:
    filled = answers.called(form, visit.say)
    if filled.faults:
        return await _new(visit, filled)
    try:
        made = await visit.ask("catalog.create_solicitation", Call(body=filled.body))
    except (ApiDown, ApiRefused) as error:
        filled.refused(error)
        return await _new(visit, filled)
    return visit.to(f"/calls/{made['id']}")


@router.get("/calls/{call_id}")
async def call(visit: VisitDep, call_id: str, done: str = "") -> Response:
    return await shown(visit, call_id, done=done)


async def shown(visit: Visit, call_id: str, *, said: Filled | None = None, step: str = "", done: str = "") -> Response:
    """`said` is what was filled in for `step`, and refused."""
    at = {"solicitation_id": call_id}
    one = await visit.ask("catalog.read_solicitation", Call(at))
    held = parties(visit, one)
    page, standings, steps = await together(
        visit.try_("catalog.list_solutions", Call(at, {"limit": MOST})) if visit.session else _nothing(),
        visit.try_("catalog.list_standings", Call(at)) if held else _nothing(),
        visit.items("catalog.list_solicitation_steps", Call(at, {"limit": MOST})) if "owner" in held else _none(),
    )
    solutions = list(page["items"]) if page else []
    mine = [each for each in solutions if visit.session and visit.session.owns(each["owner"])]
    submits = visit.session is not None and visit.session.has("enterprise") and "owner" not in held
    return visit.page(
        "calls/call.html",
        said.status if said else 200,
        call=one,
        held=held,
        possible=lifecycles.possible(NOUN, one["state"], held),
        solutions=[] if submits and one["state"] == "open" else [each for each in solutions if each not in mine],
        standings=_sums(standings),
        steps=steps,
        own=answers.opened(mine[0]) if mine else None,
        own_steps=lifecycles.possible(SOLUTION, mine[0]["state"], ["submitter"]) if mine else [],
        submits=submits and one["state"] == "open",
        answers=answers,
        decided=_about(one, solutions),
        said=said,
        step=step,
        done=done,
        named=lambda name: lifecycles.called(visit.language, NOUN, name),
    )


def _sums(standings: Json | None) -> dict[str, Json]:
    return {each["solution_id"]: each for each in standings["items"]} if standings else {}


def _about(call: Json, solutions: Sequence[Json]) -> list[Json]:
    """The solutions that the next decision has to name."""
    wanted = {"screening": "complete", "shortlisted": "shortlisted"}.get(call["state"])
    return [each for each in solutions if each["state"] == wanted]


async def _nothing() -> Json | None:
    return None


async def _none() -> list[Json]:
    return []
