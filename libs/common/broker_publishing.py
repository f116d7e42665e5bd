"""Publishing many messages to a stream at once: each has its acknowledgement, and none waits for another's."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import BadHeaderError, BadSubjectError, MaxPayloadError
from nats.js import api

log = structlog.get_logger()


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
        try:
            for number in range(len(self._messages)):
                await self._send(number, f"{inbox}.{number}")
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def _send(self, number: int, answer_to: str) -> None:
        """One that cannot be sent is refused here, and keeps none of the others."""
        message = self._messages[number]
        headers = {**message.headers, api.Header.EXPECTED_STREAM.value: self._stream}
        try:
            # The library leaves the headers out of account; the broker does not, and closes the connection.
            if len(message.body) + _size(headers) > self._client.max_payload:
                raise MaxPayloadError
            await self._client.publish(message.subject, message.body, answer_to, headers)
        except (MaxPayloadError, BadSubjectError, BadHeaderError) as error:
            message_id, reason = message.headers.get(api.Header.MSG_ID.value), type(error).__name__
            log.error("message_refused", subject=message.subject, message_id=message_id, reason=reason)
            self._answer(number, None)

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
        self._answer(int(answer.subject.rpartition(".")[2]), _place(answer))

    def _answer(self, number: int, place: int | None) -> None:
        self._places[number] = place
        self._missing -= 1
        if not self._missing:
            self._all.set()


def _size(headers: Mapping[str, str]) -> int:
    """Bytes of headers as they are sent: a line each, and one before and after them."""
    lines = (f"{name}: {value}\r\n" for name, value in headers.items())
    return len(b"NATS/1.0\r\n") + sum(len(line.encode()) for line in lines) + len(b"\r\n")


def _place(answer: Msg) -> int | None:
    """None of an answer that is none: nobody listens for the stream, or the broker refuses the message."""
    if not answer.data:
        return None
    said = json.loads(answer.data)
    return None if "error" in said else int(said["seq"])
