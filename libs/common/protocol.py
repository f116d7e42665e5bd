"""The servers' HTTP protocol: uvicorn's own, but what is no HTTP request is refused with a problem document too."""

import re

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from common import problems
from common.errors import NotHttp

_REQUEST_LINE_NOT_ASCII = re.compile(rb"\A[^\r\n]*[\x80-\xff]")
_ACCEPT_LANGUAGE = re.compile(rb"^accept-language:([^\r\n]*)", re.IGNORECASE | re.MULTILINE)


class ProblemProtocol(HttpToolsProtocol):
    """Bytes that cannot be parsed never reach the app, so it is here that they are answered."""

    _received = b""

    def data_received(self, data: bytes) -> None:
        self._received = data
        super().data_received(data)

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
