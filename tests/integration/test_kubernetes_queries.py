"""The queries by which background work is scaled count on a migrated database what waits, and nothing else."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from common.clock import new_id, now
from common.inbox import InboxRow
from common.outbox import OutboxRow
from matcher.jobs.models import Job
from matcher.subjects.kind import SubjectKind
from notify.deliveries.models import Delivery
from notify.deliveries.rules import DeliveryState
from notify.subscriptions.rules import Channel
from tests.support.kubernetes import scaling

Row = tuple[type, dict[str, object]]
Rows = Callable[[datetime], list[Row]]


def _event(at: datetime, *, published_at: datetime | None) -> Row:
    words = {"stream": "X", "subject": "x", "envelope": "{}"}
    return OutboxRow, {"event_id": new_id(), **words, "recorded_at": at, "published_at": published_at}


def _outbox(at: datetime) -> list[Row]:
    return [_event(at, published_at=None), _event(at, published_at=None), _event(at, published_at=at)]


def _inbox(at: datetime) -> list[Row]:
    moments = (at, at - timedelta(seconds=20), at - timedelta(minutes=5))
    return [(InboxRow, {"consumer": "x", "event_id": new_id(), "received_at": moment}) for moment in moments]


def _job(ready_at: datetime, leased_until: datetime | None) -> Row:
    counted = {"revision": 1, "urgency": 0, "attempt_count": 0}
    moments = {"enqueued_at": ready_at, "ready_at": ready_at, "leased_until": leased_until}
    return Job, {"kind": SubjectKind.DEMAND, "subject_id": new_id(), **counted, **moments}


def _jobs(at: datetime) -> list[Row]:
    soon, lately = at + timedelta(minutes=5), at - timedelta(minutes=5)
    return [_job(lately, None), _job(lately, lately), _job(lately, soon), _job(soon, None)]


def _delivery(state: DeliveryState, due_at: datetime | None, leased_until: datetime | None) -> Row:
    ids: dict[str, UUID] = {name: new_id() for name in ("id", "subscription_id", "match_id")}
    organisation = {"organisation_scheme": "uscc", "organisation_code": "x", "channel": Channel.WEBHOOK}
    told = {"match_version": 1, "match": {}, "state": state, "failures_count": 0, "created_at": now()}
    return Delivery, {**ids, **organisation, **told, "due_at": due_at, "leased_until": leased_until}


def _deliveries(at: datetime) -> list[Row]:
    soon, lately = at + timedelta(minutes=5), at - timedelta(minutes=5)
    waiting = [(lately, None), (lately, lately), (lately, soon), (soon, None)]
    return [
        *(_delivery(DeliveryState.PENDING, *one) for one in waiting),
        _delivery(DeliveryState.SENT, None, None),
    ]


WAITING: dict[str, Rows] = {
    "catalog outbox": _outbox,
    "matcher outbox": _outbox,
    "notify outbox": _outbox,
    "matcher inbox": _inbox,
    "notify inbox": _inbox,
    "matcher queue": _jobs,
    "notify queue": _deliveries,
}
"""Rows of which exactly two wait."""


def test_every_query_has_its_case() -> None:
    assert scaling.queries().keys() == WAITING.keys()


@pytest.mark.parametrize("name", WAITING)
async def test_it_counts_what_waits(name: str, database_of: Callable[[str], str]) -> None:
    query = text(scaling.queries()[name])
    engine = create_async_engine(database_of(name.split()[0]))
    async with engine.connect() as connection:
        assert await connection.scalar(query) == 0
        for kind, row in WAITING[name](now()):
            await connection.execute(kind.__table__.insert().values(row))  # type: ignore[attr-defined]
        assert await connection.scalar(query) == 2
    await engine.dispose()
