"""A real SMTP server on this machine, which refuses, waits or hangs up as it is told."""

import asyncio
import ssl
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from pathlib import Path
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword


@dataclass(frozen=True)
class Mail:
    """As it arrived; `raw` to the byte."""

    recipients: tuple[str, ...]
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=POLICY)

    def text(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        assert part is not None
        return str(part.get_content())


@dataclass
class _Handler:
    received: list[Mail] = field(default_factory=list)
    to_recipients: deque[str] = field(default_factory=deque)
    to_data: deque[str] = field(default_factory=deque)
    hears_good_byes: bool = True

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if self.to_recipients:
            return self.to_recipients.popleft()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        reply = self.to_data.popleft() if self.to_data else "250 OK"
        if reply.startswith("2"):
            self.received.append(Mail(tuple(envelope.rcpt_tos), envelope.original_content))
        return reply

    async def handle_QUIT(self, server: Any, session: Any, envelope: Any) -> str:
        if not self.hears_good_byes:
            await asyncio.Event().wait()
        return "221 Bye"


class MailServer(Controller):
    """Listens on a free loopback port while used as a context manager.

    tls    certificate and key, for STARTTLS, which is then asked for before anything else
    login  name and password that are asked for
    """

    def __init__(self, tls: tuple[Path, Path] | None = None, login: tuple[str, str] | None = None) -> None:
        self._handler = _Handler()
        options: dict[str, Any] = {}
        if tls is not None:
            options["tls_context"] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            options["tls_context"].load_cert_chain(*tls)
            options["require_starttls"] = True
        if login is not None:
            options |= {"auth_required": True, "authenticator": _knowing(*login)}
        super().__init__(self._handler, hostname="127.0.0.1", port=0, **options)

    def __enter__(self) -> "MailServer":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop(no_assert=True)

    def _trigger_server(self) -> None:
        # The port that was asked for is 0: which it became stands in the socket.
        self.port = cast(asyncio.Server, self.server).sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]

    @property
    def received(self) -> list[Mail]:
        return list(self._handler.received)

    def refuse_recipients(self, *replies: str) -> None:
        """Answer the coming RCPT commands so, one each."""
        self._handler.to_recipients.extend(replies)

    def refuse_data(self, *replies: str) -> None:
        """Answer the coming mails so, one each."""
        self._handler.to_data.extend(replies)

    def ignore_good_byes(self) -> None:
        """Leave QUIT unanswered, with the connection open."""
        self._handler.hears_good_byes = False


def _knowing(name: str, password: str) -> Callable[..., AuthResult]:
    def authenticate(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        known = isinstance(data, LoginPassword) and (data.login, data.password) == (name.encode(), password.encode())
        return AuthResult(success=known, handled=False)

    return authenticate
