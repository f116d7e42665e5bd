"""What the chat robots of all vendors have alike: a secret address, a message of limited length, a code in a 200."""

import hashlib
import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple

from pydantic_core import Url

from common.errors import FieldFault, invalid
from common.vault import Vault
from notify import backoff
from notify.channels import rules
from notify.channels.notices import NoticeBundle, NoticeWording
from notify.channels.shape import Address, AddressOf, beginning
from notify.deliveries.repository import Due
from notify.deliveries.rules import (
    AttemptResult,
    Blocked,
    EndpointPace,
    Gone,
    Refused,
    Rejected,
    Sent,
    Unreachable,
    outcome_of,
)
from notify.egress import Answered, Egress, Unanswered
from notify.subscriptions.schemas import ChannelIn

PACE = EndpointPace(burst=5, interval_s=4.0)
"""DingTalk and WeCom take 20 messages a minute of one robot, and DingTalk none for ten minutes after more."""
_HEADERS = {"Content-Type": "application/json; charset=utf-8", "Accept-Encoding": "identity"}
ANSWER_WITHIN_S = 4.0
_MOST_SHOWN = 20
"""Notices in one message at most."""


class Meaning(NamedTuple):
    """What a vendor's code means: what comes of the delivery, and the reason as a word."""

    kind: Literal["retry", "reject", "block", "gone"]
    reason: str


class RobotMessage(NamedTuple):
    """What is asked of a vendor: the query beside the token, and the body."""

    query: Mapping[str, str]
    body: Mapping[str, Any]


@dataclass(frozen=True)
class Vendor:
    """One vendor's robots.

    parameter  of the query, in which the token goes; None: it is the last part of the path
    signs      whether a robot may have a secret that signs
    codes      members of an answer that may hold the code, the first that is there counts
    meanings   of codes; of those that are not named, nothing is known but that the message was not taken
    most_bytes how much text one message takes, in UTF-8
    render     the message for some notices, in the words of the first, signed with a secret at a moment; what is longer
               than `most_bytes` is cut before the closing line
    """

    parameter: str | None
    signs: bool
    codes: tuple[str, ...]
    meanings: Mapping[int, Meaning]
    most_bytes: int
    render: Callable[[NoticeBundle, str | None, datetime], RobotMessage]

    def message(self, told: NoticeBundle, secret: str | None, at: datetime) -> RobotMessage:
        """With as many notices as fit whole, the first at least; how many are left out is said."""
        return self.render(_fitting(told, self.most_bytes), secret, at)


def _fitting(told: NoticeBundle, most_bytes: int) -> NoticeBundle:
    for count in range(min(len(told.notices), _MOST_SHOWN), 1, -1):
        shown = told.first(count)
        if len(_whole(shown).encode()) <= most_bytes:
            return shown
    return told.first(1)


def addressing(vendor: Vendor, base: str) -> AddressOf:
    async def address_of(asked: ChannelIn) -> Address:
        try:
            token = rules.robot_token(asked.url or "", base, vendor.parameter)
        except rules.UrlRefused as error:
            raise invalid(FieldFault(error.detail, error.detail_zh, pointer="#/channel/url")) from error
        endpoint = hashlib.sha256(f"{base} {token}".encode()).hexdigest()
        shown = f"{base}?{vendor.parameter}=…{token[-4:]}" if vendor.parameter else f"{base}/…{token[-4:]}"
        return Address(shown, Url(base).host, endpoint, token, asked.secret)

    return address_of


class Robots(NamedTuple):
    """What the robots of all vendors are sent with."""

    egress: Egress
    vault: Vault
    wording: NoticeWording
    at_once: int


