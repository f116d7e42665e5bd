"""Notify as its callers see it, with a matcher that says what a test wants it to say."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import nats

from common import clock
from common.bus import Bus
from common.clock import new_id
from common.contracts.envelope import Envelope, Event
from common.contracts.matcher import MatchComputed, MatchLapsed, MatchSnapshot
from common.database import Database
from common.errors import Unavailable
from common.fields import OrganisationKey
from common.runtime import Loop
from common.settings import PlatformSettings
from deploy.embedded.tokens import TokenIssuer
from notify.app import create_app, loops
from notify.settings import NotifySettings
from tests.integration.notify.matches import FIRM
from tests.support.eventually import eventually
from tests.support.later import with_unknown_fields

Client = httpx.AsyncClient


class MovableClock:
    """The time, plus what the test has let pass."""

    def __init__(self) -> None:
        self._passed = timedelta()
        self._stands_at: datetime | None = None

    def __call__(self) -> datetime:
        return (self._stands_at or clock.now()) + self._passed

    def stand_still(self) -> None:
        """From now on only what the test lets pass passes, however slow the machine is."""
        self._stands_at = clock.now()

    def let_pass(self, **span: float) -> None:
        self._passed += timedelta(**span)


class World:
    """The HTTP API always runs; the background work runs inside `working()`."""

    def __init__(self, settings: NotifySettings, issuer: TokenIssuer, client: Client, bus: Bus) -> None:
        self.settings, self.client, self.bus = settings, client, bus
        self.clock = MovableClock()
        self._issuer = issuer

    def token(self, organisation: OrganisationKey = FIRM) -> dict[str, str]:
        minted = self._issuer.mint(organisation.scheme, organisation.code, "示例单位", ["enterprise"])
        return {"Authorization": f"Bearer {minted}"}

    async def post(
        self, path: str, body: object = None, by: OrganisationKey = FIRM, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        return await self.client.post(path, json=body, headers={**self.token(by), **(headers or {})})

    async def get(self, path: str, by: OrganisationKey = FIRM) -> Any:
        reply = await self.client.get(path, headers=self.token(by))
        assert reply.status_code == 200, reply.text
        return reply.json()

    async def webhook(self, url: str, by: OrganisationKey = FIRM, **filters: object) -> Any:
        """The subscription as created, secret included."""
        return await self._subscribed({"type": "webhook", "url": url}, by, filters)

    async def subject(self, by: OrganisationKey = FIRM, **filters: object) -> Any:
        return await self._subscribed({"type": "nats"}, by, filters)

    async def _subscribed(self, channel: object, by: OrganisationKey, filters: object) -> Any:
        reply = await self.post("/v1/subscriptions", {"channel": channel, "filters": filters}, by)
        assert reply.status_code == 201, reply.text
        return reply.json()

    async def deliveries(self, by: OrganisationKey = FIRM, **params: str) -> list[Any]:
        """Newest first."""
        query = httpx.QueryParams({"limit": "200", **params})
        items: list[Any] = (await self.get(f"/v1/deliveries?{query}", by))["items"]
        return [each for each in items if not _is_challenge(each)]

    async def verified(self) -> None:
        """Have all webhooks take their challenge."""
        async with self.working():
            await eventually(self.is_verified)

    async def is_verified(self) -> bool:
        """Whether every webhook has taken its challenge."""
        return not await self._asked("SELECT count(*) FROM subscriptions WHERE state = 'pending'")

    async def challenges(self) -> list[Any]:
        items: list[Any] = (await self.get("/v1/deliveries?limit=200"))["items"]
        return [each for each in items if _is_challenge(each)]

    async def delivery(self, delivery_id: str, by: OrganisationKey = FIRM) -> Any:
        return await self.get(f"/v1/deliveries/{delivery_id}", by)

    async def settled(self, count: int, by: OrganisationKey = FIRM, *, within: float = 15.0) -> list[Any]:
        """All of the organisation's deliveries, once there are `count` of them and none is open."""

        async def all_settled() -> list[Any]:
            found = await self.deliveries(by)
            states = [each["state"] for each in found]
            assert len(found) == count, states
            assert not {"pending", "held"} & set(states), states
            return found

        return await eventually(all_settled, within=within)

    async def computed(self, *matches: MatchSnapshot, event_id: UUID | None = None) -> None:
        """The matcher announces these matches."""
        for match in matches:
            await self._announced(MatchComputed(match=match), event_id or new_id())

    async def computed_before(self, field: str, match: MatchSnapshot) -> None:
        """A matcher that does not know this field yet announces the match."""

        def cut(said: Any) -> Any:
            return {"match": {name: each for name, each in said["match"].items() if name != field}}

        await self._announced(MatchComputed(match=match), new_id(), change=cut)

    async def computed_later(self, match: MatchSnapshot, *, change: Callable[[Any], Any] = with_unknown_fields) -> None:
        """A matcher that already says more than notify knows announces the match."""
        await self._announced(MatchComputed(match=match), new_id(), change=change)

    async def lapsed(self, match: MatchSnapshot) -> None:
        """The matcher announces that this match holds no longer, in a version of its own."""
        ended = match.model_copy(update={"version": match.version + 1, "is_current": False})
        await self._announced(MatchLapsed(match=ended), new_id())

    async def announced(self, *news: Event, event_id: UUID | None = None, at: datetime | None = None) -> None:
        """The matcher, or catalog, announces something else; `at` is when it happened."""
        for event in news:
            await self._announced(event, event_id or new_id(), at=at)

    async def _announced(
        self,
        event: Event,
        event_id: UUID,
        *,
        change: Callable[[Any], Any] = lambda said: said,
        at: datetime | None = None,
    ) -> None:
        envelope = Envelope(
            id=event_id,
            source=f"/jingqiao/{event.stream.lower()}",
            type=event.type,
            subject=event.about(),
            time=at or clock.now(),
            correlationid="0af7651916cd43dd8448eb211c80319c",
            data=change(event.model_dump(mode="json")),
        )
        # A message id of its own each time: it is notify that must know a repeated event, not the broker.
        await self.bus.publish(
            event.stream, event.subject(), envelope.model_dump_json().encode(), message_id=str(new_id())
        )

    async def handled(self, event_id: UUID) -> bool:
        """Whether notify has a record of this event."""
        return bool(await self._asked("SELECT count(*) FROM inbox WHERE event_id = $1", event_id))

    async def heard_of(self, consumer: str, count: int) -> bool:
        return bool(await self.one("SELECT count(*) = $2 FROM inbox WHERE consumer = $1", consumer, count))

    async def one(self, query: str, *arguments: object) -> Any:
        """The first value of the first row."""
        return await self._asked(query, *arguments)

    async def known_match_count(self) -> int:
        return int(await self._asked("SELECT count(*) FROM known_matches"))

    async def standing_count(self, count: int) -> bool:
        return int(await self._asked("SELECT count(*) FROM known_matches WHERE match IS NOT NULL")) == count

    async def execute(self, statements: str) -> None:
        connection = await asyncpg.connect(self.settings.database_url.replace("+asyncpg", ""))
        try:
            await connection.execute(statements)
        finally:
            await connection.close()

    async def is_waiting_for_a_lock(self) -> bool:
        """Whether a statement in notify's database waits for another transaction."""
        waiting = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(await self._asked(waiting))

    async def _asked(self, query: str, *arguments: object) -> Any:
        connection = await asyncpg.connect(self.settings.database_url.replace("+asyncpg", ""))
        try:
            return await connection.fetchval(query, *arguments)
        finally:
            await connection.close()

    @asynccontextmanager
    async def working(self, **settings: object) -> AsyncIterator[None]:
        """The loops of `python -m notify work`, with some settings of the test's own."""
        changed = self.settings.model_copy(update=settings)
        database, bus = Database(changed), Bus(changed.platform.nats_url, name="notify-work")
        bus.open()
        stop = asyncio.Event()
        named = loops(changed, now=self.clock)(database, bus)
        tasks = [asyncio.create_task(_kept_running(loop, stop), name=name) for name, loop in named.items()]
        try:
            yield
            for task in tasks:
                assert not task.done(), task
        finally:
            stop.set()
            await asyncio.gather(*tasks)
            await bus.close()
            await database.close()

    async def stored_events(self) -> list[dict[str, Any]]:
        """What the broker keeps in the stream NOTIFY, in order."""
        connection = await nats.connect(self.settings.platform.nats_url)
        try:
            stream = connection.jetstream()
            last = (await stream.stream_info("NOTIFY")).state.last_seq
            messages = [await stream.get_msg("NOTIFY", seq) for seq in range(1, last + 1)]
            return [{"subject": message.subject, **json.loads(message.data or b"")} for message in messages]
        finally:
            await connection.close()


