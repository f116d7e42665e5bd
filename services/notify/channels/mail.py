"""E-mail: the address is a mailbox that somebody confirmed, a delivery a mail, and the answer an SMTP reply."""

import asyncio
import re
import ssl
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import aiosmtplib

from common.errors import FieldFault, NotAllowedNow, invalid
from notify.channels import mail_text
from notify.channels.confirmation import LINK_LASTS, ConfirmationLinks
from notify.channels.mail_text import MailEnvelope
from notify.channels.notices import NoticeWording
from notify.channels.rules import MAILBOX
from notify.channels.shape import Address, AddressOf, beginning
from notify.deliveries.news import CONFIRMATION
from notify.deliveries.repository import Due
from notify.deliveries.rules import AttemptResult, Gone, Refused, Rejected, Sent, Unreachable
from notify.settings import NotifySettings
from notify.subscriptions.schemas import ChannelIn
from notify.subscriptions.unsubscribe import UnsubscribeLinks

SCHEME = "mailto:"
QUIT_WITHIN_S = 1.0
ADDRESS_REFUSED, MAILBOX_FULL, MAIL_REFUSED = "address_refused", "mailbox_full", "mail_refused"
_NOT_THE_ADDRESS = re.compile(r"5\.(?!1\.)(?!2\.1\b)\d+\.\d+")
"""Enhanced status codes (RFC 3463) of a refused recipient that say nothing against the address: a full mailbox (5.2.2),
a policy (5.7.…). 5.1.… is a bad address, 5.2.1 a disabled mailbox."""

_OF_THE_MAIL = re.compile(r"5\.(3\.4|6\.\d+)\b")
"""Those of a mail that will never be taken: too big, or not to be read. A daily limit, say, is of all mails."""


def addressing(settings: NotifySettings) -> AddressOf:
    async def address_of(asked: ChannelIn) -> Address:
        if not settings.smtp_host:
            raise NotAllowedNow("This deployment sends no e-mail", "本系统未启用邮件通知")
        local, _, domain = (asked.address or "").rpartition("@")
        address = f"{local}@{domain.lower()}"
        if len(address) > 254 or not re.fullmatch(MAILBOX, address):
            fault = FieldFault(
                "give an address in ASCII such as someone@example.com",
                "请填写邮箱地址，例如 someone@example.com（仅限 ASCII 字符）",
                pointer="#/channel/address",
            )
            raise invalid(fault)
        return Address(url=SCHEME + address, host=settings.smtp_host, endpoint=SCHEME + address.lower())

    return address_of


@dataclass(frozen=True)
class Post:
    """Words and links that mails are made of, and who is not written to."""

    wording: NoticeWording
    unsubscribing: UnsubscribeLinks
    confirming: ConfirmationLinks
    is_suppressed: Callable[[str], Awaitable[bool]]


