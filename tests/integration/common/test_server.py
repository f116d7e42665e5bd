"""The server as a socket sees it: idle connections, and bytes that are no HTTP request."""

import json
import socket
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import Any

import httpx
import pytest

from common.runtime import server_config
from common.settings import ServiceSettings
from tests.integration.common import service_under_test as ledger
from tests.support.eventually import eventually

PROXIES_KEEP_S = 60
TOO_LARGE_BYTES = 64 * 2**10
REQUEST = b"GET /healthz HTTP/1.1\r\nHost: ledger\r\n\r\n"
WITH_BODY = b"\r\nContent-Length: 5\r\n\r\nhello"
Serve = Callable[..., socket.socket]


@pytest.fixture
async def connect(settings: ServiceSettings) -> Any:
    """Opens a connection to a server with these settings changed."""
    with ExitStack() as stack:

        async def connected(**changes: object) -> socket.socket:
            server = stack.enter_context(ledger.served(settings.model_copy(update=changes)))
            port = await eventually(partial(ledger.port_of, server))
            return stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10))

        yield connected


def answer(connection: socket.socket) -> tuple[dict[str, str], dict[str, Any]]:
    """Headers and body of what is sent before the server closes the connection."""
    received = b"".join(iter(lambda: connection.recv(65536), b""))
    head, body = received.split(b"\r\n\r\n", 1)
    lines = head.decode().split("\r\n")
    return {"status": lines[0], **dict(line.split(": ", 1) for line in lines[1:])}, json.loads(body)


async def test_an_idle_connection_is_kept_as_long_as_the_setting_says(connect: Any) -> None:
    connection = await connect(keep_alive_s=1)
    connection.sendall(REQUEST)
    assert b"200 OK" in connection.recv(65536)
    began = time.monotonic()
    assert connection.recv(1) == b""
    assert 0.9 < time.monotonic() - began < 5


def test_a_server_keeps_connections_longer_than_clients_and_proxies_do(settings: ServiceSettings) -> None:
    kept_s = server_config(ledger.ledger_app(settings), settings, 0).timeout_keep_alive
    pool = httpx.Client()._transport._pool  # type: ignore[attr-defined]
    assert kept_s > max(pool._keepalive_expiry, PROXIES_KEEP_S)


async def test_a_raw_chinese_query_is_refused_with_how_to_send_it(connect: Any) -> None:
    connection = await connect()
    connection.sendall("GET /notes?q=集装箱 HTTP/1.1\r\nHost: ledger\r\n\r\n".encode())
    headers, problem = answer(connection)
    assert headers["status"] == "HTTP/1.1 400 Bad Request"
    assert headers["content-type"] == "application/problem+json"
    assert problem["type"] == "/problems/not_http"
    assert "--data-urlencode" in problem["detail"]


async def test_a_raw_chinese_query_is_refused_in_the_language_asked_for(connect: Any) -> None:
    connection = await connect()
    connection.sendall("GET /notes?q=集装箱 HTTP/1.1\r\nHost: ledger\r\nAccept-Language: zh-CN\r\n\r\n".encode())
    headers, problem = answer(connection)
    assert (headers["content-language"], problem["title"]) == ("zh", "无法读取请求")


async def test_what_is_no_http_is_refused_as_a_problem_too(connect: Any) -> None:
    connection = await connect()
    connection.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
    _, problem = answer(connection)
    assert (problem["status"], problem["type"]) == (400, "/problems/not_http")


@pytest.mark.parametrize("sent", [b"G", REQUEST[:-2], b"GET /healthz HTTP/1.1\r\nX-A: "])
async def test_half_a_head_is_given_up(connect: Any, sent: bytes) -> None:
    connection = await connect(head_timeout_s=0.2)
    connection.sendall(sent)
    headers, problem = answer(connection)
    assert (headers["status"], headers["connection"]) == ("HTTP/1.1 408 Request Timeout", "close")
    assert problem["type"] == "/problems/head_too_slow"


@pytest.mark.parametrize("sent", [b"", b"\r\n"], ids=["nothing", "a blank line"])
async def test_a_connection_on_which_no_request_begins_is_closed(connect: Any, sent: bytes) -> None:
    connection = await connect(head_timeout_s=0.2)
    connection.sendall(sent)
    assert connection.recv(1024)[:12] in (b"", b"HTTP/1.1 408")


async def test_a_blank_line_after_a_reply_holds_no_connection(connect: Any) -> None:
    connection = await connect(head_timeout_s=0.2)
    connection.sendall(REQUEST)
    assert b"200 OK" in connection.recv(65536)
    connection.sendall(b"\r\n")
    assert connection.recv(1) == b""


async def test_a_head_behind_a_large_body_is_as_large_as_it_is(connect: Any) -> None:
    connection = await connect()
    body = b"a" * 2 * TOO_LARGE_BYTES
    connection.sendall(REQUEST[:-2] + b"Content-Length: %d\r\n\r\n" % len(body) + body + REQUEST[:-2])
    assert b"200 OK" in connection.recv(65536)
    connection.sendall(b"\r\n")
    assert b"200 OK" in connection.recv(65536)


async def test_a_reply_is_not_cut_by_the_refusal_of_what_comes_behind_it(connect: Any) -> None:
    connection = await connect()
    connection.sendall(REQUEST + REQUEST[:-2] + b"X-A: " + b"a" * TOO_LARGE_BYTES + b"\r\nContent-Length: 1\r\n\r\n1")
    received = b"".join(iter(lambda: connection.recv(65536), b""))
    assert received.startswith(b"HTTP/1.1 200 OK")
    assert received.count(b"HTTP/1.1 200") == 1


@pytest.mark.parametrize("pieces", [1, 8], ids=["at once", "in pieces"])
@pytest.mark.parametrize("ending", [b"", b"\r\n\r\n", WITH_BODY], ids=["endless", "whole", "with a body"])
async def test_a_head_that_is_too_large_is_refused(connect: Any, pieces: int, ending: bytes) -> None:
    connection = await connect()
    piece = b"a" * (TOO_LARGE_BYTES // pieces)
    connection.sendall(REQUEST[:-2] + b"X-A: ")
    for _ in range(pieces):
        connection.sendall(piece)
    connection.sendall(ending)
    headers, problem = answer(connection)
    assert headers["status"] == "HTTP/1.1 431 Request Header Fields Too Large"
    assert problem["type"] == "/problems/head_too_large"