def _is_challenge(delivery: Any) -> bool:
    return bool(delivery["channel"] == "webhook" and delivery["news_type"] == "notify.address.confirmation")


async def _kept_running(loop: Loop, stop: asyncio.Event) -> None:
    """As the runtime does: a dependency that is away is tried again."""
    while not stop.is_set():
        try:
            await loop(stop)
        except Unavailable:
            await asyncio.wait([asyncio.create_task(stop.wait())], timeout=0.2)


def settings_for(database_url: str, nats_url: str, trust: dict[str, str]) -> NotifySettings:
    platform = PlatformSettings(
        nats_url=nats_url,
        jwks=trust["JINGQIAO_JWKS"],
        issuer=trust["JINGQIAO_ISSUER"],
        audience=trust["JINGQIAO_AUDIENCE"],
    )
    return NotifySettings(database_url=database_url, platform=platform, allow_loopback=True)


@asynccontextmanager
async def opened(settings: NotifySettings, issuer: TokenIssuer) -> AsyncIterator[World]:
    app = create_app(settings)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(app.router.lifespan_context(app))
        client = await stack.enter_async_context(Client(transport=transport, base_url="http://notify"))
        bus = Bus(settings.platform.nats_url, name="matcher")
        bus.open()
        stack.push_async_callback(bus.close)
        yield World(settings, issuer, client, bus)


async def sources_are_there(bus: Bus) -> None:
    """The streams of matcher and catalog exist."""

    async def made() -> bool:
        try:
            for stream in ("MATCHER", "CATALOG"):
                await bus.create_stream(stream)
        except Unavailable:
            return False
        return True

    await eventually(made)