class Robot:
    """Sends deliveries to the robots of one vendor."""

    pace = PACE

    def __init__(self, robots: Robots, vendor: Vendor, base: str) -> None:
        self._egress, self._vault, self._wording, self.at_once = robots
        self._vendor, self._base = vendor, base.rstrip("/")

    async def send(self, due: Due, at: datetime) -> AttemptResult:
        subscription = due.subscription
        token = self._vault.open(subscription.sealed_token or "")
        secret = self._vault.open(subscription.sealed_secret) if subscription.sealed_secret else None
        told = self._wording.told(due.delivery, subscription.language or "zh")
        message = self._vendor.message(told, secret, at)
        body = json.dumps(message.body, ensure_ascii=False).encode()
        started = time.perf_counter()
        # What the code says decides, so the answer gets as long as the request.
        url, query = self._target(token, message.query)
        answer = await self._egress.post(url, body, _HEADERS, query=query, body_within_s=ANSWER_WITHIN_S)
        return outcome(self._vendor, answer, at, took_s=time.perf_counter() - started)

    def _target(self, token: str, query: Mapping[str, str]) -> tuple[str, Mapping[str, str]]:
        if self._vendor.parameter is None:
            return f"{self._base}/{token}", query
        return self._base, {self._vendor.parameter: token, **query}


def outcome(vendor: Vendor, answer: Answered | Unanswered, at: datetime, *, took_s: float) -> AttemptResult:
    """The code counts, whatever the status; without one, a status that is not 2xx, or an answer that says nothing."""
    if isinstance(answer, Unanswered):
        return Unreachable(answer.fault, took_s)
    code, shown = _code(vendor, answer.body), beginning(answer.body)
    if code is None:
        asked = backoff.asked_wait_s(answer.retry_after, at)
        by_status = outcome_of(answer.status, took_s=took_s, retry_after_s=asked, answer=shown)
        unsaid = Refused(answer.status, took_s, reason="answer_unreadable", answer=shown)
        return unsaid if isinstance(by_status, Sent) else by_status
    if code == 0:
        return Sent(answer.status, took_s, answer=shown)
    return _meant(vendor.meanings.get(code, Meaning("retry", f"code_{code}")), answer.status, took_s, shown)


def _meant(meaning: Meaning, status: int, took_s: float, shown: str | None) -> AttemptResult:
    match meaning.kind:
        case "reject":
            return Rejected(status, took_s, reason=meaning.reason, answer=shown)
        case "block":
            return Blocked(status, took_s, reason=meaning.reason, answer=shown)
        case "gone":
            return Gone(status, took_s, reason=meaning.reason, answer=shown)
        case "retry":
            # DingTalk closes a robot that was written to too often for ten minutes.
            wait_s = 600.0 if meaning.reason == RATE_LIMITED else None
            return Refused(status, took_s, wait_s, meaning.reason, answer=shown)


def _code(vendor: Vendor, body: bytes) -> int | None:
    try:
        said = json.loads(body)
    except ValueError:
        return None
    found = [said[name] for name in vendor.codes if name in said] if isinstance(said, dict) else []
    return found[0] if found and type(found[0]) is int else None


RATE_LIMITED = "rate_limited"
SIGNATURE_WRONG = "signature_wrong"
ROBOT_GONE = "robot_gone"
TOO_LONG = "too_long"
CONTENT_REFUSED = "content_refused"

_MARKUP = str.maketrans("<>[]*`#_|~\\", "＜＞［］＊｀＃＿｜～＼")


def plain(text: str) -> str:
    """Text in which a vendor reads no markup, mention or link: what could be any is shown in full width."""
    return re.sub(r"\s+", " ", text).translate(_MARKUP)


def cut(text: str, limit_bytes: int) -> str:
    """The longest beginning of whole characters that takes `limit_bytes` of UTF-8 with the sign that it was cut."""
    encoded = text.encode()
    if len(encoded) <= limit_bytes:
        return text
    sign = "…"
    return encoded[: limit_bytes - len(sign.encode())].decode(errors="ignore") + sign


def markdown(told: NoticeBundle, limit_bytes: int) -> str:
    """The notices one after the other, each with its title in bold; the link of each last, the closing line at the
    end. What is too long is cut before that line."""
    ending = f"\n\n{told.closing}" if told.closing else ""
    return cut(_notices(told), limit_bytes - len(ending.encode())) + ending


def _whole(told: NoticeBundle) -> str:
    """No vendor's message has more text than this."""
    return f"{_notices(told)}\n\n{told.closing}"


def _notices(told: NoticeBundle) -> str:
    return "\n\n".join(
        "\n\n".join(
            [
                f"**{plain(notice.title)}**",
                *(plain(line) for line in notice.lines),
                *([f"[{notice.link_text}]({notice.link})"] if notice.link else []),
            ]
        )
        for notice in told.notices
    )
