"""What callers do with questions."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from catalog.demands import service as demands
from catalog.history import service as history
from catalog.history.service import Deed, Told
from catalog.organisations import service as organisations
from catalog.questions import repository, rules
from catalog.questions.models import DemandQuestion
from catalog.questions.rules import QuestionAction, QuestionParty
from catalog.questions.schemas import QuestionOut
from common.auth import Principal
from common.clock import new_id
from common.contracts.catalog import QuestionAnswered, QuestionSnapshot
from common.errors import NotFound
from common.pagination import PageRequest

NOUN = rules.LIFE.noun.en


class Asking(NamedTuple):
    """The transaction, who asks or answers, and when."""

    session: AsyncSession
    caller: Principal
    at: datetime


async def ask(asking: Asking, demand_id: UUID, text: str) -> DemandQuestion:
    session, caller, at = asking
    demand = await demands.read(session, caller, demand_id)
    rules.refuse_not_open(demand["state"])
    owner = await organisations.of_caller(session, caller, at)
    question = DemandQuestion(
        id=new_id(), version=1, demand_id=demand_id, state=rules.LIFE.initial, text=text, owner=owner, created_at=at
    )
    question.updated_at = at
    repository.add(session, question)
    history.record(session, NOUN, question, Deed(history.begun(question, QuestionParty.ASKER, at), caller))
    return question


async def answer(asking: Asking, demand_id: UUID, question_id: UUID, text: str) -> DemandQuestion:
    """For everyone to read, the question too; the same answer again changes nothing."""
    question = await repository.locked(asking.session, demand_id, question_id)
    parties = await _parties(asking, question)
    if question.answer == text:
        return question
    transition = history.moved(rules.LIFE, question, QuestionAction.ANSWER, parties, asking.at)
    question.answer, question.answered_at = text, question.updated_at
    public = QuestionOut.model_validate(question).model_dump(mode="json")
    told = Told("answered", public, _event(question))
    history.record(asking.session, NOUN, question, Deed(transition, asking.caller), told)
    return question


def _event(question: DemandQuestion) -> QuestionAnswered:
    return QuestionAnswered(question=QuestionSnapshot.model_validate(question), audience=(question.owner_key,))


async def take(
    asking: Asking, demand_id: UUID, question_id: UUID, action: QuestionAction, reason: str | None = None
) -> DemandQuestion:
    """End a question without an answer; repeating it changes nothing."""
    question = await repository.locked(asking.session, demand_id, question_id)
    parties = await _parties(asking, question)
    if rules.LIFE.is_done(question.state, action):
        return question
    transition = history.moved(rules.LIFE, question, action, parties, asking.at)
    question.dismissal_reason = reason
    history.record(asking.session, NOUN, question, Deed(transition, asking.caller, reason))
    return question


async def page(
    session: AsyncSession, visitor: Principal | None, demand_id: UUID, wanted: PageRequest
) -> Sequence[DemandQuestion]:
    demand = await demands.read(session, visitor, demand_id)
    viewer = visitor.organisation if visitor else None
    return await repository.page(session, demand_id, viewer, wanted, is_owner=demands.is_own(visitor, demand))


async def _parties(asking: Asking, question: DemandQuestion) -> frozenset[QuestionParty]:
    """All that a caller is to a question. Raises NotFound when that is nothing."""
    demand = await demands.read(asking.session, asking.caller, question.demand_id)
    found = (
        (question.owner_key == asking.caller.organisation, QuestionParty.ASKER),
        (demands.is_own(asking.caller, demand), QuestionParty.ANSWERER),
    )
    parties = frozenset(party for applies, party in found if applies)
    if not parties:
        raise NotFound("There is no such question about this demand", "该需求下没有这条提问")
    return parties
