"""Asks this very app, in a caller's name, for something that another reply told of."""

from fastapi import FastAPI, Request, Response
from starlette.types import Message, Receive, Scope

from common.operations import operations

_KEPT = (
    "type",
    "asgi",
    "http_version",
    "scheme",
    "server",
    "client",
    "root_path",
    "app",
    "state",
    "starlette.exception_handlers",
    "fastapi_middleware_astack",
)
"""Of a request's scope: what is of its connection and caller, and not of its route."""
_CALLERS = (b"authorization", b"accept-language")


def nearest_readable(app: FastAPI, path: str) -> str | None:
    """The address itself, or the nearest one above it, at which one thing can be read: the demand, for a step of it."""
    readable = [each for each in operations(app) if each.method == "GET" and each.template.endswith("}")]
    while path and not any(each.is_at(path) for each in readable):
        path = path.rpartition("/")[0]
    return path or None


async def reread(request: Request, path: str) -> Response:
    """What `GET path` answers the caller now. Costs what the route does; it is neither logged nor counted."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    await request.app.router(_scope(request, path), _nothing(), send)
    reply = Response(b"".join(message.get("body", b"") for message in sent[1:]), status_code=sent[0]["status"])
    reply.raw_headers = list(sent[0]["headers"])
    return reply


def _scope(request: Request, path: str) -> Scope:
    asked = {name: request.scope[name] for name in _KEPT if name in request.scope}
    headers = [(name, value) for name, value in request.scope["headers"] if name in _CALLERS]
    return {**asked, "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"", "headers": headers}


def _nothing() -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    return receive
