"""SQL of telling: versions of matches that are new, deliveries, and what was sent of them, by one statement each."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from typing import cast as cast_to
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    CursorResult,
    DateTime,
    Executable,
    Integer,
    Table,
    Text,
    Uuid,
    and_,
    bindparam,
    case,
    cast,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession

from common import copying
from common.arrays import Types, rows_of, values_of
from common.clock import new_id
from common.contracts.matcher import MatchSnapshot
from notify.deliveries.models import Attempt, Delivery, KnownMatch
from notify.deliveries.repository import newest_told, written
from notify.deliveries.rules import AttemptOutcome, DeliveryState
from notify.subscriptions.repository import Listener

_MOMENT = DateTime(timezone=True)


@dataclass(frozen=True)
class ToldMatch:
    """A version of a match, and the request and span that it belongs to; `text` is it as JSON."""

    match: MatchSnapshot
    text: str
    correlation_id: str | None
    traceparent: str | None


def _newest() -> Executable:
    kinds = {column.key: Text() if column.key == "match" else column.type for column in _KNOWN.c}
    heard = rows_of("heard", kinds)
    values = [cast(column, JSONB) if column.key == "match" else column for column in heard.c]
    row = insert(_KNOWN).from_select(list(kinds), select(*values))
    newer = row.on_conflict_do_update(
        index_elements=[_KNOWN.c.match_id],
        set_={name: row.excluded[name] for name in kinds if name != "match_id"},
        where=_KNOWN.c.version < row.excluded.version,
    )
    return newer.returning(_KNOWN.c.match_id)


_KNOWN = cast_to(Table, KnownMatch.__table__)
_NEWEST = _newest()


async def newest(session: AsyncSession, versions: Sequence[ToldMatch], at: datetime) -> set[UUID]:
    """Remember versions of matches, none of one match twice; the matches of which none as new was known before.

    Another transaction with one of these matches waits here until this one ends.
    """
    # In one order, as locks are taken.
    ordered = sorted(versions, key=lambda each: each.match.id)
    columns: dict[str, list[Any]] = {
        "match_id": [each.match.id for each in ordered],
        "version": [each.match.version for each in ordered],
        "arrived_at": [at] * len(ordered),
        "match": [each.text if each.match.is_current else None for each in ordered],
        "demand_owner": [written(each.match.demand_owner) for each in ordered],
        "profile_owner": [written(each.match.profile_organisation) for each in ordered],
    }
    return set(await session.scalars(_NEWEST, values_of("heard", columns)))


async def last_told(
    session: AsyncSession, match_ids: Collection[UUID], subscription_ids: Collection[UUID]
) -> dict[tuple[UUID, UUID], MatchSnapshot]:
    """The newest version of each of these matches that each of these subscriptions was told of, or is about to be, by
    subscription and match."""
    told = await newest_told(
        session, and_(Delivery.match_id.in_(match_ids), Delivery.subscription_id.in_(subscription_ids))
    )
    return {(delivery.subscription_id, delivery.snapshot.id): delivery.snapshot for delivery in told}


class NewDelivery(NamedTuple):
    """One version of a match for one subscription: sent with the transaction that stores it, pending, or held."""

    id: UUID
    listener: Listener
    match_id: UUID
    state: DeliveryState


_MATCHES: Types = {
    "match_id": Uuid(),
    "match_version": Integer(),
    "match": Text(),
    "demand": Text(),
    "correlation_id": Text(),
    "traceparent": Text(),
}
_DELIVERIES: Types = {
    "number": Integer(),
    "id": Uuid(),
    "subscription_id": Uuid(),
    "organisation_scheme": Text(),
    "organisation_code": Text(),
    "channel": Text(),
    "match_id": Uuid(),
    "is_ordered": Boolean(),
    "state": Text(),
}


def _add() -> Executable:
    """What is of the match is sent, and parsed, once for each match, not for each delivery."""
    told, each, at = rows_of("told", _MATCHES), rows_of("each_delivery", _DELIVERIES), bindparam("at", type_=_MOMENT)
    parsed = [cast(column, JSONB).label("match") if column.key == "match" else column for column in told.c]
    matches = select(*parsed).cte("matches").prefix_with("MATERIALIZED")
    is_sent = each.c.state == str(DeliveryState.SENT)
    row: dict[str, ColumnElement[Any]] = {
        **{name: each.c[name] for name in _DELIVERIES if name not in ("number", "is_ordered", "match_id")},
        **{name: matches.c[name] for name in _MATCHES if name != "demand"},
        "ordering_key": case((each.c.is_ordered, matches.c.demand)),
        "failures_count": literal(0),
        "due_at": case((is_sent, None), else_=at),
        "created_at": at,
        "settled_at": case((is_sent, at)),
    }
    joined = select(*row.values()).join_from(each, matches, matches.c.match_id == each.c.match_id)
    stored = insert(_TABLE).from_select(list(row), joined.order_by(each.c.number))
    return stored.on_conflict_do_nothing()


_TABLE = cast_to(Table, Delivery.__table__)
_ADD = _add()


async def add(
    session: AsyncSession, deliveries: Sequence[NewDelivery], told: Mapping[UUID, ToldMatch], at: datetime
) -> Sequence[NewDelivery]:
    """Store them; those of which their subscription had not been told this version before.

    told  of each match, by its id

    A trigger wakes whoever waits in `arrivals` when the transaction commits.
    """
    if not deliveries:
        return []
    needed = [told[match_id] for match_id in dict.fromkeys(delivery.match_id for delivery in deliveries)]
    values = {**_of_matches(needed), **_of_deliveries(deliveries), "at": at}
    stored = cast_to(CursorResult[Any], await session.execute(_ADD, values))
    if stored.rowcount == len(deliveries):
        return deliveries
    ids = [delivery.id for delivery in deliveries]
    added = set(await session.scalars(select(Delivery.id).where(Delivery.id.in_(ids))))
    return [delivery for delivery in deliveries if delivery.id in added]


def _of_matches(told: Sequence[ToldMatch]) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = {
        "match_id": [each.match.id for each in told],
        "match_version": [each.match.version for each in told],
        "match": [each.text for each in told],
        "demand": [str(each.match.demand_id) for each in told],
        "correlation_id": [each.correlation_id for each in told],
        "traceparent": [each.traceparent for each in told],
    }
    return values_of("told", columns)


def _of_deliveries(deliveries: Sequence[NewDelivery]) -> dict[str, list[Any]]:
    listeners = [delivery.listener for delivery in deliveries]
    columns: dict[str, Iterable[Any]] = {
        "number": range(len(deliveries)),
        "id": [delivery.id for delivery in deliveries],
        "subscription_id": [listener.id for listener in listeners],
        "organisation_scheme": [listener.scheme for listener in listeners],
        "organisation_code": [listener.code for listener in listeners],
        "channel": [listener.channel.value for listener in listeners],
        "match_id": [delivery.match_id for delivery in deliveries],
        "is_ordered": [listener.is_ordered for listener in listeners],
        "state": [delivery.state.value for delivery in deliveries],
    }
    return values_of("each_delivery", columns)


async def note_sent(session: AsyncSession, deliveries: Sequence[NewDelivery], at: datetime) -> None:
    """Put on record that they were sent as they were stored."""
    columns, outcome = ("id", "delivery_id", "outcome", "took_ms", "at"), AttemptOutcome.SENT.value
    rows = [(new_id(), each.id, outcome, 0, at) for each in deliveries]
    if rows:
        await copying.copy(session, Attempt.__tablename__, columns, rows)
