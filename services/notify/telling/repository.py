"""SQL of telling: versions of matches that are new, deliveries, and what was sent of them, by one statement each."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Integer, Text, Uuid, and_, cast, select
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession

from common import copying
from common.arrays import Columns, rows_of
from common.clock import new_id
from common.contracts.matcher import MatchSnapshot
from notify.deliveries.models import Attempt, Delivery, KnownMatch
from notify.deliveries.repository import newest_told, written
from notify.deliveries.rules import AttemptOutcome, DeliveryState
from notify.subscriptions.models import Subscription
from notify.subscriptions.rules import Channel

_MOMENT = DateTime(timezone=True)


@dataclass(frozen=True)
class Version:
    """A version of a match; `text` is its snapshot as JSON."""

    match: MatchSnapshot
    text: str


async def newest(session: AsyncSession, versions: Sequence[Version], at: datetime) -> set[UUID]:
    """Remember versions of matches, none of one match twice; the matches of which none as new was known before.

    Another transaction with one of these matches waits here until this one ends.
    """
    # In one order, as locks are taken.
    ordered = sorted(versions, key=lambda each: each.match.id)
    columns: Columns = {
        "match_id": (Uuid(), [each.match.id for each in ordered]),
        "version": (Integer(), [each.match.version for each in ordered]),
        "arrived_at": (_MOMENT, [at] * len(ordered)),
        "match": (Text(), [each.text if each.match.is_current else None for each in ordered]),
        "demand_owner": (Text(), [written(each.match.demand_owner) for each in ordered]),
        "profile_owner": (Text(), [written(each.match.profile_organisation) for each in ordered]),
    }
    heard = rows_of("heard", columns)
    values = [cast(column, JSONB) if column.key == "match" else column for column in heard.c]
    row = insert(KnownMatch).from_select(list(columns), select(*values))
    newer = row.on_conflict_do_update(
        index_elements=[KnownMatch.match_id],
        set_={name: row.excluded[name] for name in columns if name != "match_id"},
        where=KnownMatch.version < row.excluded.version,
    )
    return set(await session.scalars(newer.returning(KnownMatch.match_id)))


async def last_told(
    session: AsyncSession, match_ids: Collection[UUID], subscription_ids: Collection[UUID]
) -> dict[tuple[UUID, UUID], MatchSnapshot]:
    """The newest version of each of these matches that each of these subscriptions was told of, or is about to be, by
    subscription and match."""
    told = await newest_told(
        session, and_(Delivery.match_id.in_(match_ids), Delivery.subscription_id.in_(subscription_ids))
    )
    return {(delivery.subscription_id, delivery.snapshot.id): delivery.snapshot for delivery in told}


@dataclass(frozen=True)
class NewDelivery:
    """One version of a match for one subscription: sent with the transaction that stores it, pending, or held."""

    id: UUID
    subscription: Subscription
    match: MatchSnapshot
    ordering_key: str | None
    correlation_id: str | None
    traceparent: str | None
    state: DeliveryState
    created_at: datetime

    @property
    def subscription_id(self) -> UUID:
        return self.subscription.id

    @property
    def match_id(self) -> UUID:
        return self.match.id

    @property
    def channel(self) -> Channel:
        return self.subscription.channel


async def add(session: AsyncSession, deliveries: Sequence[NewDelivery], texts: Mapping[UUID, str]) -> list[NewDelivery]:
    """Store them; those of which their subscription had not been told this version before.

    texts  each match as JSON, by its id

    A trigger wakes whoever waits in `arrivals` when the transaction commits.
    """
    if not deliveries:
        return []
    each = rows_of("each_delivery", _columns(deliveries))
    ids = list(dict.fromkeys(delivery.match_id for delivery in deliveries))
    told = rows_of("told", {"id": (Uuid(), ids), "text": (Text(), [texts[match_id] for match_id in ids])})
    # Parsed once for each match, not for each delivery.
    matches = select(told.c.id, cast(told.c.text, JSONB).label("match")).cte("matches").prefix_with("MATERIALIZED")
    columns = [column for column in each.c if column.key != "number"]
    rows = select(*columns, matches.c.match).join(matches, matches.c.id == each.c.match_id).order_by(each.c.number)
    names = [*(column.key for column in columns), "match"]
    stored = insert(Delivery).from_select(names, rows).on_conflict_do_nothing().returning(Delivery.id)
    added = set(await session.scalars(stored))
    return [delivery for delivery in deliveries if delivery.id in added]


def _columns(deliveries: Sequence[NewDelivery]) -> Columns:
    owners = [delivery.subscription for delivery in deliveries]
    created = [delivery.created_at for delivery in deliveries]
    is_sent = [delivery.state is DeliveryState.SENT for delivery in deliveries]
    return {
        "number": (Integer(), range(len(deliveries))),
        "id": (Uuid(), [delivery.id for delivery in deliveries]),
        "subscription_id": (Uuid(), [owner.id for owner in owners]),
        "organisation_scheme": (Text(), [owner.organisation_scheme for owner in owners]),
        "organisation_code": (Text(), [owner.organisation_code for owner in owners]),
        "channel": (Text(), [str(owner.channel) for owner in owners]),
        "match_id": (Uuid(), [delivery.match_id for delivery in deliveries]),
        "match_version": (Integer(), [delivery.match.version for delivery in deliveries]),
        "ordering_key": (Text(), [delivery.ordering_key for delivery in deliveries]),
        "correlation_id": (Text(), [delivery.correlation_id for delivery in deliveries]),
        "traceparent": (Text(), [delivery.traceparent for delivery in deliveries]),
        "state": (Text(), [str(delivery.state) for delivery in deliveries]),
        "failures_count": (Integer(), [0] * len(deliveries)),
        "due_at": (_MOMENT, [None if sent else at for sent, at in zip(is_sent, created, strict=True)]),
        "created_at": (_MOMENT, created),
        "settled_at": (_MOMENT, [at if sent else None for sent, at in zip(is_sent, created, strict=True)]),
    }


async def note_sent(session: AsyncSession, deliveries: Sequence[NewDelivery]) -> None:
    """Put on record that they were sent as they were stored."""
    columns = ("id", "delivery_id", "outcome", "took_ms", "at")
    rows = [(new_id(), each.id, str(AttemptOutcome.SENT), 0, each.created_at) for each in deliveries]
    if rows:
        await copying.copy(session, Attempt.__tablename__, columns, rows)
