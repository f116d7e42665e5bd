"""Connections to the broker of a running stack, as one of its users."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from nats.aio.client import Client
from nats.errors import Error as NatsError

from common.broker_access import Access
from deploy.nats.accounts import operator_of
from deploy.nats.identities import Identities


@dataclass(frozen=True)
class StackBroker:
    """Without identities it is one that lets everybody in."""

    url: str
    identities: Identities | None = None

    async def as_service(self, service: str) -> Client:
        """As the service itself is known: it may publish on its own subjects."""
        return await self._connected(service)

    async def as_operator(self, service: str, **options: Any) -> Client:
        """As who looks after the service's stream, and may read it."""
        return await self._connected(operator_of(service), **options)

    async def _connected(self, user: str, **options: Any) -> Client:
        access = Access(self.identities.credentials(user) if self.identities else None)
        client = Client()
        try:
            await client.connect(self.url, **access.options(), **options)
        except BaseException:
            # An engine's proxy takes connections for a container that is away: the library leaves those open.
            with suppress(NatsError, OSError, TimeoutError):
                await client.close()
            raise
        return client
