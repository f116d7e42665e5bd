"""What callers, and the clock, do with demands."""

from collections.abc import Collection, Sequence, Set
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from catalog.demands import repository, rules
from catalog.demands.filters import DemandFilters
from catalog.demands.models import Change, Demand
from catalog.demands.rules import Action, Actor, Bounds
from catalog.demands.schemas import Amendment, DemandContent, DemandOut
from catalog.history import service as history
from catalog.history.service import Deed, Told
from catalog.organisations import service as organisations
from catalog.organisations.models import Organisation
from catalog.search.tokens import index_tokens
from common import outbox, tracks
from common.auth import Principal
from common.clock import new_id
from common.contracts.catalog import (
    ContactChanged,
    DemandAmended,
    DemandClosed,
    DemandEvent,
    DemandPublished,
    DemandSnapshot,
    DemandWithdrawn,
)
from common.contracts.contacts import Contact
from common.contracts.words import DemandState
from common.errors import FieldFault, Unauthenticated
from common.etags import refuse_stale
from common.fields import OrganisationKey
from common.pagination import PageRequest
from common.rawjson import Stored
from common.tracks import Tracks

NOUN = rules.LIFE.noun.en
CONTENT = frozenset(DemandContent.model_fields)
"""The fields that a demand's owner writes."""

_EVENTS: dict[Change, type[DemandEvent]] = {
    Change.PUBLISHED: DemandPublished,
    Change.AMENDED: DemandAmended,
    Change.CLOSED: DemandClosed,
    Change.WITHDRAWN: DemandWithdrawn,
}


async def draft(session: AsyncSession, caller: Principal, content: DemandContent, bounds: Bounds) -> Demand:
    """A new demand that only its owner sees."""
    rules.refuse_asker(content.kind, caller.roles)
    rules.refuse_faulty(content, bounds)
    owner = await organisations.of_caller(session, caller, bounds.at)
    demand = Demand(
        id=new_id(), version=1, state=DemandState.DRAFT, owner=owner, created_at=bounds.at, updated_at=bounds.at
    )
    _write(demand, content, CONTENT, bounds)
    repository.add(session, demand)
    _record(session, demand, Deed(history.begun(demand, Actor.OWNER, bounds.at), caller))
    return demand


async def draft_many(
    session: AsyncSession, caller: Principal, contents: Sequence[DemandContent], bounds: Bounds
) -> list[UUID | Sequence[FieldFault]]:
    """What `draft` does, for many at once: the new id of each, or what rules have against it."""
    owner = await organisations.of_caller(session, caller, bounds.at)
    results: list[UUID | Sequence[FieldFault]] = []
    rows = []
    for content in contents:
        rules.refuse_asker(content.kind, caller.roles)
        if faults := rules.faults(content, bounds):
            results.append(faults)
            continue
        demand = _begun(owner, bounds.at)
        results.append(demand.id)
        rows.append({**_row(content, bounds), **{name: getattr(demand, name) for name in _BEGUN}})
        _record(session, demand, Deed(history.begun(demand, Actor.OWNER, bounds.at), caller))
    await repository.add_many(session, rows)
    return results


_BEGUN = ("id", "version", "state", "owner_scheme", "owner_code", "created_at", "updated_at")


def _begun(owner: Organisation, at: datetime) -> Demand:
    """A draft without content."""
    return Demand(
        id=new_id(),
        version=1,
        state=DemandState.DRAFT,
        owner=owner,
        owner_scheme=owner.scheme,
        owner_code=owner.code,
        created_at=at,
        updated_at=at,
    )


def _row(content: DemandContent, bounds: Bounds) -> dict[str, Any]:
    """The columns of a draft's content; `tokens` are to be searched for."""
    texts = (content.title, content.need, *(clause.text for clause in content.clauses))
    return {
        **content.model_dump(),
        "clauses": [clause.model_dump(mode="json") for clause in content.clauses],
        "tracks": tracks.resolved(content.tracks, bounds.tracks),
        "policies": list(content.policies),
        "tokens": index_tokens(texts),
    }


