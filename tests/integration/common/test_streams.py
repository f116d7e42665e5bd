"""The verb `streams` leaves on the broker what a service's loops would make, before any of them runs."""

import asyncio
from argparse import Namespace
from collections.abc import AsyncIterator

import nats
import pytest
from nats.js.api import ConsumerInfo

from common import streams
from common.bus import Bus
from common.consumption import Consumption, Handlers
from common.contracts.envelope import Envelope
from common.dead_letters import DeadLetter
from common.settings import PlatformSettings, ServiceSettings
from deploy.embedded.nats import NatsServer
from deploy.embedded.ports import free_port
from tests.support.eventually import eventually

READS = Consumption(stream="UPSTREAM", durable="ledger", subject="upstream.note.*")


@pytest.fixture
async def bus(nats_server: NatsServer) -> AsyncIterator[Bus]:
    opened = Bus(nats_server.url, name="ledger", timeout_s=1)
    opened.open()
    yield opened
    await opened.close()


async def _consumer(server: NatsServer) -> ConsumerInfo:
    client = await nats.connect(server.url)
    try:
        info: ConsumerInfo = await client.jetstream().consumer_info(READS.stream, READS.durable)
        return info
    finally:
        await client.close()


async def _kept(_: DeadLetter) -> None:
    return None


async def _ignored(_: Envelope) -> None:
    return None


async def test_the_stream_and_a_consumer_of_one_that_comes_later_are_made(bus: Bus) -> None:
    making = asyncio.create_task(streams.provide(bus, "LEDGER", [READS], within_s=20))

    async def own_stream_is_there() -> bool:
        return bus.is_connected and await bus.state_of("LEDGER") is not None

    await eventually(own_stream_is_there)
    assert not making.done()
    await bus.create_stream(READS.stream)
    await making


async def test_a_stream_that_is_made_anew_is_empty_and_younger(bus: Bus) -> None:
    await eventually(lambda: bus.is_connected)
    await streams.drop(bus, "LEDGER")  # one that does not exist is no fault
    before = await bus.create_stream("LEDGER")
    await bus.publish("LEDGER", "ledger.note.taken", b"{}", message_id="a")
    await streams.drop(bus, "LEDGER")
    after = await bus.create_stream("LEDGER")
    assert (after.last_seq, after.created_at > before.created_at) == (0, True)


async def test_it_is_the_consumer_that_the_loop_reads_through(bus: Bus, nats_server: NatsServer) -> None:
    await streams.provide(bus, READS.stream, [READS], within_s=20)
    made, stop = await _consumer(nats_server), asyncio.Event()
    loop = asyncio.create_task(bus.consume(READS, Handlers(_ignored), _kept, stop))

    async def is_read() -> bool:
        return (await _consumer(nats_server)).num_waiting == 1

    await eventually(is_read)
    found = await _consumer(nats_server)
    stop.set()
    await loop
    assert (found.created, found.config) == (made.created, made.config)


async def test_making_them_again_leaves_the_place_in_the_stream(bus: Bus, nats_server: NatsServer) -> None:
    await streams.provide(bus, READS.stream, [READS], within_s=20)
    before = await _consumer(nats_server)
    await streams.provide(bus, READS.stream, [READS], within_s=20)
    after = await _consumer(nats_server)
    assert (after.created, after.delivered) == (before.created, before.delivered)


def test_a_broker_that_is_away_is_one_line_that_says_what_is_missing() -> None:
    platform = PlatformSettings(nats_url=f"nats://127.0.0.1:{free_port()}")
    settings = ServiceSettings(database_url="postgresql+asyncpg://none", platform=platform)
    with pytest.raises(SystemExit, match=r"stream LEDGER, consumer ledger of UPSTREAM could not be made within 0\.2 s"):
        streams.run(Namespace(within=0.2, anew=False), settings, "LEDGER", [READS])
