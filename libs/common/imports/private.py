"""Keeps whom to call out of what everyone reads: phone numbers, addresses and names go into the private contact."""

import re
from functools import cache, lru_cache

from common.contacts import rows
from common.imports.understanding import RemarkLevel, Understood
from common.sheets.records import Read
from common.sheets.texts import compact, without_number

_MAY_HOLD_ONE = re.compile(r"\d[\d ()（）-]{5,}\d|[@＠]|\[at\]|微信|QQ", re.IGNORECASE)
_LABEL = (
    r"(?:联系人|负责人|联系电话|联系方式|办公电话|电话|手机号?码?|邮箱|电子邮件|e-?mail|tel|phone|contact)\s*[:：]?\s*"
)
_LABELS = re.compile(_LABEL, re.IGNORECASE)
_LEFT_OVER = re.compile(r"[(（]\s*[)）]|(?<=[，,；;。\n])[\s，,；;、:：]+|^[\s，,；;、:：/]+|[\s，,；;、:：/]+$")
_LOCAL = re.compile(r"\d[\d -]{5,14}\d")
"""A number without its area code, where only numbers are looked for."""
UNNAMED = "联系人"


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    """The patterns of contacts.toml by id, each with a label that may stand before it; the contact is the group."""
    return {row.id: re.compile(f"(?:{_LABEL})?(?P<contact>{row.pattern.pattern})", re.IGNORECASE) for row in rows()}


def without_contacts(row: Understood, read: Read, text: str) -> str:
    """The text without phone numbers and addresses, which go into the row's contact; names beside them go too."""
    if not _MAY_HOLD_ONE.search(text):
        return text
    left = _taken(row, text)
    if left == text:
        return text
    row.say(
        RemarkLevel.NOTE,
        read,
        "held a phone number or address, which only you will see",
        "含有联系方式，已移入仅本单位可见的联系人",
    )
    return _LEFT_OVER.sub("", left).strip()


def _taken(row: Understood, text: str) -> str:
    left, found = _found(text)
    for name, contact in found:
        row.contact.setdefault(name, contact)
    return left


@lru_cache(4096)
def _found(text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The text without contacts, and those that are of use: member of a contact, and what it says."""
    left, contacts = text, list[tuple[str, str]]()
    for name in (*_PHONES, "email", "identity", "account"):
        left = _take(contacts, left, name)
    if left != text:
        for name in ("named", "titled"):
            left = _take(contacts, left, name)
    return left, tuple(contacts)


_PHONES = ("mobile", "landline", "local")
_MEMBERS = {**dict.fromkeys(_PHONES, "phone"), "email": "email", "named": "name", "titled": "name"}


def _take(contacts: list[tuple[str, str]], text: str, name: str) -> str:
    def taken(found: re.Match[str]) -> str:
        if member := _MEMBERS.get(name):
            contacts.append((member, _tidy(found["contact"])))
        return ""

    return _patterns()[name].sub(taken, text)


def contact(row: Understood, read: Read, text: str, *, part: str | None) -> None:
    """What a column of contacts says. `part` is the member that the column is about; without it, it is all in one."""
    if part == "name":
        row.contact.setdefault("name", without_number(text))
    row.reads.setdefault("contact", read)
    left = _taken(row, text)
    if left == text and part != "name" and (found := _LOCAL.search(text)):
        row.contact.setdefault("phone", found[0])
        left = text.replace(found[0], "")
    if part is None and (name := _LEFT_OVER.sub("", _LABELS.sub("", left)).strip()):
        row.contact.setdefault("name", name)
    if part in {"phone", "email"} and left == text and compact(text):
        row.say(RemarkLevel.WARNING, read, "is no phone number or address that is known", "不是可识别的电话或邮箱")


def settled(row: Understood) -> dict[str, str] | None:
    """The contact of a row, None when nobody can be reached by what it says."""
    found = {name: value for name, value in row.contact.items() if value}
    if not {"phone", "email"} & found.keys():
        return None
    return {"name": UNNAMED, **found}


def _tidy(contact: str) -> str:
    plain = _LABELS.sub("", contact).replace("＠", "@").replace("（", "(").replace("）", ")")
    return plain.strip(" 为是:：,，")
