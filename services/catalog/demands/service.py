"""What callers, and the clock, do with demands."""

from collections.abc import Set
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from catalog.demands import repository, rules
from catalog.demands.filters import DemandFilters
from catalog.demands.models import Change, Demand
from catalog.demands.repository import Stored
from catalog.demands.rules import Action, Actor, Bounds
from catalog.demands.schemas import Amendment, DemandContent, DemandOut
from catalog.demands.search_tokens import index_tokens
from catalog.organisations import service as organisations
from common import outbox, tracks
from common.auth import Principal
from common.clock import new_id
from common.contracts.catalog import (
    DemandAmended,
    DemandClosed,
    DemandEvent,
    DemandPublished,
    DemandSnapshot,
    DemandState,
    DemandWithdrawn,
)
from common.errors import Unauthenticated
from common.etags import refuse_stale
from common.fields import OrganisationKey
from common.pagination import PageRequest
from common.tracks import Tracks

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
    return demand


async def replace(
    session: AsyncSession, caller: Principal, demand_id: UUID, content: DemandContent, expected: int, bounds: Bounds
) -> Demand:
    """New content for a demand that is not public yet; a submitted one becomes a draft again."""
    demand = await _own(session, caller, demand_id)
    step = rules.LIFE.moved(demand.state, Action.REPLACE, by={Actor.OWNER}, at=bounds.at)
    refuse_stale(expected, demand.version)
    rules.refuse_asker(content.kind, caller.roles)
    rules.refuse_faulty(content, bounds)
    demand.state = step.after
    _write(demand, content, CONTENT, bounds)
    _advance(demand, bounds.at)
    return demand


async def submit(session: AsyncSession, caller: Principal, demand_id: UUID, at: datetime) -> Demand:
    demand = await _own(session, caller, demand_id)
    if not rules.LIFE.is_done(demand.state, Action.SUBMIT):
        demand.state = rules.LIFE.moved(demand.state, Action.SUBMIT, by={Actor.OWNER}, at=at).after
        _advance(demand, at)
    return demand


async def publish(session: AsyncSession, caller: Principal, demand_id: UUID, at: datetime) -> Demand:
    demand = await _own(session, caller, demand_id)
    if rules.LIFE.is_done(demand.state, Action.PUBLISH):
        return demand
    demand.state = rules.LIFE.moved(demand.state, Action.PUBLISH, by={Actor.OWNER}, at=at).after
    rules.refuse_expired(demand.closes_at, at)
    demand.published_at = at
    _advance(demand, at)
    _announce(session, demand, Change.PUBLISHED)
    return demand


async def amend(
    session: AsyncSession, caller: Principal, demand_id: UUID, amendment: Amendment, expected: int, bounds: Bounds
) -> Demand:
    demand = await _own(session, caller, demand_id)
    demand.state = rules.LIFE.moved(demand.state, Action.AMEND, by={Actor.OWNER}, at=bounds.at).after
    refuse_stale(expected, demand.version)
    given = amendment.model_fields_set - {"reason"}
    rules.refuse_empty(given)
    if "kind" in given:
        rules.refuse_other_kind(demand.kind, amendment.kind)
    _write(demand, amendment, given, bounds)
    # What stays must agree with what is new.
    rules.refuse_faulty(demand, bounds)
    demand.amendment_reason = amendment.reason
    _advance(demand, bounds.at)
    _announce(session, demand, Change.AMENDED, amendment.reason)
    return demand


async def close(session: AsyncSession, caller: Principal, demand_id: UUID, at: datetime) -> Demand:
    demand = await _own(session, caller, demand_id)
    if not rules.LIFE.is_done(demand.state, Action.CLOSE):
        _close(session, demand, Actor.OWNER, at)
    return demand


async def close_next_due(session: AsyncSession, at: datetime) -> bool:
    """Close one demand whose closing time has passed by `at`; whether there was one."""
    demand = await repository.due_demand(session, at)
    if demand is None:
        return False
    _close(session, demand, Actor.CLOCK, at)
    return True


async def withdraw(
    session: AsyncSession, caller: Principal, demand_id: UUID, reason: str | None, at: datetime
) -> Demand:
    """Take a demand back; the public hears of it only when it had heard of the demand."""
    demand = await _own(session, caller, demand_id)
    if rules.LIFE.is_done(demand.state, Action.WITHDRAW):
        return demand
    demand.state = rules.LIFE.moved(demand.state, Action.WITHDRAW, by={Actor.OWNER}, at=at).after
    demand.withdrawal_reason = reason
    _advance(demand, at)
    if demand.published_at is not None:
        _announce(session, demand, Change.WITHDRAWN, reason)
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


async def history(
    session: AsyncSession, visitor: Principal | None, demand_id: UUID, wanted: PageRequest
) -> list[Stored]:
    await read(session, visitor, demand_id)
    return await repository.history(session, demand_id, wanted)


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
    texts = (demand.title, demand.need, *(clause["text"] for clause in demand.clauses))
    repository.set_search(demand, index_tokens(texts))


def _advance(demand: Demand, at: datetime) -> None:
    demand.version += 1
    # A request that waited for the lock read its time before the change it waited for.
    demand.updated_at = max(at, demand.updated_at)


def _close(session: AsyncSession, demand: Demand, by: Actor, at: datetime) -> None:
    demand.state = rules.LIFE.moved(demand.state, Action.CLOSE, by={by}, at=at).after
    _advance(demand, at)
    _announce(session, demand, Change.CLOSED)


def _announce(session: AsyncSession, demand: Demand, change: Change, reason: str | None = None) -> None:
    """Keep the public version and record its event, both in the caller's transaction."""
    snapshot = DemandOut.model_validate(demand).model_dump(mode="json")
    repository.keep_version(session, demand, change, reason, snapshot)
    outbox.record(session, _EVENTS[change](demand=DemandSnapshot.model_validate(demand)))
