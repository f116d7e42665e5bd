"""The inbox of a browser: nothing is lost or shown twice over reconnections, and a stream ends when it has to."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from prometheus_client import REGISTRY
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import now
from common.database import Database
from common.runtime import server_config
from common.server import Server
from deploy.embedded.ports import free_port
from deploy.embedded.tokens import TokenIssuer
from notify.app import create_app
from notify.deliveries import repository
from notify.settings import NotifySettings
from tests.integration.notify.matches import FIRM, PORT, a_match
from tests.integration.notify.processes import environment, process
from tests.integration.notify.service_under_test import World
from tests.support.eventually import eventually

STREAM = "/v1/deliveries/stream"


@pytest.fixture
def settings(keyed: NotifySettings) -> NotifySettings:
    return keyed.model_copy(update={"stream_heartbeat_s": 0.2, "stream_limit": 2})


@contextmanager
def _served(settings: NotifySettings) -> Iterator[Server]:
    app = create_app(settings)
    server = Server(server_config(app, settings, 0), app, delay_s=0.0)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server
    finally:
        server.should_exit = True
        thread.join(timeout=20)


def _port_of(server: Server) -> int:
    assert server.started
    return int(server.servers[0].sockets[0].getsockname()[1])


@pytest.fixture
async def url(settings: NotifySettings) -> AsyncIterator[str]:
    with _served(settings) as server:
        yield f"http://127.0.0.1:{await eventually(partial(_port_of, server))}"


class Stream:
    """A client that reads server-sent events as the HTML standard says; what came is in `events`."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self.events: list[dict[str, str]] = []
        self.last_id = ""
        self.heartbeat_count = 0
        self._task = asyncio.create_task(self._read())

    @property
    def has_ended(self) -> bool:
        return self._task.done()

    async def _read(self) -> None:
        event: dict[str, str] = {}
        async for line in self.response.aiter_lines():
            name, _, value = line.partition(":")
            if not line and "data" in event:
                self.events.append(event)
            self.heartbeat_count += line.startswith(":")
            event = {} if not line else event | {name: value.removeprefix(" ")}
            self.last_id = event.get("id", self.last_id)

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.wait([self._task])


@asynccontextmanager
async def reading(url: str, headers: dict[str, str], **params: Any) -> AsyncIterator[Stream]:
    async with (
        httpx.AsyncClient(trust_env=False, timeout=20) as client,
        client.stream("GET", url + STREAM, headers=headers, params=params) as response,
    ):
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        stream = Stream(response)
        try:
            yield stream
        finally:
            await stream.close()


def _has_events(stream: Stream, count: int) -> bool:
    return len(stream.events) >= count


async def _subscribed(notify: World, by: Any = FIRM) -> None:
    assert (await notify.post("/v1/subscriptions", {"channel": {"type": "browser"}}, by)).status_code == 201


async def test_what_comes_is_shown_as_it_comes_and_to_nobody_else(notify: World, url: str) -> None:
    await _subscribed(notify)
    await _subscribed(notify, PORT)
    match = a_match()
    async with notify.working(), reading(url, notify.token()) as own, reading(url, notify.token(PORT)) as other:
        await eventually(lambda: own.last_id and other.last_id)
        await notify.computed(match)
        await eventually(lambda: own.events and other.events)
    [event], [others] = own.events, other.events
    assert event["event"] == "notify.match.notified"
    assert str(match.id) in event["data"]
    assert FIRM.code in event["data"]
    assert event["id"] != others["id"]
    [delivery] = await notify.deliveries(channel="browser")
    assert (delivery["state"], str(delivery["place"])) == ("sent", event["id"])


async def test_a_stream_goes_on_after_the_last_event_without_loss_or_repeat(notify: World, url: str) -> None:
    await _subscribed(notify)
    matches = [a_match() for _ in range(9)]
    seen: list[str] = []
    async with notify.working():
        async with reading(url, notify.token()) as stream:
            await eventually(lambda: stream.last_id)
            last_id = stream.last_id
        for first in range(0, 9, 3):
            await notify.computed(*matches[first : first + 3])
            headers = {**notify.token(), "Last-Event-ID": last_id}
            async with reading(url, headers) as stream:
                await eventually(partial(_has_events, stream, 2))
                seen += [event["data"] for event in stream.events]
                last_id = stream.events[-1]["id"]
        await notify.settled(9)
        async with reading(url, notify.token(), after=last_id) as stream:
            await eventually(lambda: len(seen) + len(stream.events) == 9)
            seen += [event["data"] for event in stream.events]
    assert [sum(str(match.id) in data for data in seen) for match in matches] == [1] * 9


async def test_what_is_committed_late_is_shown_to_who_has_read_on(notify: World, url: str) -> None:
    """Numbers are given one transaction at a time: none appears below one that was read."""
    await _subscribed(notify)
    async with notify.working():
        await notify.computed(a_match(), a_match())
        deliveries = await notify.settled(2)
    database = Database(notify.settings)
    async with database.begin() as session:
        first = await _placed(session, deliveries[0]["id"])
        second = asyncio.create_task(_placed_apart(database, deliveries[1]["id"]))
        await eventually(lambda: second.done() or notify.is_waiting_for_a_lock())
        assert not second.done()
    assert await second > first
    await database.close()


