"""What owners, and the clock, do with solicitations up to the deadline, and how any step of one is recorded."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from catalog.demands import service as demands
from catalog.demands.steps import Editing
from catalog.history import service as history
from catalog.history.service import AnyTransition, Deed, Told
from catalog.solicitations import repository, rules
from catalog.solicitations.models import Clearance, Evaluator, Solicitation
from catalog.solicitations.repository import DemandFiling
from catalog.solicitations.rules import SolicitationAction, SolicitationParty
from catalog.solicitations.schemas import Extension, Panel, SolicitationContent, SolicitationOut
from common import deadlines
from common.auth import Principal
from common.clock import new_id
from common.contracts.solicitations import (
    SolicitationAdvanced,
    SolicitationConcluded,
    SolicitationEvent,
    SolicitationOpened,
    SolicitationReminded,
    SolicitationSnapshot,
)
from common.contracts.words import SolicitationState
from common.deadlines import Handler
from common.errors import NotFound, invalid
from common.pagination import PageRequest
from common.rawjson import Stored
from common.roles import Role

NOUN = rules.LIFE.noun.en
CLOSE, REMIND, OVERDUE = "solicitation.close", "solicitation.remind", "solicitation.overdue"
"""Kinds of deadlines."""
PRIVATE = frozenset(
    {
        SolicitationAction.APPOINT,
        SolicitationAction.DECLARE,
        SolicitationAction.EXAMINE,
        SolicitationAction.SCORE,
    }
)
"""Steps that everyone is not told of."""


class SoughtSolicitation(NamedTuple):
    """A solicitation that nobody else changes before the transaction ends, and all that the caller is to it."""

    solicitation: Solicitation
    parties: frozenset[SolicitationParty]
    evaluator: Evaluator | None


async def open_(editing: Editing, content: SolicitationContent) -> Solicitation:
    """Call for solutions to a published demand of the caller's, to its clauses as they are now."""
    session, at = editing.session, editing.at
    demand = await demands.own(session, editing.caller, content.demand_id)
    rules.refuse_unpublished(demand.state)
    rules.refuse_second(await repository.standing(session, demand.id))
    rules.refuse_faulty(content, at)
    solicitation = Solicitation(
        **content.model_dump(exclude={"criteria"}),
        criteria=[one.model_dump() for one in content.criteria],
        id=new_id(),
        version=1,
        demand_version=demand.version,
        state=rules.LIFE.initial,
        title=demand.title,
        clauses=demand.clauses,
        owner=demand.owner,
        created_at=at,
        updated_at=at,
    )
    repository.add(session, solicitation)
    transition = history.begun(solicitation, SolicitationParty.OWNER, at)
    await record(session, solicitation, Deed(transition, editing.caller))
    await deadlines.put(session, CLOSE, solicitation.id, solicitation.closes_at)
    await _plan_reminders(session, solicitation)
    return solicitation


async def extend(editing: Editing, solicitation_id: UUID, extension: Extension) -> Solicitation:
    """A later deadline, for everyone."""
    sought = await seek(editing, solicitation_id)
    solicitation = sought.solicitation
    transition = stepped(sought, SolicitationAction.EXTEND, editing.at)
    rules.refuse_after(solicitation.closes_at, editing.at)
    decide_by = extension.decide_by or solicitation.decide_by
    if faults := tuple(rules.date_faults(extension.closes_at, decide_by, solicitation.closes_at)):
        raise invalid(*faults)
    is_date_new = decide_by != solicitation.decide_by
    solicitation.closes_at, solicitation.decide_by = extension.closes_at, decide_by
    await record(editing.session, solicitation, Deed(transition, editing.caller, extension.reason))
    await deadlines.put(editing.session, CLOSE, solicitation.id, solicitation.closes_at)
    if is_date_new:
        # Of a date that stays, the reminder may have come already.
        await _plan_reminders(editing.session, solicitation)
    return solicitation


async def appoint(editing: Editing, solicitation_id: UUID, panel: Panel) -> Solicitation:
    """Name more people to evaluate; those who are named already stay as they are."""
    sought = await seek(editing, solicitation_id)
    transition = stepped(sought, SolicitationAction.APPOINT, editing.at)
    present = await repository.evaluators(editing.session, solicitation_id)
    known = {(one.scheme, one.code, one.subject) for one in present}
    for one in panel.evaluators:
        key = (one.organisation.scheme, one.organisation.code, one.subject)
        if key not in known:
            known.add(key)
            repository.add(editing.session, _evaluator(solicitation_id, key, one.name))
    await record(editing.session, sought.solicitation, Deed(transition, editing.caller))
    return sought.solicitation


def _evaluator(solicitation_id: UUID, key: tuple[str, str, str], name: str) -> Evaluator:
    scheme, code, subject = key
    return Evaluator(
        id=new_id(),
        solicitation_id=solicitation_id,
        scheme=scheme,
        code=code,
        subject=subject,
        name=name,
        clearance=Clearance.NAMED,
    )


async def close_due(session: AsyncSession, solicitation_id: UUID, at: datetime) -> None:
    """Close a solicitation whose deadline has passed by `at`, if that is how it stands."""
    solicitation = await repository.locked(session, solicitation_id)
    if solicitation and solicitation.state is rules.OPEN and solicitation.closes_at <= at:
        solicitation.solutions_count = await repository.solutions_count(session, solicitation_id)
        await _by_clock(session, solicitation, SolicitationAction.CLOSE, at)


async def _undecided(session: AsyncSession, solicitation_id: UUID) -> Solicitation | None:
    solicitation = await repository.locked(session, solicitation_id)
    return solicitation if solicitation and solicitation.state in rules.UNDECIDED else None


