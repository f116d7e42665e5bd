"""Use cases of objections: filing one, each step until it is decided, and what may be read of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import outbox
from common.auth import Principal
from common.clock import new_id
from common.contracts.objections import ObjectionFiled, ObjectionSubject
from common.errors import Forbidden, NotFound, Unauthenticated, invalid
from common.pagination import PageRequest
from common.roles import Role
from matcher.acts import acting
from matcher.acts import repository as acts
from matcher.acts.acting import Acting, Done, Why
from matcher.acts.models import ActRow
from matcher.matching import service as matching
from matcher.objections import moving, repository, rules
from matcher.objections.filters import ObjectionFilters
from matcher.objections.models import FiledObjection
from matcher.objections.moving import NOUN
from matcher.objections.rules import LIFE, ObjectionAction
from matcher.objections.schemas import ObjectionIn
from matcher.subjects.demands import repository as demands

FILE = "file"


async def file(session: AsyncSession, caller: Principal, body: ObjectionIn, at: datetime) -> FiledObjection:
    """Object, naming receipts that the caller may see; of a ranking, none named, the demand's last one is. Raises
    NotAllowedNow while an objection of the same organisation to the same is open."""
    rules.refuse_faulty(body.subject, body.list_id)
    if not await demands.by_ids(session, [body.demand_id]):
        raise invalid(rules.unknown_demand(body.demand_id))
    ranking_ids, digests = rules.digests_of(await _receipts(session, caller, body))
    objection = FiledObjection(
        id=new_id(),
        version=1,
        state=LIFE.initial,
        **body.model_dump(exclude={"ranking_ids"}),
        ranking_ids=ranking_ids,
        digests=digests,
        objector_scheme=caller.organisation.scheme,
        objector_code=caller.organisation.code,
        objector_name=caller.organisation_name,
        filed_at=at,
    )
    await moving.wind(session, objection, at)
    if not await repository.add(session, objection):
        raise rules.second(await repository.standing(session, objection) or objection.id)
    done = Done(NOUN, objection.id, FILE, None, objection.state, None, Why(None, body.statement))
    act = acting.record(session, Acting(at, caller, caller.organisation), done)
    outbox.record(session, ObjectionFiled(objection=moving.snapshot(objection), act=act))
    return objection


async def _receipts(session: AsyncSession, caller: Principal, body: ObjectionIn) -> list[tuple[UUID, str]]:
    """Id and digest of each."""
    found = []
    for place, ranking_id in enumerate(body.ranking_ids):
        try:
            ranking = (await matching.ranking(session, caller, ranking_id)).ranking
        except NotFound:
            raise invalid(rules.unseen_receipt(place)) from None
        found.append((ranking.id, ranking.digest))
    if found or body.subject is not ObjectionSubject.RANKING:
        return found
    # Who was not shown has no match that would name a receipt, and may object to just that.
    last = await repository.last_ranking(session, body.demand_id)
    if last is None:
        raise invalid(rules.never_ranked())
    return [(last.id, last.digest)]


class ObjectionStep(NamedTuple):
    """A step that somebody asks for, with what they write in it."""

    action: ObjectionAction
    words: str | None = None


async def take(
    session: AsyncSession, caller: Principal, objection_id: UUID, step: ObjectionStep, at: datetime
) -> FiledObjection:
    """Raises NotFound, Forbidden, NotAllowedNow, and InvalidInput for a decision that names somebody."""
    objection = await repository.find(session, objection_id, lock=True)
    parties = rules.parties(objection.objector, caller.organisation, caller.roles)
    rules.refuse_stranger(parties)
    action, words = step
    if action is not ObjectionAction.WITHDRAW:
        await _refuse_interested(session, caller, objection)
    if action in rules.DECISIONS:
        rules.refuse_who_answered(objection.answered_by, caller.caller)
    # Whether it is possible at all, before anything is written.
    LIFE.moved(objection.state, action, by=parties, at=at)
    if action is ObjectionAction.ANSWER:
        objection.answer, objection.answered_by = words, caller.caller
    elif action in rules.DECISIONS:
        rules.refuse_personal(words or "", objection.objector_name, "#/decision")
        objection.decision = words
    await moving.move(session, objection, action, parties, Acting(at, caller, caller.organisation), words)
    return objection


async def _refuse_interested(session: AsyncSession, caller: Principal, objection: FiledObjection) -> None:
    known = await demands.by_ids(session, [objection.demand_id])
    owners = [demand.read().owner for demand in known.values()]
    rules.refuse_interested(caller.organisation, [objection.objector, *owners])


async def read(session: AsyncSession, objection_id: UUID) -> FiledObjection:
    return await repository.find(session, objection_id)


async def listed(
    session: AsyncSession, visitor: Principal | None, filters: ObjectionFilters, page: PageRequest
) -> Sequence[FiledObjection]:
    """Raises Unauthenticated when somebody without a token asks for their own."""
    if filters.mine and visitor is None:
        raise Unauthenticated("Send a token to list your own", "查看本单位的异议需要访问令牌")
    mine = visitor.organisation if filters.mine and visitor else None
    return await repository.listed(session, filters, mine, page)


async def steps(session: AsyncSession, caller: Principal, objection_id: UUID, page: PageRequest) -> Sequence[ActRow]:
    """All that was done, newest first, for its parties and auditors. Raises NotFound, Forbidden."""
    objection = await repository.find(session, objection_id)
    if Role.AUDITOR not in caller.roles and not rules.parties(objection.objector, caller.organisation, caller.roles):
        raise Forbidden("Only those whom it concerns read who took which step", "仅相关各方可以查看各步骤的记录")
    return await acts.listed(session, NOUN, objection_id, page)
