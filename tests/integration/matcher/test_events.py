"""From catalog's stream to the matcher's own: the loops of `work` with a real broker."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Literal

import pytest

from common import dead_letters
from common.bus import Bus
from common.clock import new_id
from common.consumption import Consumption
from common.contracts.envelope import Envelope
from common.doctor import replaying
from common.doctor.replaying import Replayed, replay
from common.runtime import consuming, keep_running
from deploy.embedded.nats import NatsServer
from deploy.embedded.tokens import TokenIssuer
from matcher.app import Work
from matcher.consumers import handlers
from matcher.subjects.kind import SubjectKind
from matcher.work import worker
from tests.integration.matcher.service_under_test import DAMAGE_OFFER, House, announcement, demand, opened, settings_for
from tests.support.eventually import eventually


@pytest.fixture
async def house(
    database_of: Callable[[str], str], issuer: TokenIssuer, nats_server: NatsServer
) -> AsyncIterator[House]:
    settings = settings_for(database_of("matcher"), issuer, nats_url=nats_server.url)
    async with opened(settings, issuer) as running:
        yield running


@asynccontextmanager
async def working(house: House) -> AsyncIterator[Bus]:
    """Every loop of the worker, and a bus of its own to speak and listen on."""
    bus = Bus(house.settings.platform.nats_url, name="test")
    bus.open()
    await eventually(lambda: bus.is_connected)
    stop = asyncio.Event()
    named = Work(house.settings, load=house.load)(house.database, bus)
    tasks = [asyncio.create_task(keep_running(name, loop, stop)) for name, loop in named.items()]
    try:
        yield bus
    finally:
        stop.set()
        await asyncio.wait(tasks)
        await bus.close()


async def catalog_says(bus: Bus, envelope: Envelope) -> None:
    await bus.create_stream("CATALOG")
    body = envelope.model_dump_json(exclude_none=True).encode()
    await bus.publish("CATALOG", envelope.type, body, message_id=str(new_id()))


@asynccontextmanager
async def hearing(house: House, bus: Bus) -> AsyncIterator[list[Envelope]]:
    """What the matcher announces, as it arrives."""
    heard: list[Envelope] = []

    async def note(envelope: Envelope) -> None:
        heard.append(envelope)

    listen = consuming(house.database, bus, Consumption("MATCHER", "listener", "matcher.match.*"), note)

    stop = asyncio.Event()
    task = asyncio.create_task(keep_running("listener", listen, stop))
    try:
        yield heard
    finally:
        stop.set()
        await task


async def test_a_published_demand_becomes_an_announced_match_and_the_same_event_again_changes_nothing(
    house: House,
) -> None:
    profile = await house.save(DAMAGE_OFFER)
    wanted = demand()
    said = announcement(wanted)
    async with working(house) as bus, hearing(house, bus) as heard:
        await catalog_says(bus, said)
        await eventually(lambda: heard, within=20)
        await catalog_says(bus, said)
        # A later demand is heard after the repeated event, so by then that has been taken too.
        await catalog_says(bus, announcement(demand(title="闸口集装箱残损智能识别系统")))
        await eventually(lambda: len(heard) == 2, within=20)
    assert heard[0].type == "matcher.match.computed"
    match = heard[0].data["match"]
    assert (match["demand_id"], match["profile_id"]) == (str(wanted.id), profile["id"])
    assert len({envelope.data["match"]["demand_id"] for envelope in heard}) == 2


async def test_a_saved_profile_wakes_the_worker_at_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "POLL_S", 600.0)
    async with working(house) as bus, hearing(house, bus) as heard:
        await catalog_says(bus, announcement(demand()))
        await eventually(lambda: house.was_embedded("demand_embeddings"), within=20)
        await house.save(DAMAGE_OFFER)
        await eventually(lambda: heard, within=20)


async def test_unreadable_events_leave_the_matcher_running_and_are_replayed_once_they_can_be_read(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Among more events of a form that it does not know than may be in hand at once is a demand; the release that
    follows knows it."""
    monkeypatch.setattr("common.consumption.RETRY_DELAYS_S", (0.05,))
    monkeypatch.setattr("common.bus.MAX_ACK_PENDING", 100)
    await house.save(DAMAGE_OFFER)
    from_later = announcement(demand()).model_dump(mode="json", exclude_none=True) | {"specversion": "2.0"}
    async with working(house) as bus, hearing(house, bus) as heard:
        await bus.create_stream("CATALOG")
        for body in (*(b"no event" for _ in range(149)), json.dumps(from_later).encode()):
            await bus.publish("CATALOG", "catalog.demand.published", body, message_id=str(new_id()))
        await catalog_says(bus, announcement(demand()))
        await eventually(lambda: heard, within=60, what="the demand behind them is matched")
        await eventually(lambda: house.has_dead_letters(150), within=60)
    async with house.database.begin() as session:
        [*_, last] = await dead_letters.waiting(session)
    assert last.reason == "specversion: literal_error"
    replayed = await replay(house.database, handlers(house.database), last.id)
    assert replayed == [Replayed(last.id, "specversion: literal_error")]
    monkeypatch.setattr(replaying, "Envelope", LaterEnvelope)
    assert await replay(house.database, handlers(house.database), last.id) == [Replayed(last.id)]
    assert await house.has_dead_letters(149)
    assert len([job for job in await house.jobs() if job.kind is SubjectKind.DEMAND]) == 1


class LaterEnvelope(Envelope):
    """What a release reads that knows the next version of the envelope."""

    specversion: Literal["1.0", "2.0"]  # type: ignore[assignment]
