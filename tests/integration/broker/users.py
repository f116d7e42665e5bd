"""Users of a broker with accounts, and what they try."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import nats
from nats.aio.client import Client
from nats.errors import Error as NatsError

from common.broker_access import Access
from common.bus import Bus
from deploy.embedded.nats import NatsServer
from deploy.nats.identities import Identities
from tests.support.eventually import eventually

REFUSED_WITHIN_S = 5.0


@dataclass(frozen=True)
class Broker:
    server: NatsServer
    identities: Identities

    @asynccontextmanager
    async def bus(self, service: str) -> AsyncIterator[Bus]:
        """As the service itself connects."""
        access = Access(self.identities.credentials(service))
        bus = Bus(self.server.url, name=service, timeout_s=2, access=access)
        bus.open()
        try:
            await bus.wait_connected(within_s=10)
            yield bus
        finally:
            await bus.close()

    @asynccontextmanager
    async def user(self, credentials: Path) -> AsyncIterator["User"]:
        """Whoever holds the file, with any NATS client."""
        refusals: list[str] = []

        async def note(error: Exception) -> None:
            refusals.append(str(error))

        client = await nats.connect(
            self.server.url, allow_reconnect=False, error_cb=note, **Access(credentials).options()
        )
        try:
            yield User(client, refusals)
        finally:
            await client.close()

    async def lets_in(self, credentials: Path | None) -> bool:
        async def ignore(_: Exception) -> None:
            return None

        client = Client()
        try:
            await client.connect(
                self.server.url, allow_reconnect=False, error_cb=ignore, **Access(credentials).options()
            )
        except NatsError:
            return False
        finally:
            await client.close()  # the library leaves open what was refused
        return True

    async def streams_are_there(self) -> None:
        for service in ("catalog", "matcher", "notify"):
            async with self.bus(service) as bus:
                await bus.create_stream(service.upper())


@dataclass(frozen=True)
class User:
    client: Client
    refusals: list[str]
    """What the broker said of what it did not do, in small letters."""

    async def is_refused_to_publish(self, subject: str) -> bool:
        """True once the broker says so; it says nothing of what it lets through, and then this fails."""
        await self.client.publish(subject, b"{}")
        return await self._is_said(f'permissions violation for publish to "{subject.lower()}"')

    async def is_refused_to_subscribe(self, subject: str) -> bool:
        await self.client.subscribe(subject)
        return await self._is_said(f'permissions violation for subscription to "{subject.lower()}"')

    async def _is_said(self, refusal: str) -> bool:
        await eventually(lambda: any(refusal in said for said in self.refusals), within=REFUSED_WITHIN_S, what=refusal)
        return True

    async def is_sent_away(self) -> None:
        await eventually(lambda: self.client.is_closed, within=REFUSED_WITHIN_S)
