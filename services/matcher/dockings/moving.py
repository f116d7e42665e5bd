"""One step of a docking: who takes it, what it leads to, whose turn is next; its act and event, in one transaction."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import outbox
from common.auth import Principal
from common.contracts.dockings import (
    Act,
    AgreementProposed,
    ContactShared,
    DockingAgreed,
    DockingEvent,
    DockingFailed,
    DockingSnapshot,
    DockingState,
    MeetingArranged,
    MeetingCancelled,
    NextStep,
    Side,
    SlotsOffered,
)
from common.errors import Forbidden
from common.fields import OrganisationKey
from matcher.acts import acting
from matcher.acts.acting import NO_REASON, Acting, Done, Why
from matcher.calendar import working_days
from matcher.dockings import repository, rules
from matcher.dockings.models import Docking
from matcher.dockings.rules import LIFE, Alarm, DockingAction, DockingParty
from matcher.mandates import rules as mandate_rules
from matcher.mandates import service as mandates
from matcher.mandates.rules import Power

NOUN = "docking"
_EVENTS: Mapping[DockingAction, type[DockingEvent]] = {
    DockingAction.OFFER_SLOTS: SlotsOffered,
    DockingAction.WITHDRAW_SLOT: SlotsOffered,
    DockingAction.TAKE_SLOT: MeetingArranged,
    DockingAction.CANCEL_MEETING: MeetingCancelled,
    DockingAction.SHARE_CONTACT: ContactShared,
    DockingAction.FAIL: DockingFailed,
    DockingAction.LAPSE: DockingFailed,
}
_ANEW = frozenset({(DockingAction.OFFER_SLOTS, DockingState.OPENED), (DockingAction.TAKE_SLOT, DockingState.MEETING)})
"""Actions, with the state after them, that set the clock anew even if the same is next as before."""


@dataclass(frozen=True)
class DockingSeat:
    """A docking with the side of it that somebody sits on. `side` is None of the clock."""

    docking: Docking
    side: Side | None
    who: Acting


async def acting_for(session: AsyncSession, caller: Principal, mandate_id: UUID | None, at: datetime) -> Acting:
    """The caller for its own organisation, or for the giver of a mandate that is in force."""
    if mandate_id is None:
        return Acting(at, caller, caller.organisation)
    mandate = await mandates.in_force(session, caller.organisation, mandate_id, at)
    return Acting(at, caller, mandate.giver, mandate.id)


async def refuse_beyond(
    session: AsyncSession, who: Acting, power: Power | None, demand_id: UUID, profile_id: UUID
) -> None:
    """Raises Forbidden when a broker's mandate does not go that far."""
    if who.mandate_id is not None and who.caller is not None:
        mandate = await mandates.in_force(session, who.caller.organisation, who.mandate_id, who.at)
        mandate_rules.refuse_beyond(mandate, power, demand_id, profile_id)


def refuse_both_sides(who: Acting, sides: Collection[OrganisationKey]) -> None:
    """Raises Forbidden when a broker is a side itself: nobody may agree with themselves for somebody else."""
    if who.mandate_id is not None and who.caller is not None and who.caller.organisation in sides:
        raise Forbidden(
            "A side of the docking cannot act for the other by a mandate", "对接一方不能凭委托书代表另一方行事"
        )


async def seat(
    session: AsyncSession, who: Acting, docking_id: UUID, power: Power | None, *, lock: bool = True
) -> DockingSeat:
    """A docking of the party acted for. Raises NotFound when it is others', Forbidden beyond a mandate.

    power  what a broker needs; None only to read
    """
    assert who.party is not None, "the clock looks for its own"
    docking = await repository.of_party(session, who.party, docking_id, lock=lock)
    await refuse_beyond(session, who, power, docking.demand_id, docking.profile_id)
    refuse_both_sides(who, docking.sides.values())
    return DockingSeat(docking, side_of(docking, who.party), who)


async def limits(session: AsyncSession, who: Acting) -> tuple[UUID | None, UUID | None]:
    """The one demand and the one profile that a broker's mandate is for; None: any."""
    if who.mandate_id is None or who.caller is None:
        return None, None
    mandate = await mandates.in_force(session, who.caller.organisation, who.mandate_id, who.at)
    return mandate.demand_id, mandate.profile_id


def side_of(docking: Docking, party: OrganisationKey) -> Side:
    """The party's side; of one that has both, the one whose turn it is."""
    own = [side for side, organisation in docking.sides.items() if organisation == party]
    if not own:
        raise Forbidden("Only the sides of the docking may do that", "只有对接双方可以进行此操作")
    return docking.step_by if docking.step_by in own else own[0]


