"""The queries by which background work is scaled count on a migrated database what waits, and nothing else."""

import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from common.clock import new_id, now
from common.inbox import InboxRow
from common.outbox import OutboxRow
from matcher.jobs.models import Job
from matcher.subjects.kind import SubjectKind
from notify.deliveries.models import Delivery
from notify.deliveries.rules import DeliveryState
from notify.subscriptions.rules import Channel
from tests.support.kubernetes import rendered, scaling

Row = tuple[type, dict[str, object]]
Rows = Callable[[datetime], list[Row]]


@cache
def _queries() -> dict[str, str]:
    """SQL by `<database> <name of the trigger>`."""
    with tempfile.TemporaryDirectory(prefix="jingqiao-manifests-") as folder:
        manifests = rendered.overlay(rendered.copied(Path(folder)), "production")
    asked = [(one["metadata"], one["name"]) for _, one in scaling.triggers(manifests, "postgresql")]
    return {f"{metadata['dbName']} {name}": metadata["query"] for metadata, name in asked}


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


async def _count(connection: AsyncConnection, query: str) -> object:
    await connection.execute(text("SET LOCAL ROLE pg_read_all_data"))
    counted = await connection.scalar(text(query))
    await connection.execute(text("RESET ROLE"))
    return counted


def test_every_query_has_its_case() -> None:
    assert _queries().keys() == WAITING.keys()


@pytest.mark.parametrize("name", WAITING)
async def test_a_login_that_only_reads_counts_what_waits(name: str, database_of: Callable[[str], str]) -> None:
    engine = create_async_engine(database_of(name.split()[0]))
    async with engine.connect() as connection:
        assert await _count(connection, _queries()[name]) == 0
        for kind, row in WAITING[name](now()):
            await connection.execute(kind.__table__.insert().values(row))  # type: ignore[attr-defined]
        assert await _count(connection, _queries()[name]) == 2
    await engine.dispose()
