"""How notices look as a mail: plain text beside HTML, in Chinese and English."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from html import escape

from common.fields import Language
from notify.channels.notices import Notice, line_of

_STYLE = "font:16px/1.6 sans-serif;color:#1f2328;max-width:36em"
_WORDS: Mapping[Language, dict[str, str]] = {
    "zh": {
        "name": "景桥",
        "many": "{count} 条新通知",
        "why": "您收到此邮件，是因为贵单位订阅了通知。",
        "leave": "退订",
        "ask": "请确认接收通知的邮箱",
        "who": "有单位申请将以下通知发送到此邮箱：{organisation}",
        "confirm": "确认",
        "until": "若非本人操作，请忽略此邮件，不会再收到任何内容。链接有效期至 {until}（UTC）。",
    },
    "en": {
        "name": "Jingqiao",
        "many": "{count} notices",
        "why": "You receive this as your organisation subscribed to it.",
        "leave": "Unsubscribe",
        "ask": "Confirm where notices are to go",
        "who": "An organisation asks to have its notices sent to this address: {organisation}",
        "confirm": "Confirm",
        "until": "If you know nothing of it, do nothing: nothing more will come. The link works until {until} (UTC).",
    },
}


@dataclass(frozen=True)
class MailEnvelope:
    """Around every mail.

    message_id  without angle brackets: the same at every attempt, so that copies are known as such
    extra       header lines that hold addresses: they are written as they are, whatever their length, which the
                library's folding would encode
    """

    sender: str
    recipient: str
    message_id: str
    at: datetime
    language: Language
    extra: Mapping[str, str] = field(default_factory=dict)


def rendered(notices: Sequence[Notice], envelope: MailEnvelope, unsubscribe: str) -> bytes:
    """A mail of one notice, or a digest of several; `notices` are not empty."""
    words = _WORDS[envelope.language]
    subject = notices[0].title if len(notices) == 1 else words["many"].format(count=len(notices))
    foot = words["why"]
    text = "\n\n".join([*map(_text, notices), f"{foot} {words['leave']}: {unsubscribe}"])
    link = f'<a href="{escape(unsubscribe)}" style="color:#57606a">{words["leave"]}</a>'
    html = "".join(map(_html, notices)) + f'<p style="color:#57606a;font-size:13px">{foot} {link}</p>'
    return _mail(subject, text, html, envelope)


def confirmation(organisation: str, link: str, until: datetime, envelope: MailEnvelope) -> bytes:
    """The mail that asks whoever is at an address whether it is theirs."""
    words = _WORDS[envelope.language]
    lines = [words["who"].format(organisation=organisation), words["until"].format(until=f"{until:%Y-%m-%d %H:%M}")]
    text = "\n\n".join([lines[0], f"{words['confirm']}: {link}", lines[1]])
    button = f'<p><a href="{escape(link)}" style="color:#0969da">{words["confirm"]}</a></p>'
    return _mail(words["ask"], text, f"<p>{escape(lines[0])}</p>{button}<p>{escape(lines[1])}</p>", envelope)


def _text(notice: Notice) -> str:
    return "\n".join([notice.title, *notice.lines, *([notice.link] if notice.link else [])])


def _html(notice: Notice) -> str:
    lines = "".join(f"<br>{escape(line)}" for line in notice.lines)
    link = f'<br><a href="{escape(notice.link)}" style="color:#0969da">{notice.link_text}</a>' if notice.link else ""
    return f'<p style="margin:0 0 1.2em"><b>{escape(notice.title)}</b>{lines}{link}</p>'


def _mail(subject: str, text: str, html: str, envelope: MailEnvelope) -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"] = formataddr((_WORDS[envelope.language]["name"], envelope.sender))
    message["To"] = envelope.recipient
    message["Subject"] = line_of(subject)
    message["Date"] = format_datetime(envelope.at)
    message["Message-ID"] = f"<{envelope.message_id}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text, cte="base64")
    page = f'<!doctype html><html lang="{envelope.language}"><body style="{_STYLE}">{html}</body></html>'
    message.add_alternative(page, subtype="html", cte="base64")
    # Of the message rather than of chance: a copy is the same to the byte.
    message.set_boundary(f"=_{envelope.message_id.partition('@')[0]}")
    extra = "".join(f"{name}: {line_of(value)}\r\n" for name, value in envelope.extra.items())
    return extra.encode("ascii") + message.as_bytes()
