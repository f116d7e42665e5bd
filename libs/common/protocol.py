"""The servers' HTTP protocol: uvicorn's own, but what is no HTTP request is refused with a problem document too."""

import asyncio
import re
import time

import uvicorn
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from common import problems
from common.arrival import ARRIVED
from common.errors import HeadTooLarge, HeadTooSlow, NotHttp, Problem

_REQUEST_LINE_NOT_ASCII = re.compile(rb"\A[^\r\n]*[\x80-\xff]")
ARRIVES_WITHIN_S = 1.0
"""How long a stopping server waits for the first bytes of a new connection: some are opened and never used."""
LARGEST_HEAD_BYTES = 64 * 2**10
"""Of a request's line and headers together; the parser would take them without end."""
_ACCEPT_LANGUAGE = re.compile(rb"^accept-language:([^\r\n]*)", re.IGNORECASE | re.MULTILINE)


class ServerConfig(uvicorn.Config):
    """Uvicorn's, and how long the head of a request may take."""

    head_timeout_s: float = 30.0


class ProblemProtocol(HttpToolsProtocol):
    """Bytes that cannot be parsed never reach the app, so it is here that they are answered.

    A connection on which no request has begun, or one whose head does not come whole, is closed after the config's
    `head_timeout_s`; a head beyond LARGEST_HEAD_BYTES is refused as soon as it is seen.

    When the server stops, a connection ends with the reply to the request in hand, or the next.
    """

    _received = b""
    _is_awaited = True
    """Whether a request is on its way: a new connection's first, or one whose head has come in part."""

    _is_in_head = True
    _head_bytes = 0
    """Received of a head that is not whole yet."""
    _has_ended = False
    """Whether a request ended in the bytes that came last."""
    _is_refused = False
    """What follows is not looked at."""
    _head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._cancel_head_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._is_refused:
            return
        self._received, self._has_ended = data, False
        super().data_received(data)
        if self._is_refused or self.transport.is_closing():
            return
        if self._is_in_head:
            # How much belongs to a head that began behind another request is not known; it is one read at most.
            self._head_bytes += 1 if self._has_ended else len(data)
            if self._head_bytes > LARGEST_HEAD_BYTES:
                self._refuse(_head_too_large())
                return
        # The second case: between two requests, or of a body that was refused, bytes that begin no request.
        if self._is_in_head or self.cycle.response_complete:
            self._await_head()

    def on_message_begin(self) -> None:
        self._is_awaited = self._is_in_head = True
        self._head_bytes = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        if self._is_refused:
            return
        self._is_awaited = self._is_in_head = False
        self._cancel_head_timer()
        if len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > LARGEST_HEAD_BYTES:
            self._refuse(_head_too_large())
            return
        super().on_headers_complete()
        if getattr(self.server_state, "is_stopping", False):
            self.end_with_reply()

    def on_body(self, body: bytes) -> None:
        if not self._is_refused:
            super().on_body(body)

    def on_message_complete(self) -> None:
        if self._is_refused:
            return
        self._has_ended = True
        self.scope[ARRIVED] = time.monotonic()  # type: ignore[literal-required]  # ASGI has servers add keys
        super().on_message_complete()

    def end_with_reply(self) -> None:
        """Close the connection after the reply to the newest request in hand, if there is one."""
        if self.cycle is not None and not self.cycle.response_started:
            self.cycle.keep_alive = False

    def shutdown(self) -> None:
        """Called once nothing new is accepted. A request that is on its way has a moment to arrive."""
        if self._is_awaited:
            self._is_awaited = False
            self.loop.call_later(ARRIVES_WITHIN_S, self.shutdown)
        else:
            super().shutdown()

    def _await_head(self) -> None:
        """Give the next head its time, unless it runs already."""
        if self._head_timer is None:
            self._head_timer = self.loop.call_later(self._head_timeout_s, self._on_late_head)

    @property
    def _head_timeout_s(self) -> float:
        return self.config.head_timeout_s if isinstance(self.config, ServerConfig) else ServerConfig.head_timeout_s

    def _cancel_head_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _on_late_head(self) -> None:
        self._head_timer = None
        if self.cycle is not None and not self.cycle.response_complete:
            self._await_head()  # a reply is in hand, which closing would cut
        elif self._is_in_head and self._head_bytes:
            self._refuse(_head_too_slow(self._head_timeout_s))
        else:
            self.transport.close()

    def send_400_response(self, msg: str) -> None:
        """In place of uvicorn's plain text; the connection ends with it."""
        self._refuse(_not_ascii() if _REQUEST_LINE_NOT_ASCII.match(self._received) else _unparsed())

    def _refuse(self, problem: Problem) -> None:
        self._is_refused = True
        if self.cycle is not None and not (self.cycle.more_body or self.cycle.response_complete):
            # The reply to the request before would be cut: the connection ends with it, and without this one.
            self.cycle.keep_alive = False
            self.flow.pause_reading()
            return
        language = _ACCEPT_LANGUAGE.search(self._received)
        reply = problems.render(problem, path="", accept_language=language[1].decode("latin-1") if language else None)
        headers = b"".join(name + b": " + value + b"\r\n" for name, value in reply.raw_headers)
        self.transport.write(STATUS_LINE[problem.status] + headers + b"connection: close\r\n\r\n" + bytes(reply.body))
        self.transport.close()


def _not_ascii() -> NotHttp:
    return NotHttp(
        "The address has characters outside ASCII; percent-encode them as UTF-8. "
        "With curl: -G --data-urlencode 'q=集装箱'",
        "网址中有非 ASCII 字符，请按 UTF-8 做百分号编码。使用 curl 时：-G --data-urlencode 'q=集装箱'",
    )


def _unparsed() -> NotHttp:
    return NotHttp("What was received is no HTTP/1.1 request", "收到的内容不是 HTTP/1.1 请求")


def _head_too_large() -> HeadTooLarge:
    most = LARGEST_HEAD_BYTES // 2**10
    return HeadTooLarge(f"Send at most {most} KiB of address and headers", f"网址与请求头合计最多 {most} KiB")


def _head_too_slow(within_s: float) -> HeadTooSlow:
    return HeadTooSlow(
        f"Address and headers have to arrive within {within_s:g} seconds", f"网址与请求头应在 {within_s:g} 秒内传完"
    )
