"""How a connection to the broker proves who it is, and whom it trusts."""

import ssl
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from nats.aio.client import Client, Srv
from nats.errors import Error as NatsError

from common.nats_accounts import api_of, inbox_of
from common.nats_claims import claims_of, token_in


class NotEncrypted(NatsError):
    """The broker offers no TLS although its address says tls://."""


class GuardedClient(Client):
    """Insists on TLS where the address says tls://; the library goes on in the clear when no TLS is offered. Leaves no
    socket open that it tried in vain."""

    async def _process_info(self, info: dict[str, Any], initial_connection: bool = False) -> None:
        if self._current_server and self._current_server.uri.scheme == "tls" and not info.get("tls_required"):
            raise NotEncrypted("nats: the address says tls://, the server offers no TLS")
        await super()._process_info(info, initial_connection)

    async def _connect_to_server(self, s: Srv) -> None:
        self.drop()
        await super()._connect_to_server(s)

    def drop(self) -> None:
        """Close the socket of a try that came to nothing; the library forgets it."""
        if self._transport is not None:
            self._transport.close()  # type: ignore[no-untyped-call]


@dataclass(frozen=True)
class Access:
    """
    credentials  a user's .creds file; without one the broker has no accounts
    ca           certificates in PEM that the broker's must be signed by; without any, the system's
    """

    credentials: Path | None = None
    ca: Path | None = None

    @cached_property
    def user(self) -> str | None:
        """As whom the connection is made, None where the broker knows no users. Raises OSError without the file."""
        if self.credentials is None:
            return None
        return str(claims_of(token_in(self.credentials.read_text()))["name"])

    def options(self) -> dict[str, Any]:
        """For nats-py. Raises OSError when a file is missing."""
        options: dict[str, Any] = {}
        if self.credentials is not None:
            options["user_credentials"] = str(self.credentials)
            options["inbox_prefix"] = inbox_of(self.user or "")
        if self.ca is not None:
            options["tls"] = ssl.create_default_context(cafile=self.ca)
        return options

    def api_of(self, stream: str) -> str:
        """The prefix by which the JetStream API of a stream is reached."""
        return api_of(stream, self.user)
