"""Replaces what the broker's servers believe of an account, while they run."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass

from nats.errors import Error as NatsError

from common.broker_access import Access, GuardedClient
from common.errors import Unavailable
from common.nats_claims import Claims, claims_of

Sign = Callable[[Claims], str]
"""Given the claims in force, the token of those that shall take their place."""


@dataclass(frozen=True)
class ServerClaims:
    """Speaks as the system account's user. Any server takes new claims and passes them on to the others."""

    url: str
    access: Access
    timeout_s: float = 3.0

    async def replace(self, account: str, sign: Sign) -> None:
        """Raises Unavailable when no server answers in time, or it does not take the claims."""
        try:
            async with asyncio.timeout(4 * self.timeout_s):
                await self._replace(account, sign)
        except (NatsError, OSError, TimeoutError) as error:
            raise Unavailable(f"The broker does not take new claims: {type(error).__name__}") from error

    async def _replace(self, account: str, sign: Sign) -> None:
        client = GuardedClient()
        await client.connect(self.url.split(","), allow_reconnect=False, error_cb=_ignore, **self.access.options())
        try:
            present = await client.request(f"$SYS.REQ.ACCOUNT.{account}.CLAIMS.LOOKUP", timeout=self.timeout_s)
            token = sign(claims_of(present.data.decode())["nats"])
            reply = await client.request("$SYS.REQ.CLAIMS.UPDATE", token.encode(), timeout=self.timeout_s)
        finally:
            await client.close()
        said = json.loads(reply.data)
        if said.get("data", {}).get("code") != 200:
            reason = said.get("error", {}).get("description", "no reason given")
            raise Unavailable(f"The broker does not take new claims: {reason}")


async def _ignore(_: Exception) -> None:
    """What goes wrong is told by the call that it makes fail."""
