"""Feishu 飞书: custom robots of a group, by https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot."""

import base64
import hashlib
import hmac
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from notify.channels import robots
from notify.channels.notices import Notice, NoticeBundle
from notify.channels.robots import Meaning, RobotMessage, Vendor

MOST_BYTES = 15_000
"""Of all texts of a message; a whole request may take 20 KB."""
LEAST_BYTES = 100
"""With less left, nothing more is added."""
TITLE_BYTES = 300


def _render(told: NoticeBundle, secret: str | None, at: datetime) -> RobotMessage:
    """Texts are elements of their own, in which nothing is read as markup or mention."""
    notices, content, left = told.notices, [], MOST_BYTES - len(told.closing.encode())
    for element in (each for notice in notices for each in _elements(notice, is_titled=len(notices) > 1)):
        shown = robots.cut(element["text"], left)
        left -= len(shown.encode())
        content.append([{**element, "text": shown}])
        if left < LEAST_BYTES:
            break
    if told.closing:
        content.append([{"tag": "text", "text": told.closing}])
    post = {"zh_cn": {"title": robots.cut(notices[0].title, TITLE_BYTES), "content": content}}
    return RobotMessage({}, {**(signed(secret, at) if secret else {}), "msg_type": "post", "content": {"post": post}})


def _elements(notice: Notice, *, is_titled: bool) -> Iterator[dict[str, str]]:
    for line in ([notice.title] if is_titled else []) + list(notice.lines):
        yield {"tag": "text", "text": line}
    if notice.link:
        yield {"tag": "a", "text": notice.link_text, "href": notice.link}


def signed(secret: str, at: datetime) -> dict[str, Any]:
    """HMAC-SHA256 of nothing, under the time in seconds, a line break and the secret; base64."""
    timestamp = str(int(at.timestamp()))
    digest = hmac.digest(f"{timestamp}\n{secret}".encode(), b"", hashlib.sha256)
    return {"timestamp": timestamp, "sign": base64.b64encode(digest).decode()}


VENDOR = Vendor(
    parameter=None,
    signs=True,
    codes=("code", "StatusCode"),
    meanings={
        11232: Meaning("retry", robots.RATE_LIMITED),
        # "Bad Request" of a malformed message; also said to who writes too often.
        9499: Meaning("retry", robots.RATE_LIMITED),
        19021: Meaning("block", robots.SIGNATURE_WRONG),
        19022: Meaning("block", "address_not_allowed"),
        19024: Meaning("block", "keyword_missing"),
        19001: Meaning("gone", robots.ROBOT_GONE),
        19002: Meaning("reject", robots.CONTENT_REFUSED),
    },
    most_bytes=MOST_BYTES,
    render=_render,
)
