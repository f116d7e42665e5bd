"""Asks an endpoint that speaks OpenAI's chat completions: one request, no redirect, a bounded reply in bounded time."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from matcher.reader.prompt import MOST_ANSWER_TOKENS, Message

MOST_REPLY_BYTES = 256 * 1024
LONGEST_REST_S = 3_600.0


@dataclass(frozen=True)
class Completed:
    """`tokens` is what the endpoint says it used, 0 when it does not say."""

    content: str
    tokens: int


@dataclass(frozen=True)
class Failed:
    """`reason` is a word, never a text of the endpoint's; `rest_s` what it asked to wait."""

    reason: str
    rest_s: float = 0.0

    @property
    def is_refusal(self) -> bool:
        """Whether the endpoint said no instead of working."""
        return self.reason.startswith("status_")


@dataclass(frozen=True)
class Endpoint:
    """`url` is the base before /chat/completions, such as http://127.0.0.1:8000/v1; `key` may be empty."""

    url: str
    model: str
    key: str
    timeout_s: float

    @property
    def _address(self) -> str:
        return f"{self.url.rstrip('/')}/chat/completions"

    async def ask(self, messages: Sequence[Message]) -> Completed | Failed:
        """One completion within `timeout_s`, all together. Nothing is tried again here."""
        body = {
            "model": self.model,
            "messages": list(messages),
            "temperature": 0,
            "max_tokens": MOST_ANSWER_TOKENS,
            "response_format": {"type": "json_object"},
        }
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        # trust_env: a proxy of this machine is not whom the operator named.
        client = httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=self.timeout_s, headers=headers)
        try:
            async with (
                asyncio.timeout(self.timeout_s),
                client,
                client.stream("POST", self._address, json=body) as reply,
            ):
                return await _read(reply)
        except (TimeoutError, httpx.TimeoutException):
            return Failed("timed_out")
        except (httpx.HTTPError, httpx.InvalidURL, ValueError):
            return Failed("unreachable")


async def _read(reply: httpx.Response) -> Completed | Failed:
    if reply.status_code != httpx.codes.OK:
        return Failed(f"status_{reply.status_code}", _rest_s(reply))
    read = bytearray()
    async for piece in reply.aiter_bytes():
        read += piece
        if len(read) > MOST_REPLY_BYTES:
            return Failed("reply_too_large")
    return _content(bytes(read))


def _content(body: bytes) -> Completed | Failed:
    try:
        reply: dict[str, Any] = json.loads(body)
        content = reply["choices"][0]["message"]["content"]
        tokens = (reply.get("usage") or {}).get("total_tokens") or 0
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return Failed("reply_unreadable")
    if not isinstance(content, str):
        return Failed("reply_unreadable")
    return Completed(content, tokens if type(tokens) is int else 0)


def _rest_s(reply: httpx.Response) -> float:
    """Retry-After in seconds; a date, or nonsense, counts as nothing."""
    written = reply.headers.get("Retry-After", "")
    return min(float(written), LONGEST_REST_S) if written.isascii() and written.isdigit() else 0.0
