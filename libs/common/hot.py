"""Answers the usual form of the reads that come most before routing and parameter parsing: both cost more than they do.

A hot read stands beside a route, never instead of it: it answers what the route would answer, or None, and then the
route does. So whatever is unusual, and every refusal, is the route's.
"""

import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from common import problems
from common.auth import Principal, Verifier
from common.errors import Problem, Unauthenticated

Meaning = TypeVar("Meaning")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_BEARER = "bearer "


class Asked:
    """A GET request for one of the hot reads; `id` is what its path says where the template has a parameter."""

    __slots__ = ("_headers", "_scope", "id", "query", "state")

    def __init__(self, scope: Scope, place: str) -> None:
        self._scope, self.state = scope, scope["app"].state
        self.id = UUID(place) if _UUID.fullmatch(place) else None
        self.query: bytes = scope["query_string"]
        self._headers: Iterable[tuple[bytes, bytes]] = scope["headers"]

    def header(self, name: bytes) -> str | None:
        """The first of that name, which is in small letters."""
        return next((value.decode("latin-1") for key, value in self._headers if key == name), None)

    @property
    def request(self) -> Request:
        return Request(self._scope)

    async def caller(self) -> Principal | None:
        """Who sent a valid token; None without one. Raises Unauthenticated for any other: the route's to refuse."""
        sent = self.header(b"authorization")
        if sent is None:
            return None
        if sent[: len(_BEARER)].lower() != _BEARER:
            raise Unauthenticated("no bearer token")
        verifier: Verifier = self.state.verifier
        return await verifier.principal(sent[len(_BEARER) :])


@dataclass(frozen=True)
class HotRead:
    """`path` is the route's template, of which only the last segment may be a parameter."""

    path: str
    answer: Callable[[Asked], Awaitable[Response | None]]

    @property
    def _parts(self) -> tuple[str, bool]:
        head, _, last = self.path.rpartition("/")
        return (f"{head}/", True) if last.startswith("{") else (self.path, False)

    def matcher(self) -> Callable[[str], str | None]:
        """A function from a path to its parameter, "" where there is none to give, None when it is not this one's."""
        prefix, has_parameter = self._parts
        if not has_parameter:
            return lambda path: "" if path == prefix else None
        return lambda path: path[len(prefix) :] if path.startswith(prefix) and "/" not in path[len(prefix) :] else None


class HotReads:
    """ASGI middleware; stands inside the one that logs and counts, outside the one that handles errors."""

    def __init__(self, app: ASGIApp, reads: Iterable[HotRead]) -> None:
        self._app = app
        self._reads = [(read.matcher(), read) for read in reads]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._answer(scope) if scope["type"] == "http" and scope["method"] == "GET" else None
        await (response or self._app)(scope, receive, send)

    async def _answer(self, scope: Scope) -> Response | None:
        for place_in, read in self._reads:
            place = place_in(scope["path"])
            if place is not None:
                return await _answered(read, scope, place)
        return None


async def _answered(read: HotRead, scope: Scope, place: str) -> Response | None:
    asked = Asked(scope, place)
    try:
        response = await read.answer(asked)
    except Unauthenticated:
        return None
    except Problem as problem:
        scope["route"] = read
        return problems.render(problem, path=scope["path"], accept_language=asked.header(b"accept-language"))
    if response is not None:
        scope["route"] = read  # what logs and metrics name
    return response


def json_reply(content: bytes, headers: dict[str, str] | None = None) -> Response:
    return Response(content, headers=headers, media_type="application/json")


class Memo(Generic[Meaning]):
    """What the query strings that came lately were found to mean; bounded, and forgotten all at once."""

    MOST, LONGEST = 512, 400

    def __init__(self) -> None:
        self._known: dict[bytes, Meaning] = {}

    def get(self, query: bytes) -> Meaning | None:
        return self._known.get(query)

    def keep(self, query: bytes, meaning: Meaning) -> None:
        """`meaning` must follow from the string alone."""
        if len(query) <= self.LONGEST:
            if len(self._known) >= self.MOST:
                self._known.clear()
            self._known[query] = meaning
