"""The steps of a demand that change no content, over HTTP: one row of a table each."""

from catalog.demands import service
from catalog.demands.routes import EditingDep, editing, shown
from catalog.demands.rules import Action
from catalog.demands.schemas import OwnDemandOut
from catalog.demands.steps import Editing
from catalog.fairness.turns import LongCheckTurnDep
from catalog.records.steps import PlainStep, StepAsked, StepRoutes, add_steps
from common.errors import Unavailable
from common.problems import problems
from common.routing import GuardedRouter

router = GuardedRouter(prefix="/v1/demands", tags=["demands"], responses=problems(Unavailable))
STEPS = (
    PlainStep(Action.SUBMIT, "Submit a draft", "Say that a draft is ready, or that the edits asked for are made."),
    PlainStep(Action.REVIEW, "Take up a submitted demand", "By a reviewer; its owner can change it no more meanwhile."),
    PlainStep(Action.APPROVE, "Approve and publish a demand", "By a reviewer: it opens to everyone and to matching."),
    PlainStep(Action.CLOSE, "Close a published demand", "End it before, or without, a closing time."),
    PlainStep(Action.EVALUATE, "Begin to evaluate", "What was answered to a closed demand is being evaluated."),
    PlainStep(Action.SELECT, "Say that a solution is selected", "The evaluation ended with one."),
    PlainStep(Action.FAIL, "Say that no solution is selected", "The evaluation ended without one, for a reason.", True),
    PlainStep(Action.VALIDATE, "Begin to validate", "The selected solution is tried where it is to be used."),
    PlainStep(Action.ADOPT, "Say that the solution is adopted", "The trial succeeded."),
    PlainStep(Action.REJECT, "Say that the solution is not adopted", "The trial did not succeed, for a reason.", True),
    PlainStep(Action.ARCHIVE, "Archive a demand", "Nothing more happens to it."),
    PlainStep(Action.CANCEL, "Cancel a demand", "By its owner or an operator: it ends without a result.", True),
    PlainStep(
        Action.WITHDRAW,
        "Withdraw a demand",
        "Take a draft or a published demand back. A reason, if given, is shown to everyone who could see the demand.",
    ),
)


async def _take(who: Editing, asked: StepAsked) -> OwnDemandOut:
    demand = await service.take(who, asked.record_id, Action(asked.action), asked.reason)
    return shown(asked.response, demand, who.caller)


_IDEMPOTENT = "Repeating the call changes nothing."
_TOLD = [step._replace(description=f"{step.description} {_IDEMPOTENT}") for step in STEPS]
CHECKED = frozenset({Action.SUBMIT, Action.APPROVE})
"""Steps in which a demand is checked for fair competition."""


async def _in_turn(_turn: LongCheckTurnDep, who: EditingDep) -> Editing:
    return who


for _step in _TOLD:
    add_steps(
        router, StepRoutes("demand", OwnDemandOut), [_step], _in_turn if _step.action in CHECKED else editing, _take
    )
