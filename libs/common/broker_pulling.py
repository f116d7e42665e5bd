"""Pulling from a durable consumer: all that is there at once, or the next event the moment it comes.

`fetch` of nats-py, asked for 512, gives one that comes while it waits some 70 ms late, and now and then much later.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.api import Header, StatusCode
from nats.js.errors import APIError

LOOK_S = 1.0
"""How long one look for new events waits for the first."""
ANSWERED_WITHIN_S = 1.0
"""Longer than the broker was told to wait, it is waited for by this."""
_NONE_LEFT = (StatusCode.NO_MESSAGES, StatusCode.REQUEST_TIMEOUT)


class Pull:
    """Asks for the events of one consumer; what comes after nobody waited for it any more is in the next reply."""

    def __init__(self, client: Client, address: str, inbox: str) -> None:
        self._client, self._address, self._inbox = client, address, inbox
        self._come: list[Msg] = []
        self._has_come = asyncio.Event()

    async def take(self, message: Msg) -> None:
        self._come.append(message)
        self._has_come.set()

    async def next(self, most: int, *, within_s: float) -> list[Msg]:
        """What is there, `most` at most; where nothing is, what comes first within that time, or nothing.

        Raises TimeoutError when the broker says nothing at all, APIError when it refuses, as when the consumer is gone.
        """
        there = await self._asked({"batch": most, "no_wait": True}, most, within_s=within_s)
        if there:
            return there
        expires_ns = int(within_s * 1e9)
        return await self._asked({"batch": 1, "expires": expires_ns}, 1, within_s=within_s + ANSWERED_WITHIN_S)

    async def _asked(self, request: dict[str, int | bool], most: int, *, within_s: float) -> list[Msg]:
        found: list[Msg] = []
        await self._client.publish(self._address, json.dumps(request).encode(), self._inbox)
        until = asyncio.get_running_loop().time() + within_s
        while len(found) < most:
            if not self._come:
                self._has_come.clear()
                left_s = until - asyncio.get_running_loop().time()
                try:
                    await asyncio.wait_for(self._has_come.wait(), left_s)
                except TimeoutError:
                    if found:
                        return found
                    raise
            come, self._come = self._come, []
            if _are_all(come, found):
                return found
        return found


def _are_all(come: list[Msg], found: list[Msg]) -> bool:
    """Add the events among what has come to what was found; whether the broker says that there are no more. What it
    refuses it refuses again when it is asked next; what was found before is not lost by it."""
    is_end = False
    for message in come:
        status = (message.headers or {}).get(Header.STATUS)
        if status is None:
            found.append(message)
        elif status in _NONE_LEFT or (found and status != StatusCode.CONTROL_MESSAGE):
            is_end = True
        elif status != StatusCode.CONTROL_MESSAGE:
            raise APIError.from_msg(message)
    return is_end


@asynccontextmanager
async def pulling(client: Client, api: str, stream: str, durable: str) -> AsyncIterator[Pull]:
    """`api` is the prefix by which the JetStream API of the stream is reached."""
    inbox = client.new_inbox()
    pull = Pull(client, f"{api}.CONSUMER.MSG.NEXT.{stream}.{durable}", inbox)
    answers = await client.subscribe(inbox, cb=pull.take)
    try:
        yield pull
    finally:
        if client.is_connected:
            await answers.unsubscribe()
