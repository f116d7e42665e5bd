"""A member's desks, and the page of each thing on them with the steps that are possible now."""

from fastapi import APIRouter
from fastapi.responses import Response

from portal import lifecycles
from portal.api import ApiDown, ApiRefused, Call, Json, operations
from portal.forms import Filled
from portal.public.pages import MOST
from portal.visits import FormDep, MemberDep, Visit, together
from portal.work import answers, extras, facts, queues
from portal.work.nouns import WorkNoun, nouns

router = APIRouter(include_in_schema=False)
SPARE = 3
"""Empty rows of a table in the form of a step."""
TURNING_BACK = frozenset(
    {"cancel", "withdraw", "refuse", "decline", "reject", "fail", "stop", "annul", "revoke", "close"}
)
"""Steps whose buttons are not the first that a hand falls on."""


@router.get("/work")
async def desk(visit: MemberDep) -> Response:
    found = await queues.queues(visit)
    waiting = [row for queue in found for row in queue.waiting if row.is_mine]
    return visit.page(
        "work/desk.html",
        queues=[each for each in found if each.waiting or each.settled],
        empty=[each.title for each in found if not (each.waiting or each.settled)],
        mine_count=len(waiting),
        overdue_count=sum(row.is_overdue for row in waiting),
    )


def known(name: str) -> WorkNoun:
    """Raises ApiRefused for what no desk has."""
    if name not in nouns():
        raise ApiRefused(404, {})
    return nouns()[name]


@router.get("/work/{name}/{record_id}")
async def record(visit: MemberDep, name: str, record_id: str, done: str = "") -> Response:
    return await shown(visit, known(name), record_id, done=done)


async def shown(
    visit: Visit, noun: WorkNoun, record_id: str, *, said: Filled | None = None, step: str = "", done: str = ""
) -> Response:
    """The page of one thing; `said` is what was filled in for `step`, and refused."""
    at = {noun.place: record_id}
    found = await visit.ask(noun.read, Call(at))
    steps, extra = await together(_steps(visit, noun, at), extras.of(visit, noun.name, found))
    return visit.page(
        "work/record.html",
        said.status if said else 200,
        noun=noun,
        record=found,
        row=queues.row_of(visit, noun, found),
        facts=list(facts.facts(visit.say, noun, found)),
        possible=noun.possible(visit.member, found),
        steps=steps,
        extra=extra,
        said=said,
        step=step,
        done=done if done in noun.actions else "",
        named=lambda name: lifecycles.called(visit.language, noun.life, name),
        turning_back=TURNING_BACK,
        spare=SPARE,
    )


async def _steps(visit: Visit, noun: WorkNoun, at: Json) -> list[Json]:
    return await visit.items(noun.steps, Call(at, {"limit": MOST})) if noun.steps else []


@router.post("/work/{name}/{record_id}/{action}")
async def take(visit: MemberDep, form: FormDep, name: str, record_id: str, action: str) -> Response:
    """One step, for whose receipt the history stands; what was refused is shown again as it was filled in."""
    noun = known(name)
    if action not in noun.actions:
        raise ApiRefused(404, {})
    step, at = noun.actions[action], {noun.place: record_id}
    found = await visit.ask(noun.read, Call(at)) if step.fields else {}
    filled = answers.filled(form, step, found, visit.say)
    try:
        if not filled.faults:
            await visit.ask(step.operation, _call(step.operation, at, filled.body if step.fields else None, found))
    except (ApiDown, ApiRefused) as error:
        filled.refused(error)
    if filled.faults or filled.refusal:
        filled.body = dict(answers.typed(form, step.fields))
        return await shown(visit, noun, record_id, said=filled, step=action)
    return visit.to(f"/work/{name}/{record_id}", done=action)


def _call(operation: str, at: Json, body: Json | None, record: Json) -> Call:
    """What replaces something is based on the version that was read."""
    return Call(at, body=body, version=record["version"] if operations()[operation].method == "PUT" else None)
