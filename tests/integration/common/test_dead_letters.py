"""An event that cannot be applied stops nobody: it is tried some times, kept with the reason, and can be replayed."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import nats
import pytest

from common import dead_letters
from common.bus import Bus
from common.clock import new_id, now
from common.consumption import READ_TRIES, Consumption, Handler
from common.contracts.envelope import Envelope, being_read
from common.database import Database
from common.dead_letters import DeadLetter, DeadLetterRow
from common.health import measure
from common.runtime import consuming, keep_running
from common.settings import ServiceSettings
from deploy.embedded.nats import NatsServer
from tests.integration.common.service_under_test import NoteTaken
from tests.support.eventually import eventually

NOTES = Consumption("LEDGER", "reader", "ledger.>")
STORM = 150
"""More than a consumer may have waiting for an acknowledgement."""


class Ledger:
    """The stream LEDGER, to which anything is published, and a reader of it that notes what it has applied."""

    def __init__(self, bus: Bus, database: Database) -> None:
        self.bus, self.database = bus, database
        self.applied: list[str] = []

    async def says(self, body: bytes, *, message_id: str = "") -> None:
        await self.bus.publish("LEDGER", NoteTaken.type, body, message_id=message_id or str(new_id()))

    async def says_note(self, line: str) -> None:
        await self.says(enveloped(line))

    async def apply(self, envelope: Envelope) -> None:
        with being_read():
            note = NoteTaken.read(envelope.data)
        self.applied.append(note.line)

    @asynccontextmanager
    async def reading(self, handle: Handler | None = None) -> AsyncIterator[None]:
        stop = asyncio.Event()
        consume = consuming(self.database, self.bus, NOTES, handle or self.apply)
        task = asyncio.create_task(keep_running("reader", consume, stop))
        try:
            yield
        finally:
            stop.set()
            await task

    async def dead(self) -> Sequence[DeadLetterRow]:
        async with self.database.begin() as session:
            return await dead_letters.waiting(session, limit=2 * STORM)

    async def has_buried(self, count: int) -> bool:
        async with self.database.begin() as session:
            return (await dead_letters.count_waiting(session)).get("reader", 0) == count


def enveloped(line: str) -> bytes:
    event = NoteTaken(id=new_id(), line=line)
    return event.enveloped(new_id(), now(), None).model_dump_json(exclude_none=True).encode()


@pytest.fixture
async def ledger(database: Database, nats_server: NatsServer) -> AsyncIterator[Ledger]:
    bus = Bus(nats_server.url, name="ledger", timeout_s=2)
    bus.open()
    await eventually(lambda: bus.is_connected)
    await bus.create_stream("LEDGER")
    yield Ledger(bus, database)
    await bus.close()


def later(line: str, **changes: object) -> bytes:
    return json.dumps({**json.loads(enveloped(line)), **changes}).encode()


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"\xff{ no json", "event: json_invalid"),
        (b'{"specversion": "1.0"}', "id: missing; source: missing; type: missing; subject: missing; time: missing"),
        (later("kept from the reason", specversion="2.0"), "specversion: literal_error"),
        (later("kept from the reason", data={"id": "secret", "text": "secret"}), "id: uuid_parsing; line: missing"),
    ],
    ids=["no JSON", "no event", "a later version", "another schema"],
)
async def test_an_event_that_cannot_be_read_is_kept_with_the_reason_and_the_next_is_applied(
    ledger: Ledger, body: bytes, reason: str
) -> None:
    async with ledger.reading():
        await ledger.says(body, message_id="the first")
        await ledger.says_note("after")
        await eventually(lambda: ledger.has_buried(1), within=30)
        await eventually(lambda: ledger.applied == ["after"])
    [letter] = await ledger.dead()
    assert letter.reason.startswith(reason)
    assert (letter.subject, letter.stream, letter.stream_seq) == (NoteTaken.type, "LEDGER", 1)
    assert (letter.message_id, letter.tried_count, letter.body) == ("the first", READ_TRIES, body)


async def test_a_storm_of_unreadable_events_leaves_the_consumer_running(
    ledger: Ledger, settings: ServiceSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More of them than may be in hand at once."""
    monkeypatch.setattr("common.consumption.RETRY_DELAYS_S", (0.05,))
    monkeypatch.setattr("common.bus.MAX_ACK_PENDING", STORM - 50)
    await asyncio.gather(*(ledger.says(b"no event") for _ in range(STORM)))
    await ledger.says_note("behind them")
    async with ledger.reading():
        await eventually(lambda: ledger.applied == ["behind them"], within=60)
        await eventually(lambda: ledger.has_buried(STORM), within=60)

        async def is_through() -> bool:
            seen = await measure(ledger.database, ledger.bus, settings)
            assert seen.consumer_lag is not None
            return seen.consumers == "ok" and seen.consumer_lag["reader"].ack_pending_count == 0

        await eventually(is_through)


