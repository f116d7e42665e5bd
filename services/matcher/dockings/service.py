"""Use cases of dockings: opening one, agreeing, ending it, and what its sides may read."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import outbox
from common.auth import Principal
from common.clock import new_id
from common.contracts.contacts import Contact
from common.contracts.dockings import DockingOpened, DockingState, Side
from common.errors import NotAllowedNow
from common.fields import OrganisationKey
from common.pagination import PageRequest
from matcher.acts import acting
from matcher.acts import repository as acts
from matcher.acts.acting import Acting, Done, Why
from matcher.acts.models import ActRow
from matcher.contacts import service as contacts
from matcher.contacts.models import ContactRead
from matcher.contacts.schemas import ContactsOut
from matcher.dockings import moving, repository, rules
from matcher.dockings.filters import DockingFilters
from matcher.dockings.meetings import offers
from matcher.dockings.meetings.calling_off import call_off
from matcher.dockings.models import Docking
from matcher.dockings.moving import NOUN, DockingSeat
from matcher.dockings.repository import DockingCounts
from matcher.dockings.rules import DockingAction
from matcher.dockings.schemas import DockingIn
from matcher.feedback import service as feedback
from matcher.mandates.rules import Power
from matcher.matching.models import Match


async def open_on_match(session: AsyncSession, who: Acting, body: DockingIn) -> DockingSeat:
    """A docking on a match of the party acted for. Raises NotAllowedNow when there is one that did not fail."""
    assert who.party is not None, "the clock opens nothing"
    match, is_dismissed = await feedback.openable(session, who.party, body.match_id)
    await moving.refuse_beyond(session, who, Power.OPEN, match.demand_id, match.profile_id)
    moving.refuse_both_sides(who, (match.demand_owner, match.profile_organisation))
    rules.refuse_unfit_to_open(match.is_current, is_dismissed)
    docking = _new(match, _opener(match, who.party), body.message, who.at)
    moving.wind(docking, who.at)
    if not await repository.add(session, docking):
        raise await _refused(session, match.id)
    done = Done(NOUN, docking.id, "open", None, docking.state, docking.opened_by)
    act = acting.record(session, who, done)
    outbox.record(session, DockingOpened(docking=moving.snapshot(docking), act=act))
    return DockingSeat(docking, docking.opened_by, who)


def _opener(match: Match, party: OrganisationKey) -> Side:
    return Side.OWNER if match.demand_owner == party else Side.ENTERPRISE


async def _refused(session: AsyncSession, match_id: UUID) -> NotAllowedNow:
    other = await repository.standing(session, match_id)
    about, state = (other.id, other.state) if other else (match_id, DockingState.OPENED)
    return NotAllowedNow(
        f"The match has a docking that is {state}: /v1/dockings/{about}",
        f"该撮合已有对接单，处于“{rules.LIFE.states[state]}”状态：/v1/dockings/{about}",
    )


def _new(match: Match, side: Side, message: str | None, at: datetime) -> Docking:
    return Docking(
        id=new_id(),
        version=1,
        state=DockingState.OPENED,
        match_id=match.id,
        matched_at=match.created_at,
        demand_id=match.demand_id,
        demand_title=match.demand_title,
        owner_scheme=match.demand_owner_scheme,
        owner_code=match.demand_owner_code,
        owner_name=match.demand_owner_name,
        profile_id=match.profile_id,
        profile_headline=match.profile_headline,
        enterprise_scheme=match.profile_organisation_scheme,
        enterprise_code=match.profile_organisation_code,
        enterprise_name=match.profile_organisation_name,
        message=message,
        opened_by=side,
        opened_at=at,
    )


async def share_contact(session: AsyncSession, who: Acting, docking_id: UUID, given: Contact | None) -> DockingSeat:
    """Allow the other side to see a contact once it allows the same."""
    sitting = await moving.seat(session, who, docking_id, Power.CONTACTS)
    moving.check(sitting, DockingAction.SHARE_CONTACT)
    await _share(session, sitting, given)
    moving.move(session, sitting, DockingAction.SHARE_CONTACT)
    return sitting


async def _share(session: AsyncSession, sitting: DockingSeat, given: Contact | None) -> None:
    docking, side = sitting.docking, sitting.side
    assert side is not None, "the clock has no contact"
    subject_id = docking.demand_id if side is Side.OWNER else docking.profile_id
    await contacts.share(session, docking.id, side, subject_id, given, sitting.who.at)


async def agree(session: AsyncSession, who: Acting, docking_id: UUID, given: Contact | None) -> DockingSeat:
    """The first to agree waits for the other side; when both have, each sees the other's contact. A broker needs the
    power over contacts too to give another than the one that is known or shared."""
    sitting = await moving.seat(session, who, docking_id, Power.AGREE)
    if given is not None:
        docking = sitting.docking
        await moving.refuse_beyond(session, who, Power.CONTACTS, docking.demand_id, docking.profile_id)
    moving.check(sitting, DockingAction.AGREE)
    await _share(session, sitting, given)
    sitting.docking.agreed_by = sitting.docking.agreed_by or sitting.side
    moving.move(session, sitting, DockingAction.AGREE)
    return sitting


async def fail(session: AsyncSession, who: Acting, docking_id: UUID, reason: str, words: str | None) -> DockingSeat:
    """End a docking without agreement, with a reason."""
    sitting, others = await offers.seat(session, who, docking_id, Power.FAIL)
    moving.check(sitting, DockingAction.FAIL)
    rules.refuse_wrong_reason(reason, words)
    docking = sitting.docking
    docking.failure_reason, docking.failure_text = reason, words
    await call_off(session, docking, others, who.at)
    moving.move(session, sitting, DockingAction.FAIL, Why(reason, words))
    return sitting


async def shown(session: AsyncSession, who: Acting, docking_id: UUID) -> DockingSeat:
    return await moving.seat(session, who, docking_id, None, lock=False)


async def listed(session: AsyncSession, who: Acting, filters: DockingFilters, page: PageRequest) -> list[DockingSeat]:
    """Those of the party acted for; a broker's as far as its mandate goes."""
    assert who.party is not None, "the clock reads no lists"
    limits = await moving.limits(session, who)
    found = await repository.listed(session, who.party, filters.within(*limits), page)
    return [DockingSeat(docking, moving.side_of(docking, who.party), who) for docking in found]


async def reveal(session: AsyncSession, who: Acting, docking_id: UUID) -> ContactsOut:
    """Both contacts, once both sides share theirs; that they were seen is on record."""
    sitting = await moving.seat(session, who, docking_id, Power.CONTACTS, lock=False)
    assert sitting.side is not None, "the clock sees no contacts"
    return await contacts.reveal(session, docking_id, sitting.side, who)


async def contact_reads(
    session: AsyncSession, who: Acting, docking_id: UUID, page: PageRequest
) -> Sequence[ContactRead]:
    await shown(session, who, docking_id)
    return await contacts.reads(session, docking_id, page)


async def history(session: AsyncSession, who: Acting, docking_id: UUID, page: PageRequest) -> Sequence[ActRow]:
    await shown(session, who, docking_id)
    return await acts.listed(session, NOUN, docking_id, page)


async def figures(session: AsyncSession) -> DockingCounts:
    return await repository.counts(session)


async def acting_for(session: AsyncSession, caller: Principal, mandate_id: UUID | None, at: datetime) -> Acting:
    """The caller for its own organisation, or for the giver of a mandate that is in force."""
    return await moving.acting_for(session, caller, mandate_id, at)