class Mail:
    """Hands mails to one server, a conversation each."""

    pace = None

    def __init__(self, settings: NotifySettings, post: Post) -> None:
        self._settings, self._post = settings, post
        self.at_once = settings.smtp_connections
        self._tls = ssl.create_default_context(cafile=settings.smtp_ca) if settings.smtp_tls != "none" else None

    async def send(self, due: Due, at: datetime) -> AttemptResult:
        """Raises LookupError without the keys that links are signed with."""
        started = time.perf_counter()
        recipient = (due.subscription.url or "").removeprefix(SCHEME)
        if not self._settings.smtp_host:
            return Unreachable("mail_switched_off", 0.0)
        if await self._post.is_suppressed(recipient):
            return Gone(None, 0.0, "suppressed")
        mail = self._rendered(due, recipient)
        client = self._client()
        try:
            async with asyncio.timeout(self._settings.smtp_timeout_s):
                reply = await self._handed_over(client, recipient, mail)
            return Sent(250, time.perf_counter() - started, answer=beginning(reply.encode()))
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            return outcome(error, took_s=time.perf_counter() - started)
        finally:
            await _part(client)

    def _rendered(self, due: Due, recipient: str) -> bytes:
        delivery, subscription = due.delivery, due.subscription
        language, domain = subscription.language or "zh", self._settings.smtp_sender.rpartition("@")[2]
        named = (self._settings.smtp_sender, recipient, f"{delivery.id}@{domain}", delivery.created_at, language)
        if delivery.news_type == CONFIRMATION:
            until = delivery.created_at + LINK_LASTS
            link = self._post.confirming.link(subscription.id, subscription.url or "", until)
            organisation = f"{subscription.organisation_scheme} {subscription.organisation_code}"
            return mail_text.confirmation(organisation, link, until, MailEnvelope(*named))
        unsubscribing = self._post.unsubscribing
        envelope = MailEnvelope(*named, unsubscribing.headers(subscription.id))
        notices = self._post.wording.notices(delivery, language)
        return mail_text.rendered(notices, envelope, unsubscribing.link(subscription.id))

    def _client(self) -> aiosmtplib.SMTP:
        settings = self._settings
        return aiosmtplib.SMTP(
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            use_tls=settings.smtp_tls == "tls",
            start_tls=settings.smtp_tls == "starttls",
            tls_context=self._tls,
            timeout=settings.smtp_timeout_s,
        )

    async def _handed_over(self, client: aiosmtplib.SMTP, recipient: str, mail: bytes) -> str:
        """The server's word for having taken it."""
        settings = self._settings
        await client.connect()
        if settings.smtp_user and settings.smtp_password:
            await client.login(settings.smtp_user, settings.smtp_password.get_secret_value())
        _, reply = await client.sendmail(settings.smtp_sender, [recipient], mail)
        return reply


async def _part(client: aiosmtplib.SMTP) -> None:
    """Say good-bye. The mail was taken or refused before; how the server parts changes nothing."""
    try:
        with suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
            await client.quit(timeout=QUIT_WITHIN_S)
    finally:
        client.close()


def outcome(error: Exception, *, took_s: float) -> AttemptResult:
    """What a conversation that failed means: what is said of this mail gives it up, a refused address ends the
    subscription; all else is tried again."""
    match error:
        case aiosmtplib.SMTPRecipientsRefused():
            return _of_recipient(error.recipients[0], took_s)
        # Faults of whoever runs this, not of the subscriber: it is tried again.
        case aiosmtplib.SMTPConnectResponseError():
            return Refused(error.code, took_s, reason="server_refused", answer=_said(error))
        case aiosmtplib.SMTPAuthenticationError():
            return Refused(error.code, took_s, reason="login_refused", answer=_said(error))
        case aiosmtplib.SMTPSenderRefused() | aiosmtplib.SMTPHeloError():
            return Refused(error.code, took_s, reason="sender_refused", answer=_said(error))
        case aiosmtplib.SMTPDataError() if error.code >= 500 and _OF_THE_MAIL.match(error.message):
            return Rejected(error.code, took_s, reason=MAIL_REFUSED, answer=_said(error))
        case aiosmtplib.SMTPResponseException():
            return Refused(error.code, took_s, reason=f"smtp_{error.code}", answer=_said(error))
        case ssl.SSLError() | aiosmtplib.SMTPNotSupported():
            return Unreachable("tls_failed", took_s)
        case TimeoutError():
            return Unreachable("timed_out", took_s)
    is_tls = isinstance(error.__cause__, ssl.SSLError) or isinstance(error.__context__, ssl.SSLError)
    return Unreachable("tls_failed" if is_tls else "connection_failed", took_s)


def _of_recipient(error: aiosmtplib.SMTPRecipientRefused, took_s: float) -> AttemptResult:
    if error.code < 500:
        return Refused(error.code, took_s, reason=f"smtp_{error.code}", answer=_said(error))
    if _NOT_THE_ADDRESS.match(error.message):
        is_full = error.message.startswith("5.2.2")
        return Rejected(error.code, took_s, reason=MAILBOX_FULL if is_full else MAIL_REFUSED, answer=_said(error))
    return Gone(error.code, took_s, ADDRESS_REFUSED, answer=_said(error))


def _said(error: aiosmtplib.SMTPResponseException) -> str | None:
    return beginning(f"{error.code} {error.message}".encode())
