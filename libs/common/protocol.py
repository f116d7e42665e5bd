"""The servers' HTTP protocol: uvicorn's own, but what is no HTTP request is refused with a problem document too."""

import re
import time

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from common import problems
from common.arrival import ARRIVED
from common.errors import NotHttp

_REQUEST_LINE_NOT_ASCII = re.compile(rb"\A[^\r\n]*[\x80-\xff]")
ARRIVES_WITHIN_S = 1.0
"""How long a stopping server waits for the first bytes of a new connection: some are opened and never used."""
_ACCEPT_LANGUAGE = re.compile(rb"^accept-language:([^\r\n]*)", re.IGNORECASE | re.MULTILINE)


class ProblemProtocol(HttpToolsProtocol):
    """Bytes that cannot be parsed never reach the app, so it is here that they are answered.

    When the server stops, a connection ends with the reply to the request in hand, or the next.
    """

    _received = b""
    _is_awaited = True
    """Whether a request is on its way: a new connection's first, or one whose head has come in part."""

    def data_received(self, data: bytes) -> None:
        self._received = data
        super().data_received(data)

    def on_message_begin(self) -> None:
        self._is_awaited = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._is_awaited = False
        super().on_headers_complete()
        if getattr(self.server_state, "is_stopping", False):
            self.end_with_reply()

    def on_message_complete(self) -> None:
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

    def send_400_response(self, msg: str) -> None:
        """In place of uvicorn's plain text; the connection ends with it."""
        language = _ACCEPT_LANGUAGE.search(self._received)
        problem = _not_ascii() if _REQUEST_LINE_NOT_ASCII.match(self._received) else _unparsed()
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