async def remind_due(session: AsyncSession, solicitation_id: UUID, at: datetime) -> None:
    """Remind of the promised date of a decision that is near, if there is none yet."""
    solicitation = await _undecided(session, solicitation_id)
    # Once the date has passed, that is what is told instead.
    if solicitation and _remind_at(solicitation) <= at < solicitation.decide_by:
        await _by_clock(session, solicitation, SolicitationAction.REMIND, at)


async def overdue_due(session: AsyncSession, solicitation_id: UUID, at: datetime) -> None:
    """Remind of the promised date of a decision that has passed, if there is none yet."""
    solicitation = await _undecided(session, solicitation_id)
    if solicitation and solicitation.decide_by <= at:
        await _by_clock(session, solicitation, SolicitationAction.REMIND, at)


async def _by_clock(
    session: AsyncSession, solicitation: Solicitation, action: SolicitationAction, at: datetime
) -> None:
    transition = history.moved(rules.LIFE, solicitation, action, {SolicitationParty.CLOCK}, at)
    await record(session, solicitation, Deed(transition, None))


DUE: dict[str, Handler] = {CLOSE: close_due, REMIND: remind_due, OVERDUE: overdue_due}
"""What the clock does for solicitations."""


async def seek(editing: Editing, solicitation_id: UUID) -> SoughtSolicitation:
    """Lock it. Raises NotFound; whoever is nothing to it is refused by its life."""
    solicitation = await repository.find(editing.session, solicitation_id, lock=True)
    evaluator = await repository.evaluator(editing.session, solicitation_id, editing.caller)
    found = (
        (solicitation.owner_key == editing.caller.organisation, SolicitationParty.OWNER),
        (evaluator is not None, SolicitationParty.EVALUATOR),
    )
    return SoughtSolicitation(solicitation, frozenset(party for applies, party in found if applies), evaluator)


def stepped(sought: SoughtSolicitation, action: SolicitationAction, at: datetime) -> AnyTransition:
    """Raises Forbidden when the caller is nothing to the solicitation, NotAllowedNow otherwise."""
    rules.refuse_stranger(sought.parties)
    return history.moved(rules.LIFE, sought.solicitation, action, sought.parties, at)


async def record(session: AsyncSession, solicitation: Solicitation, deed: Deed) -> None:
    """Audit and announce a step that was taken."""
    action = deed.transition.action
    told = None
    if action not in PRIVATE:
        told = _told(solicitation, deed, await repository.filed(session, solicitation.demand_id))
    history.record(session, NOUN, solicitation, deed, told)


def _remind_at(solicitation: Solicitation) -> datetime:
    return rules.remind_at(solicitation.decide_by, solicitation.remind_days)


async def _plan_reminders(session: AsyncSession, solicitation: Solicitation) -> None:
    await deadlines.put(session, REMIND, solicitation.id, _remind_at(solicitation))
    await deadlines.put(session, OVERDUE, solicitation.id, solicitation.decide_by)


def _told(solicitation: Solicitation, deed: Deed, filed: DemandFiling) -> Told:
    text = SolicitationOut.model_validate(solicitation).model_dump(mode="json")
    return Told(_change(deed.transition), text, _event(solicitation, deed.transition, filed))


_CHANGES = {
    history.CREATE: "opened",
    SolicitationAction.EXTEND: "extended",
    SolicitationAction.REMIND: "reminded",
}


def _change(transition: AnyTransition) -> str:
    """What everyone hears of a step; other steps are called as the state they lead to."""
    return _CHANGES.get(transition.action) or str(transition.after)


def _event(solicitation: Solicitation, transition: AnyTransition, filed: DemandFiling) -> SolicitationEvent:
    own = SolicitationSnapshot.model_fields.keys() - set(DemandFiling._fields)
    snapshot = SolicitationSnapshot.model_validate(
        {name: getattr(solicitation, name) for name in own} | filed._asdict()
    )
    match transition.action:
        case history.CREATE:
            return SolicitationOpened(solicitation=snapshot)
        case SolicitationAction.CONCLUDE:
            return SolicitationConcluded(solicitation=snapshot)
        case SolicitationAction.REMIND:
            is_overdue = solicitation.decide_by <= transition.at
            return SolicitationReminded(solicitation=snapshot, is_overdue=is_overdue)
    return SolicitationAdvanced(solicitation=snapshot)


async def read(
    session: AsyncSession, visitor: Principal | None, solicitation_id: UUID
) -> tuple[Solicitation, Sequence[Evaluator] | None]:
    """With the evaluators, for its owner. Raises NotFound."""
    solicitation = await repository.find(session, solicitation_id)
    if visitor is None or visitor.organisation != solicitation.owner_key:
        return solicitation, None
    return solicitation, await repository.evaluators(session, solicitation_id)


async def page(
    session: AsyncSession, demand_id: UUID | None, state: SolicitationState | None, wanted: PageRequest
) -> Sequence[Solicitation]:
    return await repository.page(session, demand_id, state, wanted)


async def steps(session: AsyncSession, caller: Principal, solicitation_id: UUID, wanted: PageRequest) -> list[Stored]:
    """Every step, for the owner and auditors. Raises NotFound for others."""
    solicitation = await repository.find(session, solicitation_id)
    if caller.organisation != solicitation.owner_key and Role.AUDITOR not in caller.roles:
        raise NotFound("Only its owner reads who took which step", "仅需求方可以查看各步骤的记录")
    return await history.steps(session, solicitation_id, wanted)