async def test_what_was_buried_never_comes_again(ledger: Ledger) -> None:
    async with ledger.reading():
        await ledger.says(b"no event")
        await eventually(lambda: ledger.has_buried(1), within=30)

        async def is_done() -> bool:
            state = await ledger.bus.consumer_state(NOTES)
            return state is not None and (state.pending_count, state.in_hand_count) == (0, 0)

        await eventually(is_done)


async def test_an_event_whose_handler_always_fails_is_kept_too(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("common.consumption.RETRY_DELAYS_S", (0.01,))

    async def fail(envelope: Envelope) -> None:
        if envelope.data["line"] == "poison":
            raise ZeroDivisionError
        await ledger.apply(envelope)

    async with ledger.reading(fail):
        await ledger.says_note("poison")
        await ledger.says_note("after")
        await eventually(lambda: ledger.has_buried(1), within=30)
        await eventually(lambda: ledger.applied == ["after"])
    [letter] = await ledger.dead()
    assert letter.reason == "handler failed: ZeroDivisionError"


async def test_an_event_is_tried_for_as_long_as_the_database_is_away(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    from common.errors import Unavailable

    monkeypatch.setattr("common.consumption.RETRY_DELAYS_S", (0.01,))
    tries: list[str] = []

    async def away(envelope: Envelope) -> None:
        tries.append(envelope.data["line"])
        if len(tries) < 20:
            raise Unavailable("The database does not answer")
        await ledger.apply(envelope)

    async with ledger.reading(away):
        await ledger.says_note("patient")
        await eventually(lambda: ledger.applied == ["patient"], within=30)
    assert await ledger.dead() == []


async def test_a_consumer_that_was_deleted_is_made_again(ledger: Ledger, nats_server: NatsServer) -> None:
    async with ledger.reading():
        await ledger.says_note("before")
        await eventually(lambda: ledger.applied == ["before"])
        client = await nats.connect(nats_server.url)
        await client.jetstream().delete_consumer("LEDGER", "reader")
        await client.close()
        await ledger.says_note("after")
        await eventually(lambda: "after" in ledger.applied, within=20)


async def test_readiness_tells_of_a_consumer_that_stands_still(ledger: Ledger, settings: ServiceSettings) -> None:
    hurried = settings.model_copy(update={"lag_limit_s": 0.2})
    may_apply = asyncio.Event()

    async def hang(envelope: Envelope) -> None:
        await may_apply.wait()

    async def says(state: str) -> bool:
        return (await measure(ledger.database, ledger.bus, hurried)).consumers == state

    async with ledger.reading(hang), released(may_apply):
        await ledger.says_note("one")
        await ledger.says_note("two")
        await eventually(lambda: says("late"))
        seen = await measure(ledger.database, ledger.bus, hurried)
        assert seen.consumer_lag is not None
        lag = seen.consumer_lag["reader"]
        assert lag.pending_count + lag.ack_pending_count == 2
        assert lag.oldest_s > 0
        assert not seen.is_ready()
        assert seen.is_ready(exclude=["consumers"])
        may_apply.set()
        await eventually(lambda: says("ok"))


@asynccontextmanager
async def released(event: asyncio.Event) -> AsyncIterator[None]:
    """Whoever waits for it goes on in the end, also when the test fails."""
    try:
        yield
    finally:
        event.set()


async def test_the_same_event_is_one_dead_letter(database: Database) -> None:
    letter = DeadLetter("reader", "an id", "LEDGER", 7, "ledger.note.taken", "event: json_invalid", 3, b"no event")
    async with database.begin() as session:
        await dead_letters.keep(session, letter, now())
        await dead_letters.keep(session, letter, now())
        assert await dead_letters.count_waiting(session) == {"reader": 1}


async def test_of_a_large_body_the_beginning_is_kept(database: Database) -> None:
    body = b"x" * (dead_letters.KEPT_BYTES + 5)
    letter = DeadLetter("reader", "an id", "LEDGER", 7, "ledger.note.taken", "event: json_invalid", 3, body)
    async with database.begin() as session:
        await dead_letters.keep(session, letter, now())
        [row] = await dead_letters.waiting(session)
    assert (len(row.body), row.size_bytes, row.is_whole) == (dead_letters.KEPT_BYTES, len(body), False)
