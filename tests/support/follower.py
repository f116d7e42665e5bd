"""A reader of one NATS subject that, as clients should, survives a broker that goes away or loses its disk."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.client import JetStreamContext

from tests.support.broker import StackBroker
from tests.support.eventually import eventually

AGAIN_AFTER_S = 0.1
Json = dict[str, Any]
Test = Callable[[Json], bool]


def about(*demands: Json, profile: Json | None = None) -> Test:
    """Whether an event tells of one of these demands (other tests' demands may fit too), and of this profile."""
    ids = {demand["id"] for demand in demands}

    def test(event: Json) -> bool:
        match = event["data"]["match"]
        return match["demand_id"] in ids and (profile is None or match["profile_id"] == profile["id"])

    return test


class Follower:
    """
    events      by id, in the order of first arrival
    copies      how often each id came
    arrived_at  time.monotonic() of each id's first arrival
    """

    def __init__(self, broker: StackBroker, subject: str, stream: str) -> None:
        self.events: dict[str, Json] = {}
        self.copies: Counter[str] = Counter()
        self.arrived_at: dict[str, float] = {}
        self.content_types: set[str | None] = set()
        self._broker, self._subject, self._stream = broker, subject, stream

    def matches(self) -> list[Json]:
        """What the events say, in the order of arrival."""
        return [event["data"]["match"] for event in self.events.values()]

    async def has(self, test: Test, *, within: float = 20.0, what: str = "an event") -> Json:
        """The first event that passes, once it is there."""

        def found() -> Json | None:
            return next((event for event in self.events.values() if test(event)), None)

        event = await eventually(found, within=within, what=f"{what} on {self._subject}")
        assert event is not None
        return event

    async def follow(self) -> None:
        """Read the stream from its beginning, and from its beginning again whenever it was lost."""
        while True:
            with suppress(NatsError, OSError, TimeoutError):
                client = await self._broker.as_operator(self._stream.lower(), connect_timeout=1, allow_reconnect=False)
                try:
                    await self._read(client)
                finally:
                    with suppress(NatsError, OSError, TimeoutError):
                        await client.close()
            await asyncio.sleep(AGAIN_AFTER_S)

    async def _read(self, client: Client) -> None:
        js = client.jetstream(timeout=2)
        config = ConsumerConfig(deliver_policy=DeliverPolicy.ALL, ack_policy=AckPolicy.NONE)
        subscription = await js.pull_subscribe(self._subject, stream=self._stream, config=config)
        while True:
            for message in await _fetched(subscription):
                self._take(message)

    def _take(self, message: Msg) -> None:
        event = json.loads(message.data)
        self.copies[event["id"]] += 1
        self.content_types.add((message.headers or {}).get("Content-Type"))
        if event["id"] not in self.events:
            self.arrived_at[event["id"]] = time.monotonic()
            self.events[event["id"]] = event


async def _fetched(subscription: JetStreamContext.PullSubscription) -> list[Msg]:
    try:
        return await subscription.fetch(200, timeout=1)
    except TimeoutError:
        # Nothing new, or nobody there: a stream that was wiped took the consumer with it.
        await subscription.consumer_info()
        return []


@asynccontextmanager
async def following(broker: StackBroker, subject: str, stream: str = "NOTIFY") -> AsyncIterator[Follower]:
    follower = Follower(broker, subject, stream)
    task = asyncio.create_task(follower.follow())
    try:
        yield follower
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
