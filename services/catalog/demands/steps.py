"""How a demand takes a step: who may take it is part of the look-up, and what follows from it is part of the change."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from catalog.attachments import publication as attachments
from catalog.demands import repository, rules
from catalog.demands.models import Change, Demand
from catalog.demands.rules import Action, Actor
from catalog.demands.schemas import DemandOut
from catalog.demands.terms import Bounds
from catalog.history import service as history
from catalog.history.rules import differences
from catalog.history.service import AnyTransition, Deed, Told
from common import deadlines, outbox
from common.auth import Principal
from common.contracts.catalog import (
    ContactChanged,
    DemandAdvanced,
    DemandAmended,
    DemandCancelled,
    DemandClosed,
    DemandEvent,
    DemandMerged,
    DemandOpened,
    DemandPublished,
    DemandSnapshot,
    DemandWithdrawn,
)
from common.contracts.words import DemandKind, DemandState
from common.roles import Role
from common.sealed import vault_of
from common.vault import is_sealed

NOUN = rules.LIFE.noun.en
OPEN, CLOSE = "demand.open", "demand.close"
"""Kinds of deadlines."""

_CHANGES: dict[Action, Change] = {
    Action.PUBLISH: Change.PUBLISHED,
    Action.APPROVE: Change.PUBLISHED,
    Action.AMEND: Change.AMENDED,
    Action.OPEN: Change.OPENED,
}
"""What everyone hears of a step; other steps are called as the state they lead to."""
_EVENTS: dict[Change, type[DemandEvent]] = {
    Change.PUBLISHED: DemandPublished,
    Change.AMENDED: DemandAmended,
    Change.OPENED: DemandOpened,
    Change.CLOSED: DemandClosed,
    Change.WITHDRAWN: DemandWithdrawn,
    Change.CANCELLED: DemandCancelled,
    Change.MERGED: DemandMerged,
}


class Editing(NamedTuple):
    """What every change of a demand needs: the transaction, who asks, and what content is held against."""

    session: AsyncSession
    caller: Principal
    bounds: Bounds

    @property
    def at(self) -> datetime:
        return self.bounds.at


class Sought(NamedTuple):
    """A demand that nobody else changes before the transaction ends, and all that the caller is to it."""

    demand: Demand
    parties: frozenset[Actor]


async def sought(editing: Editing, demand_id: UUID) -> Sought:
    """Raises NotFound when the caller is nothing to it, Forbidden for an owner without the role to ask for its kind."""
    caller, demand = editing.caller, await repository.locked(editing.session, demand_id)
    if demand is None:
        raise repository.no_such_demand()
    is_own = demand.owner_key == caller.organisation
    parties = rules.parties(
        caller.roles,
        is_own=is_own,
        has_submitted=demand.submitted_by == caller.caller,
        needs_review=editing.bounds.needs_review,
    )
    if not is_own and (not parties or not is_visible_to(caller, demand)):
        raise repository.no_such_demand()
    if is_own:
        refuse_own_asker(caller, demand.kind, parties)
    return Sought(demand, parties)


def refuse_own_asker(caller: Principal, kind: DemandKind, parties: Collection[Actor]) -> None:
    """Raises Forbidden for an owner without the role to ask for the kind, who is nothing else to it."""
    if not {Actor.REVIEWER, Actor.OPERATOR} & {*parties}:
        rules.refuse_asker(kind, caller.roles)


def is_visible_to(caller: Principal, demand: Demand) -> bool:
    """Whether somebody who does not own it may see it."""
    if demand.published_at is not None:
        return True
    return Role.REVIEWER in caller.roles and demand.state in rules.REVIEWED


def stepped(demand: Demand, action: Action, by: Collection[Actor], at: datetime) -> AnyTransition:
    """Take a step, with what follows for the demand itself. Raises NotAllowedNow."""
    transition = history.moved(rules.LIFE, demand, action, by, at)
    if demand.state is DemandState.PUBLISHED and transition.before is not DemandState.PUBLISHED:
        rules.refuse_expired(demand.closes_at, at)
        demand.published_at = at
    return transition


def text_of(demand: Demand) -> dict[str, Any]:
    """What everyone reads of it."""
    return DemandOut.model_validate(demand).model_dump(mode="json")


async def record(session: AsyncSession, demand: Demand, deed: Deed, *, former: dict[str, Any] | None = None) -> None:
    """Audit and announce a step that was taken, and have the clock know of it.

    former  the public text before, where it changed
    """
    told = None
    if demand.published_at is not None:
        told = _told(demand, deed.transition, former)
    history.record(session, NOUN, demand, deed, told)
    if told and demand.contact is not None and _is_entered(deed.transition):
        tell_contact(session, demand)
    if _is_opened(deed.transition):
        await attachments.publish_all(session, demand, deed.caller)
    await _plan(session, demand, deed.transition)


def _is_opened(transition: AnyTransition) -> bool:
    """Whether the demand is public from now on."""
    return transition.after is DemandState.PUBLISHED and transition.before is not DemandState.PUBLISHED


def _is_entered(transition: AnyTransition) -> bool:
    """Whether the demand is public from now on, or taken back."""
    return _is_opened(transition) or transition.after in rules.TAKEN_BACK


def tell_contact(session: AsyncSession, demand: Demand) -> None:
    """Let the matcher, and nobody else, know whom to call while the demand stands."""
    known = None if demand.state in rules.TAKEN_BACK else demand.contact
    said = vault_of(session).seal_json(known) if known else None
    told = {"contact": None, "sealed": said} if is_sealed(said) else {"contact": said}
    event = ContactChanged.model_validate({"demand_id": demand.id, "demand_version": demand.version, **told})
    outbox.record(session, event)


def _told(demand: Demand, transition: AnyTransition, former: dict[str, Any] | None) -> Told:
    change = _CHANGES.get(transition.action) or Change(demand.state)
    text = text_of(demand)
    changes = None if former is None else differences(former, text)
    snapshot = DemandSnapshot.model_validate(demand)
    event = _EVENTS.get(change, DemandAdvanced)
    return Told(change, text, event(demand=snapshot, changes=changes or ()), changes)


async def _plan(session: AsyncSession, demand: Demand, transition: AnyTransition) -> None:
    if DemandState.PUBLISHED not in (transition.before, demand.state):
        return
    is_open = demand.state is DemandState.PUBLISHED
    await deadlines.put(session, CLOSE, demand.id, demand.closes_at if is_open else None)
    if transition.action is not Action.OPEN:
        # One that has passed is left as it is: the clock may be about to tell of it.
        is_ahead = demand.opens_at is not None and demand.opens_at > demand.updated_at
        if is_ahead or not is_open:
            await deadlines.put(session, OPEN, demand.id, demand.opens_at if is_open else None)
