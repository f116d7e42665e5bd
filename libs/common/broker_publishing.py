"""Publishing many messages to a stream at once: each has its acknowledgement, and none waits for another's."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import api


@dataclass(frozen=True)
class Outgoing:
    """A message for a stream; `headers` carries its `Nats-Msg-Id`."""

    subject: str
    body: bytes
    headers: Mapping[str, str]


class Acknowledgements:
    """Sends the messages when it is entered, and collects what the broker says to each.

    A third of what one request for each costs: one subscription takes all answers, and nobody waits for one alone.
    """

    def __init__(self, client: Client, messages: Sequence[Outgoing], stream: str) -> None:
        self._client, self._messages, self._stream = client, messages, stream
        self._places: list[int | None] = [None] * len(messages)
        self._missing, self._all = len(messages), asyncio.Event()

    async def __aenter__(self) -> Self:
        inbox = self._client.new_inbox()
        self._answers = await self._client.subscribe(f"{inbox}.*", cb=self._take)
        for number, message in enumerate(self._messages):
            headers = {**message.headers, api.Header.EXPECTED_STREAM.value: self._stream}
            await self._client.publish(message.subject, message.body, f"{inbox}.{number}", headers)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._client.is_connected:
            await self._answers.unsubscribe()

    async def within(self, seconds: float) -> list[int | None]:
        """What is there when all have been answered, or time is up."""
        if self._messages:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._all.wait(), seconds)
        return self._places

    async def _take(self, answer: Msg) -> None:
        number = int(answer.subject.rpartition(".")[2])
        self._places[number] = _place(answer)
        self._missing -= 1
        if not self._missing:
            self._all.set()


def _place(answer: Msg) -> int | None:
    """None of an answer that is none: nobody listens for the stream, or the broker refuses the message."""
    if not answer.data:
        return None
    said = json.loads(answer.data)
    return None if "error" in said else int(said["seq"])