async def titled(session: AsyncSession, caller: Principal, titles: Collection[str]) -> dict[str, list[Stored]]:
    """By title: the caller's demands that are not over, and those that are open to everyone."""
    found: dict[str, list[Stored]] = {}
    for row in await repository.titled(session, caller.organisation, titles):
        found.setdefault(row["title"], []).append(row)
    return found


async def replace(
    session: AsyncSession, caller: Principal, demand_id: UUID, content: DemandContent, expected: int, bounds: Bounds
) -> Demand:
    """New content for a demand that is not public yet; a submitted one becomes a draft again."""
    demand = await _own(session, caller, demand_id)
    transition = history.moved(rules.LIFE, demand, Action.REPLACE, {Actor.OWNER}, bounds.at)
    # The version that the caller read was the one before this step.
    refuse_stale(expected, demand.version - 1)
    rules.refuse_asker(content.kind, caller.roles)
    rules.refuse_faulty(content, bounds)
    _write(demand, content, CONTENT, bounds)
    _record(session, demand, Deed(transition, caller))
    return demand


async def submit(session: AsyncSession, caller: Principal, demand_id: UUID, at: datetime) -> Demand:
    demand = await _own(session, caller, demand_id)
    if not rules.LIFE.is_done(demand.state, Action.SUBMIT):
        _record(session, demand, Deed(history.moved(rules.LIFE, demand, Action.SUBMIT, {Actor.OWNER}, at), caller))
    return demand


async def publish(session: AsyncSession, caller: Principal, demand_id: UUID, at: datetime) -> Demand:
    demand = await _own(session, caller, demand_id)
    if rules.LIFE.is_done(demand.state, Action.PUBLISH):
        return demand
    transition = history.moved(rules.LIFE, demand, Action.PUBLISH, {Actor.OWNER}, at)
    rules.refuse_expired(demand.closes_at, at)
    demand.published_at = at
    _record(session, demand, Deed(transition, caller), Change.PUBLISHED)
    if demand.contact is not None:
        _tell_contact(session, demand)
    return demand


async def amend(
    session: AsyncSession, caller: Principal, demand_id: UUID, amendment: Amendment, expected: int, bounds: Bounds
) -> Demand:
    demand = await _own(session, caller, demand_id)
    transition = history.moved(rules.LIFE, demand, Action.AMEND, {Actor.OWNER}, bounds.at)
    refuse_stale(expected, demand.version - 1)
    given = amendment.model_fields_set - {"reason"}
    rules.refuse_empty(given)
    if "kind" in given:
        rules.refuse_other_kind(demand.kind, amendment.kind)
    _write(demand, amendment, given, bounds)
    # What stays must agree with what is new.
    rules.refuse_faulty(demand, bounds)
    demand.amendment_reason = amendment.reason
    _record(session, demand, Deed(transition, caller, amendment.reason), Change.AMENDED)
    if "contact" in given:
        _tell_contact(session, demand)
    return demand


async def close(session: AsyncSession, caller: Principal, demand_id: UUID, at: datetime) -> Demand:
    demand = await _own(session, caller, demand_id)
    if not rules.LIFE.is_done(demand.state, Action.CLOSE):
        _close(session, demand, Actor.OWNER, caller, at)
    return demand


async def close_next_due(session: AsyncSession, at: datetime) -> bool:
    """Close one demand whose closing time has passed by `at`; whether there was one."""
    demand = await repository.due_demand(session, at)
    if demand is None:
        return False
    _close(session, demand, Actor.CLOCK, None, at)
    return True


