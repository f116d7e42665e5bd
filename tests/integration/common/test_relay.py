"""What is recorded is announced: in spite of a broker that is down, forgets, or loses its tail."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import nats
import pytest
from nats.js.api import DiscardPolicy
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from common import inbox, outbox
from common.broker_pulling import LOOK_S
from common.bus import Bus
from common.clock import new_id, now
from common.consumption import Consumption
from common.contracts.envelope import Envelope
from common.database import Database
from common.relay import Relay
from common.runtime import consuming, keep_running
from deploy.embedded.nats import MAX_PAYLOAD_BYTES, NatsServer
from tests.integration.common.service_under_test import Note, NoteTaken
from tests.support.eventually import eventually


@pytest.fixture
async def bus(nats_server: NatsServer) -> AsyncIterator[Bus]:
    opened = Bus(nats_server.url, name="ledger", timeout_s=1)
    opened.open()
    yield opened
    await opened.close()


@asynccontextmanager
async def relaying(database: Database, bus: Bus) -> AsyncIterator[None]:
    stop = asyncio.Event()
    relay = Relay(database, bus, "LEDGER", retention=timedelta(days=1))
    task = asyncio.create_task(keep_running("relay", relay.run, stop))
    try:
        yield
    finally:
        stop.set()
        await task


async def record(database: Database, *lines: str) -> None:
    async with database.begin() as session:
        for line in lines:
            outbox.record(session, NoteTaken(id=new_id(), line=line))


async def _record_and_break_a_rule(database: Database) -> None:
    async with database.begin() as session:
        outbox.record(session, NoteTaken(id=new_id(), line="never"))
        session.add(Note(id=new_id(), version=1, line="orphan", partner=new_id(), created_at=now()))


async def lines_in(server: NatsServer, stream: str = "LEDGER") -> list[str]:
    """Every event the stream holds, in its order, read as a stranger would."""
    client = await nats.connect(server.url, connect_timeout=1, max_reconnect_attempts=0)
    try:
        js = client.jetstream(timeout=1)
        last = (await js.stream_info(stream)).state.last_seq
        messages = [await js.get_msg(stream, seq) for seq in range(1, last + 1)]
        return [Envelope.model_validate_json(message.data or b"").data["line"] for message in messages]
    except nats.errors.Error:
        return []
    finally:
        await client.close()


async def announced(server: NatsServer, *expected: str) -> None:
    async def arrived() -> bool:
        found = await lines_in(server)
        assert sorted(found) == sorted(expected), found
        return True

    await eventually(arrived, within=20)


async def test_what_is_recorded_is_announced(database: Database, bus: Bus, nats_server: NatsServer) -> None:
    async with relaying(database, bus):
        await record(database, "a", "b")
        await announced(nats_server, "a", "b")


async def test_what_is_rolled_back_is_not_announced(database: Database, bus: Bus, nats_server: NatsServer) -> None:
    async with relaying(database, bus):
        with pytest.raises(IntegrityError):
            await _record_and_break_a_rule(database)
        await record(database, "after")
        await announced(nats_server, "after")


async def test_events_recorded_while_the_broker_is_down_follow_later(
    database: Database, bus: Bus, nats_server: NatsServer
) -> None:
    async with relaying(database, bus):
        await record(database, "before")
        await announced(nats_server, "before")
        nats_server.kill()
        await record(database, "during")
        nats_server.start()
        await announced(nats_server, "before", "during")


async def test_what_a_full_broker_refuses_follows_once_it_has_room(
    database: Database, bus: Bus, nats_server: NatsServer
) -> None:
    async with relaying(database, bus):
        await record(database, "a")
        await announced(nats_server, "a")
        await _limit(nats_server, 2)
        await record(database, *"bcd")
        await announced(nats_server, *"ab")
        await _limit(nats_server, -1)
        await announced(nats_server, *"abcd")


async def _limit(server: NatsServer, messages: int) -> None:
    """How many the stream takes; -1 is any number."""
    client = await nats.connect(server.url)
    js = client.jetstream()
    config = (await js.stream_info("LEDGER")).config
    await js.update_stream(config.evolve(max_msgs=messages, discard=DiscardPolicy.NEW))
    await client.close()


@pytest.mark.parametrize("beyond_bytes", [1, -80])
async def test_an_event_too_large_for_the_broker_keeps_back_no_other(
    database: Database, bus: Bus, nats_server: NatsServer, beyond_bytes: int
) -> None:
    """Nor one that is too large by its headers, for which the broker would close the connection."""
    async with relaying(database, bus):
        await record(database, "a")
        await announced(nats_server, "a")
        async with database.begin() as session:
            envelope_bytes = await session.scalar(text("SELECT octet_length(envelope) FROM outbox"))
        generation = bus.generation
        await record(database, "b", "x" * (MAX_PAYLOAD_BYTES + beyond_bytes - (envelope_bytes or 0)), "c")
        await announced(nats_server, *"abc")
        await record(database, "d")
        await announced(nats_server, *"abcd")
    assert bus.generation == generation


async def test_a_wiped_broker_is_refilled(database: Database, bus: Bus, nats_server: NatsServer) -> None:
    async with relaying(database, bus):
        await record(database, *"abc")
        await announced(nats_server, *"abc")
        nats_server.kill()
        nats_server.wipe_store()
        nats_server.start()
        await announced(nats_server, *"abc")
        await record(database, "d")
        await announced(nats_server, *"abcd")


async def test_a_stream_that_lost_its_tail_is_refilled(database: Database, bus: Bus, nats_server: NatsServer) -> None:
    async with relaying(database, bus):
        await record(database, *"ab")
        await announced(nats_server, *"ab")
    async with relaying(database, bus):
        # What a power failure leaves: the stream is the old one, its newest events are not.
        await _forget_newest(nats_server)
        nats_server.kill()
        nats_server.start()
        await record(database, "c")
        await announced(nats_server, *"abc")


async def _forget_newest(server: NatsServer) -> None:
    client = await nats.connect(server.url)
    js = client.jetstream()
    last = (await js.stream_info("LEDGER")).state.last_seq
    await js.delete_msg("LEDGER", last)
    await client.close()


async def test_two_relays_announce_each_event_once(database: Database, bus: Bus, nats_server: NatsServer) -> None:
    async with relaying(database, bus), relaying(database, bus):
        await record(database, *(str(number) for number in range(50)))
        await announced(nats_server, *(str(number) for number in range(50)))


async def test_the_next_relay_takes_over_when_the_first_stops(
    database: Database, bus: Bus, nats_server: NatsServer
) -> None:
    async with relaying(database, bus):
        await record(database, "first")
        await announced(nats_server, "first")
    async with relaying(database, bus):
        await record(database, "second")
        await announced(nats_server, "first", "second")


async def test_a_consumer_applies_each_event_once_though_the_broker_is_wiped(
    database: Database, bus: Bus, nats_server: NatsServer
) -> None:
    applied: list[str] = []

    async def apply(envelope: Envelope) -> None:
        async with database.begin() as session:
            if await inbox.is_first_time(session, "reader", envelope.id):
                applied.append(envelope.data["line"])

    stop = asyncio.Event()
    consume = consuming(database, bus, Consumption("LEDGER", "reader", "ledger.>"), apply)
    async with relaying(database, bus):
        task = asyncio.create_task(keep_running("reader", consume, stop))
        await record(database, *"ab")
        await eventually(lambda: sorted(applied) == ["a", "b"], within=20)
        nats_server.kill()
        nats_server.wipe_store()
        nats_server.start()
        await record(database, "c")
        await eventually(lambda: sorted(applied) == ["a", "b", "c"], within=20)
        stop.set()
        await task


async def test_an_event_whose_handler_fails_comes_back(database: Database, bus: Bus, nats_server: NatsServer) -> None:
    tries: list[str] = []

    async def fail_once(envelope: Envelope) -> None:
        tries.append(envelope.data["line"])
        if len(tries) == 1:
            raise ConnectionError

    stop = asyncio.Event()
    consume = consuming(database, bus, Consumption("LEDGER", "reader", "ledger.>"), fail_once)
    async with relaying(database, bus):
        task = asyncio.create_task(keep_running("reader", consume, stop))
        await record(database, "a")
        await eventually(lambda: tries == ["a", "a"], within=20)
        stop.set()
        await task


async def test_an_event_is_handed_over_when_it_comes_and_not_when_the_look_for_events_is_over(
    database: Database, bus: Bus
) -> None:
    """Each is recorded when the one before was applied: a new look has just begun."""
    applied, delays_s = asyncio.Event(), list[float]()

    async def apply(envelope: Envelope) -> None:
        applied.set()

    stop = asyncio.Event()
    consume = consuming(database, bus, Consumption("LEDGER", "reader", "ledger.>"), apply)
    async with relaying(database, bus):
        task = asyncio.create_task(keep_running("reader", consume, stop))
        for line in "abc":
            began = asyncio.get_running_loop().time()
            await record(database, line)
            await asyncio.wait_for(applied.wait(), 20)
            delays_s.append(asyncio.get_running_loop().time() - began)
            applied.clear()
        stop.set()
        await task
    assert min(delays_s[1:]) < LOOK_S / 2, delays_s


async def test_announced_events_are_kept_for_the_retention_period(database: Database) -> None:
    await record(database, "old")
    async with database.begin() as session:
        [row] = await outbox.waiting(session, 10)
        await outbox.mark_published(session, [outbox.Published(row.seq, 1)], now())
    async with database.begin() as session:
        await outbox.forget(session, now() - timedelta(days=1))
        kept = await outbox.newest_in(session, "LEDGER")
        await outbox.forget(session, now() + timedelta(seconds=1))
        gone = await outbox.newest_in(session, "LEDGER")
    assert (kept is not None, gone) == (True, None)


async def test_an_applied_event_is_remembered_twice_as_long_as_it_may_come_again(database: Database, bus: Bus) -> None:
    """And the reply to a repeated request as long as clients repeat it."""
    await _aged(database, "inbox", "received_at", "consumer, event_id", "'ledger', gen_random_uuid()")
    await _aged(database, "idempotency", "created_at", "caller, key, digest", "'me', gen_random_uuid(), ''")

    async def pruned() -> bool:
        return (await _ages(database, "inbox", "received_at"), await _ages(database, "idempotency", "created_at")) == (
            [0, 1],
            [0],
        )

    async with relaying(database, bus):
        await eventually(pruned)


async def _aged(database: Database, table: str, column: str, others: str, values: str) -> None:
    """Rows that are an hour, and one and two days and an hour old."""
    async with database.begin() as session:
        for days in (0, 1, 2):
            moment = f"now() - interval '{days} days 1 hour'"
            await session.execute(text(f"INSERT INTO {table} ({others}, {column}) VALUES ({values}, {moment})"))


async def _ages(database: Database, table: str, column: str) -> list[int]:
    """In whole days, the youngest first."""
    async with database.begin() as session:
        ages = f"SELECT extract(day FROM now() - {column})::int FROM {table} ORDER BY 1"
        return list(await session.scalars(text(ages)))
