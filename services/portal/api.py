"""The client of the three HTTP APIs: calls operations by their ids, in a table drawn from the OpenAPI documents."""

import hashlib
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID, uuid4, uuid5

import httpx

from common import correlation, tracing

Json = dict[str, Any]
TABLE = Path(__file__).with_name("operations.json")
CONNECTIONS, STREAMS = 100, 1000
HEARTBEAT_S = 60
"""A stream that says nothing for so long is lost."""


class ApiOperation(NamedTuple):
    """One method of one path template, and the query parameters it takes."""

    service: str
    method: str
    path: str
    query: frozenset[str]


class UnknownOperation(Exception):
    """The portal asked for what no API has: a fault of its own."""


class ApiDown(Exception):
    """An API that does not answer, or answers that it cannot now."""

    def __init__(self, service: str) -> None:
        super().__init__(service)
        self.service = service


class ApiRefused(Exception):
    """An API's problem document (RFC 9457)."""

    def __init__(self, status: int, problem: Json) -> None:
        super().__init__(f"{status} {problem.get('type', '')}")
        self.status, self.problem = status, problem

    @property
    def detail(self) -> str:
        return str(self.problem.get("detail") or self.problem.get("title") or self.status)

    @property
    def faults(self) -> list[Json]:
        """Each field at fault: its `pointer` or `parameter`, and what would be right."""
        return list(self.problem.get("errors") or [])


@dataclass(frozen=True)
class Call:
    """What an operation is asked with.

    place    values of the path template, by name
    query    parameters; None is left out
    body     JSON, or bytes of a `media_type`
    version  the ETag that the change is based on
    key      the Idempotency-Key of a POST; a new one when left out
    """

    place: Mapping[str, object] = field(default_factory=dict)
    query: Mapping[str, object] = field(default_factory=dict)
    body: object = None
    media_type: str = "application/json"
    version: int | None = None
    key: str | None = None


@dataclass(frozen=True)
class ApiReply:
    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def json(self) -> Json:
        found: Json = json.loads(self.content) if self.content else {}
        return found


@cache
def operations() -> dict[str, ApiOperation]:
    """By `service.operation_id`."""
    table: dict[str, dict[str, list[Any]]] = json.loads(TABLE.read_text(encoding="utf-8"))
    return {
        f"{service}.{name}": ApiOperation(service, method, path, frozenset(query))
        for service, each in table.items()
        for name, (method, path, query) in each.items()
    }


def request_line(name: str, call: Call) -> tuple[ApiOperation, str]:
    """The operation and its path with query. Raises UnknownOperation for what the table does not have."""
    operation = operations().get(name)
    if operation is None:
        raise UnknownOperation(name)
    query = {key: value for key, value in call.query.items() if value not in (None, "")}
    if unknown := query.keys() - operation.query:
        raise UnknownOperation(f"{name}: no query parameter {', '.join(sorted(unknown))}")
    try:
        path = operation.path.format_map({key: _segment(str(value)) for key, value in call.place.items()})
    except KeyError as missing:
        raise UnknownOperation(f"{name}: needs {missing}") from None
    line = str(httpx.QueryParams({key: _said(value) for key, value in query.items()}))
    return operation, f"{path}?{line}" if line else path


def _segment(value: str) -> str:
    """One segment of a path. Raises ApiRefused for one that would lead to another place."""
    if value in ("", ".", ".."):
        raise ApiRefused(404, {})
    return str(httpx.QueryParams({"": value})).removeprefix("=").replace("+", "%20")


def _said(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def repeat_key(form: str, name: str, call: Call) -> str:
    """The Idempotency-Key of a call that a form makes: the same for the same form, operation and request. `form` is a
    UUID."""
    body = call.body if isinstance(call.body, bytes) else json.dumps(call.body, sort_keys=True).encode()
    said = [name, {**call.place}, {**call.query}, call.version, hashlib.sha256(body).hexdigest()]
    return str(uuid5(UUID(form), json.dumps(said, sort_keys=True, default=str)))


class Apis:
    """One for each process: keeps connections, and nothing of what anybody was told."""

    def __init__(self, urls: Mapping[str, str], *, timeout_s: float) -> None:
        limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS, keepalive_expiry=5)
        self._urls = urls
        # trust_env: a proxy of this machine has no business with the platform's own addresses.
        self._http = httpx.AsyncClient(timeout=timeout_s, limits=limits, trust_env=False)
        waits = httpx.Timeout(timeout_s, read=HEARTBEAT_S)
        many = httpx.Limits(max_connections=STREAMS, max_keepalive_connections=0)
        self._streams = httpx.AsyncClient(timeout=waits, limits=many, trust_env=False)

    async def close(self) -> None:
        await self._http.aclose()
        await self._streams.aclose()

    async def call(self, name: str, call: Call, *, token: str | None, language: str) -> ApiReply:
        """Raises ApiRefused with the API's own words, ApiDown when it does not answer or says 503."""
        operation, line = request_line(name, call)
        headers = _headers(token, language)
        if operation.method == "POST":
            headers["Idempotency-Key"] = call.key or str(uuid4())
        if call.version is not None:
            headers["If-Match"] = f'"{call.version}"'
        content = call.body if isinstance(call.body, bytes) else None
        if content is None and call.body is not None:
            content = json.dumps(call.body, ensure_ascii=False).encode()
        if content is not None:
            headers["Content-Type"] = call.media_type
        try:
            reply = await self._http.request(
                operation.method, self._urls[operation.service] + line, headers=headers, content=content
            )
        except httpx.HTTPError as error:
            raise ApiDown(operation.service) from error
        if reply.status_code in (502, 503, 504):
            raise ApiDown(operation.service)
        if reply.status_code >= 400:
            raise ApiRefused(reply.status_code, _problem(reply))
        return ApiReply(reply.status_code, reply.headers, reply.content)

    @asynccontextmanager
    async def stream(
        self, name: str, call: Call, *, token: str | None, language: str
    ) -> AsyncIterator[AsyncIterator[str]]:
        """The lines of a reply that does not end. Raises as `call` does, also when it breaks off."""
        operation, line = request_line(name, call)
        url, headers = self._urls[operation.service] + line, _headers(token, language)
        try:
            async with self._streams.stream(operation.method, url, headers=headers) as reply:
                if reply.status_code >= 400:
                    raise ApiRefused(reply.status_code, {})
                yield reply.aiter_lines()
        except httpx.HTTPError as error:
            raise ApiDown(operation.service) from error

    async def seen(self, url: str, *, token: str | None = None) -> ApiReply | None:
        """What a process says of itself beside its API; None when it does not answer."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        try:
            reply = await self._http.get(url, headers=headers)
        except httpx.HTTPError:
            return None
        return ApiReply(reply.status_code, reply.headers, reply.content)

    async def is_ready(self, service: str) -> bool:
        try:
            return (await self._http.get(f"{self._urls[service]}/healthz")).status_code == 200
        except httpx.HTTPError:
            return False


def _headers(token: str | None, language: str) -> dict[str, str]:
    headers = {"Accept-Language": language, **tracing.headers()}
    if correlation_id := correlation.current():
        headers["X-Correlation-Id"] = correlation_id
    if token:
        headers["Authorization"] = f"Bearer {token}"
    return headers


def _problem(reply: httpx.Response) -> Json:
    try:
        found = reply.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