async def withdraw(
    session: AsyncSession, caller: Principal, demand_id: UUID, reason: str | None, at: datetime
) -> Demand:
    """Take a demand back; the public hears of it only when it had heard of the demand."""
    demand = await _own(session, caller, demand_id)
    if rules.LIFE.is_done(demand.state, Action.WITHDRAW):
        return demand
    transition = history.moved(rules.LIFE, demand, Action.WITHDRAW, {Actor.OWNER}, at)
    demand.withdrawal_reason = reason
    change = None if demand.published_at is None else Change.WITHDRAWN
    _record(session, demand, Deed(transition, caller, reason), change)
    if demand.published_at is not None and demand.contact is not None:
        _tell_contact(session, demand)
    return demand


async def repeated(session: AsyncSession, demand: Demand) -> UUID | None:
    """An earlier demand of the same owner that says the same; of two that come at once neither names the other."""
    return await repository.same_text(session, demand)


async def read(session: AsyncSession, visitor: Principal | None, demand_id: UUID) -> Stored:
    return await repository.visible_demand(session, demand_id, visitor.organisation if visitor else None)


async def page(
    session: AsyncSession, filters: DemandFilters, visitor: Principal | None, wanted: PageRequest, known: Tracks
) -> list[Stored]:
    """`known` are the tracks of this deployment: no list is of another."""
    if filters.track is not None:
        filters = filters.model_copy(update={"track": tracks.one(filters.track, known, parameter="track")})
    if filters.mine and visitor is None:
        raise Unauthenticated("`mine` needs an access token", "查看自己的需求需要访问令牌")
    return await repository.page(session, filters, visitor.organisation if visitor else None, wanted)


async def versions(
    session: AsyncSession, visitor: Principal | None, demand_id: UUID, wanted: PageRequest
) -> list[Stored]:
    await read(session, visitor, demand_id)
    return await history.versions(session, demand_id, wanted)


def is_own(visitor: Principal | None, row: Stored) -> bool:
    """Whether the visitor speaks for the demand's owner."""
    return visitor is not None and visitor.organisation == OrganisationKey(
        scheme=row["owner_scheme"], code=row["owner_code"]
    )


async def _own(session: AsyncSession, caller: Principal, demand_id: UUID) -> Demand:
    demand = await repository.own_demand(session, caller.organisation, demand_id)
    rules.refuse_asker(demand.kind, caller.roles)
    return demand


def _write(demand: Demand, content: DemandContent, given: Set[str], bounds: Bounds) -> None:
    """Take over the fields that are given; the others stay."""
    for name, value in content.model_dump(include={*given}).items():
        setattr(demand, name, list(value) if isinstance(value, tuple) else value)
    if "tracks" in given:
        demand.tracks = tracks.resolved(content.tracks, bounds.tracks)
    if "clauses" in given:
        demand.clauses = [clause.model_dump(mode="json") for clause in content.clauses]
    demand.find_by([demand.title, demand.need, *(clause["text"] for clause in demand.clauses)])


def _close(session: AsyncSession, demand: Demand, by: Actor, caller: Principal | None, at: datetime) -> None:
    transition = history.moved(rules.LIFE, demand, Action.CLOSE, {by}, at)
    _record(session, demand, Deed(transition, caller), Change.CLOSED)


def _record(session: AsyncSession, demand: Demand, deed: Deed, change: Change | None = None) -> None:
    """change  what everyone is told; None while the demand is not public"""
    history.record(session, NOUN, demand, deed, _told(demand, change) if change else None)


def _told(demand: Demand, change: Change) -> Told:
    snapshot = DemandOut.model_validate(demand).model_dump(mode="json")
    return Told(change, snapshot, _EVENTS[change](demand=DemandSnapshot.model_validate(demand)))


def _tell_contact(session: AsyncSession, demand: Demand) -> None:
    """Let the matcher, and nobody else, know whom to call while the demand stands."""
    known = demand.contact if demand.state is not DemandState.WITHDRAWN else None
    contact = Contact.model_validate(known) if known else None
    outbox.record(session, ContactChanged(demand_id=demand.id, demand_version=demand.version, contact=contact))
