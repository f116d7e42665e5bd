"""The steps of a demand that change no content, over HTTP: one row of a table each."""

from typing import NamedTuple
from uuid import UUID

from fastapi import APIRouter, Response

from catalog.demands import service
from catalog.demands.routes import MOVING, EditingDep, shown
from catalog.demands.rules import Action
from catalog.demands.schemas import OwnDemandOut, PublicStep, StepNote
from common.errors import Unavailable
from common.idempotency import OnceDep
from common.problems import problems


class Way(NamedTuple):
    """`body` is what the step may say of itself, and must if it is a PublicStep."""

    action: Action
    summary: str
    description: str
    body: type[PublicStep] | type[StepNote] = StepNote


router = APIRouter(prefix="/v1/demands", tags=["demands"], responses=problems(Unavailable))
WAYS = (
    Way(Action.SUBMIT, "Submit a draft", "Say that a draft is ready, or that the edits asked for are made."),
    Way(Action.REVIEW, "Take up a submitted demand", "By a reviewer; its owner can change it no more meanwhile."),
    Way(Action.APPROVE, "Approve and publish a demand", "By a reviewer: it opens to everyone and to matching."),
    Way(Action.CLOSE, "Close a published demand", "End it before, or without, a closing time."),
    Way(Action.EVALUATE, "Begin to evaluate", "What was answered to a closed demand is being evaluated."),
    Way(Action.SELECT, "Say that a solution is selected", "The evaluation ended with one."),
    Way(Action.FAIL, "Say that no solution is selected", "The evaluation ended without one, for a reason.", PublicStep),
    Way(Action.VALIDATE, "Begin to validate", "The selected solution is tried where it is to be used."),
    Way(Action.ADOPT, "Say that the solution is adopted", "The trial succeeded."),
    Way(Action.REJECT, "Say that the solution is not adopted", "The trial did not succeed, for a reason.", PublicStep),
    Way(Action.ARCHIVE, "Archive a demand", "Nothing more happens to it."),
    Way(Action.CANCEL, "Cancel a demand", "By its owner or an operator: it ends without a result.", PublicStep),
    Way(
        Action.WITHDRAW,
        "Withdraw a demand",
        "Take a draft or a published demand back. A reason, if given, is shown to everyone who could see the demand.",
    ),
)


def _route(way: Way) -> None:
    must_say_why = way.body is PublicStep

    async def route(
        demand_id: UUID, editing: EditingDep, once: OnceDep, response: Response, body: StepNote | None = None
    ) -> OwnDemandOut:
        demand = await service.take(editing, demand_id, way.action, body.reason if body else None)
        return once.keep(shown(response, demand, editing.caller))

    if must_say_why:
        route.__annotations__["body"], route.__defaults__ = PublicStep, None
    router.add_api_route(
        f"/{{demand_id}}/{way.action}",
        route,
        methods=["POST"],
        name=f"{way.action}_demand",
        summary=way.summary,
        description=f"{way.description} Repeating the call changes nothing.",
        responses=MOVING,
    )


for _way in WAYS:
    _route(_way)
