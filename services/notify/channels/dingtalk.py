"""DingTalk 钉钉: custom robots of a group, by https://open.dingtalk.com/document/robots/custom-robot-access."""

import base64
import hashlib
import hmac
from datetime import datetime

from notify.channels import robots
from notify.channels.notices import NoticeBundle
from notify.channels.robots import Meaning, RobotMessage, Vendor

MOST_BYTES = 18_000
"""Of the text; a whole request may take 20,000."""
TITLE_BYTES = 150


def _render(told: NoticeBundle, secret: str | None, at: datetime) -> RobotMessage:
    text = robots.markdown(told, MOST_BYTES)
    title = robots.cut(robots.plain(told.notices[0].title), TITLE_BYTES)
    body = {"msgtype": "markdown", "markdown": {"title": title, "text": text}}
    return RobotMessage(signed(secret, at) if secret else {}, body)


def signed(secret: str, at: datetime) -> dict[str, str]:
    """HMAC-SHA256 of the time in milliseconds, a line break and the secret, under the secret; base64. It is encoded
    for the query once, with all of it."""
    timestamp = str(int(at.timestamp() * 1000))
    digest = hmac.digest(secret.encode(), f"{timestamp}\n{secret}".encode(), hashlib.sha256)
    return {"timestamp": timestamp, "sign": base64.b64encode(digest).decode()}


VENDOR = Vendor(
    parameter="access_token",
    signs=True,
    codes=("errcode",),
    meanings={
        -1: Meaning("retry", "vendor_busy"),
        130101: Meaning("retry", robots.RATE_LIMITED),
        410100: Meaning("retry", robots.RATE_LIMITED),
        90030: Meaning("retry", "quota_used_up"),
        # A keyword that lacks, a wrong signature or an address that is not let in: the answer says which.
        310000: Meaning("block", "security_settings"),
        300001: Meaning("gone", robots.ROBOT_GONE),
        400013: Meaning("gone", "group_gone"),
        400101: Meaning("gone", robots.ROBOT_GONE),
        400102: Meaning("block", "robot_switched_off"),
        400106: Meaning("gone", robots.ROBOT_GONE),
        40035: Meaning("reject", robots.CONTENT_REFUSED),
        400105: Meaning("reject", robots.CONTENT_REFUSED),
        460101: Meaning("reject", robots.TOO_LONG),
        430101: Meaning("reject", robots.CONTENT_REFUSED),
        430102: Meaning("reject", robots.CONTENT_REFUSED),
        430103: Meaning("reject", robots.CONTENT_REFUSED),
        430104: Meaning("reject", robots.CONTENT_REFUSED),
    },
    most_bytes=MOST_BYTES,
    render=_render,
)