def may(docking: Docking, side: Side) -> tuple[DockingAction, ...]:
    """What a side may do now."""
    return LIFE.allowed(docking.state, rules.parties(side, docking.step_by))


def check(sitting: DockingSeat, action: DockingAction) -> None:
    """Raises NotAllowedNow, naming the state and what is possible instead."""
    LIFE.moved(sitting.docking.state, action, by=_by(sitting), at=sitting.who.at)


def _by(sitting: DockingSeat) -> set[DockingParty]:
    if sitting.side is None:
        return {DockingParty.CLOCK}
    return set(rules.parties(sitting.side, sitting.docking.step_by))


def move(session: AsyncSession, sitting: DockingSeat, action: DockingAction, why: Why = NO_REASON) -> None:
    """Take a step and announce it. What the action itself changes of the docking is written before."""
    docking, who = sitting.docking, sitting.who
    step = LIFE.moved(docking.state, action, by=_by(sitting), at=who.at)
    docking.state = step.after
    if (action, step.after) in _ANEW:
        wind(docking, who.at)
    wind_if_new(docking, who.at)
    if docking.step is None:
        docking.ended_at = who.at
    done = Done(NOUN, docking.id, action, step.before, step.after, sitting.side, why)
    announce(session, docking, acting.record(session, who, done), _event(action, step.after))


def _event(action: DockingAction, after: DockingState) -> type[DockingEvent]:
    if action is DockingAction.AGREE:
        return DockingAgreed if after is DockingState.AGREED else AgreementProposed
    return _EVENTS[action]


def announce(session: AsyncSession, docking: Docking, act: Act, event: type[DockingEvent]) -> None:
    docking.version += 1
    outbox.record(session, event(docking=snapshot(docking), act=act))


def _turn(docking: Docking) -> rules.Turn | None:
    return rules.turn(docking.state, docking.opened_by, docking.slots_by, docking.agreed_by)


def wind_if_new(docking: Docking, at: datetime) -> None:
    """Set the clock anew when something else is next than before; else the times that stand may be others."""
    if _turn(docking) != (docking.step, docking.step_by):
        wind(docking, at)
    elif docking.step == rules.TAKE_SLOT:
        set_alarm(docking, next(alarm for alarm in alarms(docking) if alarm.kind is docking.alarm))


def wind(docking: Docking, at: datetime) -> None:
    """Set the clock for whatever is next in the present state, or stop it. While a meeting stands, days are counted
    from its end at the earliest."""
    turn = _turn(docking)
    if turn is None:
        docking.step = docking.step_by = docking.step_from = docking.due_on = None
        docking.alarm = docking.alarm_at = None
        docking.is_provisional = False
        return
    meeting = docking.meeting_told
    docking.step, docking.step_by = turn
    docking.step_from = max(at, meeting.ends_at) if meeting and not meeting.is_cancelled else at
    count(docking, at)


def count(docking: Docking, at: datetime) -> None:
    """Work out the due day and the next alarm by the calendar that is published."""
    assert docking.step is not None, "a docking that is over has no clock"
    assert docking.step_from is not None, "a step begins sometime"
    calendar = working_days.published()
    due = rules.due(docking.step, docking.step_from, calendar)
    docking.due_on, docking.is_provisional, docking.counted_to = due.on, due.is_provisional, calendar.last_year
    set_alarm(docking, rules.first_alarm(alarms(docking), at))


def alarms(docking: Docking) -> tuple[Alarm, ...]:
    """When the clock reminds of the next step and ends the docking, by the calendar that is published."""
    assert docking.step is not None, "a docking that is over has no alarms"
    assert docking.due is not None, "what is next is due sometime"
    return rules.alarms(docking.step, docking.due, working_days.published())


def set_alarm(docking: Docking, alarm: Alarm) -> None:
    """Have the clock look at the docking then, or earlier, when no time offered is left to be taken."""
    docking.alarm, docking.alarm_at = alarm
    if docking.step == rules.TAKE_SLOT and docking.slots_until is not None:
        docking.alarm_at = min(docking.alarm_at, docking.slots_until)


def snapshot(docking: Docking) -> DockingSnapshot:
    """What events tell of a docking: no contact, no message."""
    names = [name for name in DockingSnapshot.model_fields if name not in {"next", "meeting"}]
    return DockingSnapshot(
        next=next_of(docking), meeting=docking.meeting_told, **{name: getattr(docking, name) for name in names}
    )


def next_of(docking: Docking) -> NextStep | None:
    if docking.step is None or docking.due_on is None:
        return None
    return NextStep(
        code=docking.step, side=docking.step_by, due_on=docking.due_on, is_provisional=docking.is_provisional
    )