async def _placed_apart(database: Database, delivery_id: str) -> int:
    async with database.begin() as session:
        return await _placed(session, delivery_id)


async def _placed(session: AsyncSession, delivery_id: str) -> int:
    delivery = await repository.locked(session, UUID(delivery_id))
    assert delivery is not None
    await repository.take_places(session, [delivery])
    return delivery.place or 0


async def test_a_silent_stream_beats_and_one_too_many_is_refused(notify: World, url: str) -> None:
    async with reading(url, notify.token()) as first, reading(url, notify.token()):
        await eventually(lambda: first.heartbeat_count >= 2)
        async with httpx.AsyncClient(trust_env=False) as client:
            refused = await client.get(url + STREAM, headers=notify.token())
            nonsense = await client.get(url + STREAM, headers={**notify.token(PORT), "Last-Event-ID": "x"})
            beyond = await client.get(url + STREAM, headers={**notify.token(PORT), "Last-Event-ID": str(2**63)})
        assert (refused.status_code, refused.json()["type"]) == (429, "/problems/too_many")
        assert (nonsense.status_code, beyond.status_code) == (422, 422)
        async with reading(url, notify.token(PORT)) as others:
            await eventually(lambda: others.last_id)

    async def has_room() -> bool:
        async with reading(url, notify.token()) as again:
            return bool(await eventually(lambda: again.last_id))

    assert await eventually(has_room)


async def test_a_stream_is_measured_until_it_begins(notify: World, url: str) -> None:
    took_before_s = _took_s()
    async with httpx.AsyncClient(trust_env=False) as client, reading(url, notify.token()) as stream:
        await eventually(lambda: stream.heartbeat_count >= 5)
        # Only this question is in hand.
        assert "jingqiao_http_requests_in_hand 1.0" in (await client.get(f"{url}/metrics")).text
    await eventually(lambda: _took_s() > took_before_s)
    assert _took_s() - took_before_s < 0.9


def _took_s() -> float:
    labels = {"method": "GET", "route": STREAM, "status": "200"}
    return REGISTRY.get_sample_value("jingqiao_http_request_seconds_sum", labels) or 0.0


async def test_a_stream_ends_with_its_token(notify: World, issuer: TokenIssuer, url: str) -> None:
    token = issuer.mint(FIRM.scheme, FIRM.code, "示例单位", ["enterprise"], lifetime_s=-26)
    async with reading(url, {"Authorization": f"Bearer {token}"}) as stream:
        await eventually(lambda: stream.last_id)
        await eventually(lambda: stream.has_ended, within=15)


async def test_a_stream_ends_when_its_process_is_told_to_stop(
    notify: World, settings: NotifySettings, tmp_path: Path
) -> None:
    port = free_port()
    env = environment(settings, NOTIFY_PORT=str(port), NOTIFY_SHUTDOWN_DELAY_S="0", NOTIFY_STREAM_HEARTBEAT_S="60")
    with process("serve", env, tmp_path / "serve.log") as serve:
        url = f"http://127.0.0.1:{port}"
        await eventually(lambda: _is_up(url), within=30)
        async with reading(url, notify.token()) as stream:
            await eventually(lambda: stream.last_id)
            began = now()
            serve.ask_to_stop()
            await eventually(lambda: stream.has_ended, within=10)
            await eventually(lambda: serve.has_ended, within=10)
    assert (now() - began).total_seconds() < settings.drain_s


async def _is_up(url: str) -> bool:
    try:
        async with httpx.AsyncClient(trust_env=False) as client:
            return (await client.get(f"{url}/healthz")).status_code == 200
    except httpx.TransportError:
        return False


async def test_a_lost_connection_to_the_database_loses_no_event(notify: World, url: str) -> None:
    await _subscribed(notify)
    async with notify.working(), reading(url, notify.token()) as stream:
        await eventually(lambda: stream.last_id)
        await notify.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ILIKE 'LISTEN%' "
            "AND datname = current_database() AND pid <> pg_backend_pid()"
        )
        await notify.computed(a_match())
        await eventually(lambda: stream.events)


async def test_a_place_that_a_restored_backup_took_back_begins_anew_and_says_so(notify: World, url: str) -> None:
    await _subscribed(notify)
    match = a_match()
    async with notify.working():
        await notify.computed(match)
        await notify.settled(1)
    async with reading(url, {**notify.token(), "Last-Event-ID": "999999"}) as stream:
        await eventually(partial(_has_events, stream, 2))
    rewound, told = stream.events[:2]
    assert (rewound["event"], "last_place" in rewound["data"]) == ("notify.inbox.rewound", True)
    assert str(match.id) in told["data"]
