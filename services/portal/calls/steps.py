"""Steps of a call and of its solutions: answering, declaring, examining, scoring, deciding with reasons."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from fastapi import APIRouter
from fastapi.responses import Response

from portal import forms
from portal.api import ApiDown, ApiRefused, Call
from portal.calls import answers
from portal.calls.pages import STANDING, shown
from portal.forms import TICKED, Filled
from portal.public.pages import MOST
from portal.visits import AgencyDep, EnterpriseDep, FormDep, MemberDep, Visit, text

router = APIRouter(include_in_schema=False)
Form = Mapping[str, Any]
SOLUTION = "solution"


class CallStep(NamedTuple):
    """The catalog's operation, and what its form says; None where it takes no body."""

    operation: str
    read: Callable[[Visit, Form], Filled] | None = None


def _reason(_: Visit, form: Form) -> Filled:
    return Filled({"reason": text(form, "reason")})


def _failed(_: Visit, form: Form) -> Filled:
    """Whoever still stands is declined with the same reason."""
    reason = text(form, "reason")
    return Filled({"reason": reason, "others": {"code": "other", "reason": reason}})


STEPS: Mapping[str, CallStep] = {
    "extend": CallStep("extend_solicitation", lambda visit, form: answers.extended(form, visit.say)),
    "appoint": CallStep("appoint_evaluators", lambda _, form: Filled(answers.appointed(form))),
    "declare": CallStep("declare_interests", lambda _, form: Filled(answers.declared(form))),
    "screen": CallStep("screen_solutions"),
    "fail": CallStep("fail_solicitation", _failed),
    "conclude": CallStep("conclude_solicitation"),
    "cancel": CallStep("cancel_solicitation", _reason),
}


@router.post("/calls/{call_id}/solution")
async def submit(visit: EnterpriseDep, form: FormDep, call_id: str) -> Response:
    """A new solution, or in place of the one before."""
    at = {"solicitation_id": call_id}
    call = await visit.ask("catalog.read_solicitation", Call(at))
    filled = answers.solved(form, call["clauses"], visit.say)
    solution, version = text(form, "solution_id"), forms.version(form)
    own = Call({"solution_id": solution}, body=filled.body, version=version)
    asked = ("replace_solution", own) if solution else ("submit_solution", Call(at, body=filled.body))
    return await _asked(visit, call_id, SOLUTION, filled, asked)


@router.post("/calls/{call_id}/solutions/{solution_id}/withdraw")
async def withdraw(visit: EnterpriseDep, form: FormDep, call_id: str, solution_id: str) -> Response:
    asked = ("withdraw_solution", Call({"solution_id": solution_id}, body={"reason": text(form, "reason") or None}))
    return await _asked(visit, call_id, "withdraw", Filled({}), asked)


@router.post("/calls/{call_id}/solutions/{solution_id}/examine")
async def examine(visit: AgencyDep, form: FormDep, call_id: str, solution_id: str) -> Response:
    body = {"is_complete": text(form, "is_complete") == TICKED, "reason": text(form, "reason") or None}
    asked = ("examine_solution", Call({"solution_id": solution_id}, body=body))
    return await _asked(visit, call_id, "examine", Filled(body), asked)


@router.post("/calls/{call_id}/solutions/{solution_id}/score")
async def score(visit: MemberDep, form: FormDep, call_id: str, solution_id: str) -> Response:
    call = await visit.ask("catalog.read_solicitation", Call({"solicitation_id": call_id}))
    filled = answers.scored(form, call["criteria"], visit.say)
    asked = ("replace_score", Call({"solution_id": solution_id}, body=filled.body))
    return await _asked(visit, call_id, "score", filled, asked)


@router.post("/calls/{call_id}/{action}")
async def take(visit: MemberDep, form: FormDep, call_id: str, action: str) -> Response:
    at = {"solicitation_id": call_id}
    if action in STANDING:
        page = await visit.ask("catalog.list_solutions", Call(at, {"limit": MOST}))
        about = [each for each in page["items"] if each["state"] == STANDING[action]]
        body = answers.decided(form, about)
        return await _asked(visit, call_id, action, Filled(body), (f"{action}_solutions", Call(at, body=body)))
    if action not in STEPS:
        raise ApiRefused(404, {})
    step = STEPS[action]
    filled = step.read(visit, form) if step.read else Filled({})
    call = Call(at, body=filled.body if step.read else None)
    return await _asked(visit, call_id, action, filled, (step.operation, call))


async def _asked(visit: Visit, call_id: str, step: str, filled: Filled, asked: tuple[str, Call]) -> Response:
    """The catalog is asked; what it refuses is shown again as it was filled in."""
    operation, call = asked
    try:
        if not filled.faults:
            await visit.ask(f"catalog.{operation}", call)
    except (ApiDown, ApiRefused) as error:
        filled.refused(error)
        if step == SOLUTION:
            answers.by_clause(filled)
    if filled.faults or filled.refusal:
        if step == SOLUTION:
            filled.body = answers.opened(filled.body)
        return await shown(visit, call_id, said=filled, step=step)
    return visit.to(f"/calls/{call_id}", done=step)
