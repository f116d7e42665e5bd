"""Streams of inboxes: one process keeps many open, and one connection to the database wakes those that have news."""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import structlog
from fastapi.sse import ServerSentEvent
from starlette.datastructures import State

from common.auth import Principal, Verifier
from common.database import Database
from common.errors import Problem, TooMany
from common.fields import OrganisationKey
from common.runtime import keep_running
from common.waiting import first_of
from notify.deliveries import repository
from notify.deliveries.models import Delivery
from notify.deliveries.schemas import notification_of
from notify.settings import NotifySettings

log = structlog.get_logger()
READ_AT_ONCE = 100
RETRY_MS = 3000
"""After which a browser whose stream has ended opens it again."""
REWOUND = "notify.inbox.rewound"
"""Says that a place is above all there are, and that the stream begins with the oldest there is."""
LOOKED_AT_S = 0.5
"""How often a process looks whether it was told to stop."""


@dataclass(frozen=True)
class StreamReader:
    """Who reads: its token is looked at again at every heartbeat, and the stream ends with it."""

    principal: Principal
    token: str
    woken: asyncio.Event


class Inbox:
    """What is open in this process. A stream costs nothing while its organisation has no news but a heartbeat."""

    def __init__(self, state: State, settings: NotifySettings) -> None:
        """`state` is the app's: its database and verifier, and whether it is stopping."""
        self._state, self._settings = state, settings
        self._open: dict[str, set[asyncio.Event]] = defaultdict(set)

    async def run(self, stop: asyncio.Event) -> None:
        """Wake streams until `stop` is set or the process is to stop, whatever becomes of the connection."""
        ended = asyncio.Event()
        listening = asyncio.create_task(keep_running("inbox", self._listen, ended))
        while not (stop.is_set() or self._is_stopping()):
            await first_of(stop, within_s=LOOKED_AT_S)
        ended.set()
        self._wake_all()
        await listening

    async def _listen(self, stop: asyncio.Event) -> None:
        """On one connection, until it is lost. Before, all are woken, as any may have missed something."""
        async with repository.listening(self._database.dsn, repository.INBOX, self._wake) as connection:
            lost = asyncio.Event()
            connection.add_termination_listener(partial(_set, lost))
            self._wake_all()
            while not (lost.is_set() or stop.is_set()):
                await first_of(lost, stop, within_s=LOOKED_AT_S)

    @property
    def _database(self) -> Database:
        database: Database = self._state.database
        return database

    def _is_stopping(self) -> bool:
        return bool(self._state.is_stopping)

    def _wake(self, organisation: str) -> None:
        for woken in self._open.get(organisation, ()):
            woken.set()

    def _wake_all(self) -> None:
        for organisation in self._open:
            self._wake(organisation)

    @contextmanager
    def seat(self, principal: Principal, token: str) -> Iterator[StreamReader]:
        """A stream's place among those of its organisation. Raises TooMany when all are taken."""
        key = repository.written(principal.organisation)
        limit = self._settings.stream_limit
        if len(self._open.get(key, ())) >= limit:
            raise TooMany(
                f"Your organisation reads {limit} streams here already; close one first",
                f"贵单位已打开 {limit} 个通知流，请先关闭一个",
                headers={"Retry-After": "10"},
            )
        woken = asyncio.Event()
        self._open[key].add(woken)
        try:
            yield StreamReader(principal, token, woken)
        finally:
            self._open[key].discard(woken)
            if not self._open[key]:
                del self._open[key]

    async def last_place(self, organisation: OrganisationKey) -> int:
        async with self._database.reading() as session:
            return await repository.last_place(session, organisation)

    async def events(self, reader: StreamReader, after: int) -> AsyncIterator[ServerSentEvent]:
        """What has come after a place, and what comes, until the process stops or the token holds no longer.

        A stream that breaks off, for whatever reason, goes on from the last event that arrived.
        """
        last = await self.last_place(reader.principal.organisation)
        if after > last:
            # A place that was never given, or that a restored backup has taken back.
            after = 0
            yield ServerSentEvent(event=REWOUND, raw_data=json.dumps({"last_place": last}))
        # An id without data: who is cut off before the first event goes on from here, too.
        yield ServerSentEvent(id=str(after), retry=RETRY_MS)
        try:
            while not self._is_stopping():
                reader.woken.clear()
                found = await self._read(reader.principal.organisation, after)
                for delivery in found:
                    after = delivery.place or after
                    yield _event(delivery)
                if len(found) < READ_AT_ONCE and not await self._is_woken(reader):
                    yield ServerSentEvent(comment="heartbeat")
                verifier: Verifier = self._state.verifier
                await verifier.principal(reader.token)
        except Problem as error:
            log.info("stream_ended", reason=error.code)

    async def _read(self, organisation: OrganisationKey, after: int) -> list[Delivery]:
        async with self._database.reading() as session:
            return list(await repository.placed_after(session, organisation, after, limit=READ_AT_ONCE))

    async def _is_woken(self, reader: StreamReader) -> bool:
        await first_of(reader.woken, within_s=self._settings.stream_heartbeat_s)
        return reader.woken.is_set()


def _set(event: asyncio.Event, _connection: object) -> None:
    event.set()


def _event(delivery: Delivery) -> ServerSentEvent:
    """The very event that other channels bring."""
    told = notification_of(delivery).enveloped(delivery.id, delivery.created_at, delivery.correlation_id)
    return ServerSentEvent(id=str(delivery.place), event=told.type, raw_data=told.model_dump_json(exclude_none=True))
