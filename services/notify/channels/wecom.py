"""WeCom 企业微信: robots of a group, by https://developer.work.weixin.qq.com/document/path/91770."""

from datetime import datetime

from notify.channels import robots
from notify.channels.notices import NoticeBundle
from notify.channels.robots import Meaning, RobotMessage, Vendor

MOST_BYTES = 4096
"""Of a message in Markdown, in UTF-8."""


def _render(told: NoticeBundle, _secret: str | None, _at: datetime) -> RobotMessage:
    return RobotMessage({}, {"msgtype": "markdown", "markdown": {"content": robots.markdown(told, MOST_BYTES)}})


VENDOR = Vendor(
    parameter="key",
    signs=False,
    codes=("errcode",),
    meanings={
        -1: Meaning("retry", "vendor_busy"),
        45009: Meaning("retry", robots.RATE_LIMITED),
        45033: Meaning("retry", robots.RATE_LIMITED),
        93000: Meaning("gone", robots.ROBOT_GONE),
        93004: Meaning("block", "robot_switched_off"),
        93008: Meaning("gone", "robot_not_in_group"),
        40008: Meaning("reject", robots.CONTENT_REFUSED),
        40058: Meaning("reject", robots.CONTENT_REFUSED),
        44004: Meaning("reject", robots.CONTENT_REFUSED),
        45002: Meaning("reject", robots.TOO_LONG),
    },
    most_bytes=MOST_BYTES,
    render=_render,
)
