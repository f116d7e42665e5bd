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
from common.fields import OrganisationKey
from common.pagination import PageRequest
from common.roles import Role
from matcher.acts import acting
from matcher.acts import repository as acts
from matcher.acts.acting import Acting, Done, Why
from matcher.acts.models import ActRow
from matcher.matching import repository as matches
from matcher.matching import service as matching
from matcher.matching.models import Ranking
from matcher.objections import moving, repository, rules
from matcher.objections.filters import ObjectionFilters
from matcher.objections.models import FiledObjection
from matcher.objections.moving import NOUN
from matcher.objections.rules import LIFE, ObjectionAction, ObjectionStanding
from matcher.objections.schemas import ObjectionIn
from matcher.subjects.demands import repository as demands

FILE = "file"


async def file(session: AsyncSession, caller: Principal, body: ObjectionIn, at: datetime) -> FiledObjection:
    """Object, naming receipts that the caller may see; of a ranking, where none of the demand is named, its last one
    is. Raises NotAllowedNow while an objection of the same organisation to the same is open."""
    rules.refuse_faulty(body.subject, body.list_id)
    if not await demands.by_ids(session, [body.demand_id]):
        raise invalid(rules.unknown_demand(body.demand_id))
    receipts = await _receipts(session, caller, body)
    ranking_ids, digests = rules.digests_of([(each.id, each.digest) for each in receipts])
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


async def _receipts(session: AsyncSession, caller: Principal, body: ObjectionIn) -> list[Ranking]:
    """Kept from now on. Raises InvalidInput."""
    await repository.keep(session, body.ranking_ids)
    named = [await _named(session, caller, body, place) for place in range(len(body.ranking_ids))]
    if body.subject is not ObjectionSubject.RANKING or any(each.subject_id == body.demand_id for each in named):
        return named
    # Who was not shown has no match that would name a receipt, and may object to just that.
    last = await repository.last_ranking(session, body.demand_id)
    if last is None and not named:
        raise invalid(rules.never_ranked())
    return [*named, last] if last else named


async def _named(session: AsyncSession, caller: Principal, body: ObjectionIn, place: int) -> Ranking:
    try:
        found = (await matching.ranking(session, caller, body.ranking_ids[place])).ranking
    except NotFound:
        raise invalid(rules.unseen_receipt(place)) from None
    if body.subject is ObjectionSubject.RANKING and body.demand_id not in (found.subject_id, *found.ids):
        raise invalid(rules.other_receipt(place))
    return found


class ObjectionStep(NamedTuple):
    """A step that somebody asks for, with what they write in it."""

    action: ObjectionAction
    words: str | None = None


async def take(
    session: AsyncSession, caller: Principal, objection_id: UUID, step: ObjectionStep, at: datetime
) -> FiledObjection:
    """Raises NotFound, Forbidden, NotAllowedNow, and InvalidInput for a decision that names somebody."""
    objection = await repository.find(session, objection_id, lock=True)
    known = await standing(session, caller, objection)
    action, words = step
    rules.refuse_stranger(known.parties)
    rules.refuse_barred(known, action)
    if action is ObjectionAction.ANSWER:
        objection.answer, objection.answered_by = words, caller.caller
    elif action in rules.DECISIONS:
        rules.refuse_personal(words or "", objection.telling, "#/decision")
        objection.decision = words
    await moving.move(session, objection, action, known.acting, Acting(at, caller, caller.organisation), words)
    return objection


async def standing(session: AsyncSession, caller: Principal, objection: FiledObjection) -> ObjectionStanding:
    """What the caller is to it; some statements for each receipt that it names, none for a stranger."""
    parties = rules.parties(objection.objector, caller.organisation, caller.roles)
    is_auditor = Role.AUDITOR in caller.roles
    is_known = is_auditor or bool(parties)
    return ObjectionStanding(
        parties,
        is_auditor=is_auditor,
        is_interested=is_known and await _is_interested(session, caller.organisation, objection),
        has_answered=objection.answered_by == caller.caller,
        readable=await matching.readable(session, caller, objection.ranking_ids) if is_known else frozenset(),
    )


async def _is_interested(session: AsyncSession, organisation: OrganisationKey, objection: FiledObjection) -> bool:
    """Whether it objects, owns the demand, or is shown by a receipt that is named."""
    known = await demands.by_ids(session, [objection.demand_id])
    owners = [demand.read().owner for demand in known.values()]
    if organisation in [objection.objector, *owners]:
        return True
    return await matches.is_shown_in(session, organisation, objection.ranking_ids)


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
