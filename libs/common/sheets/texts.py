"""Cleans what people type: digits in full width, numbers before a name, several things in one cell."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache

from common.sheets.cells import Value

_WIDE = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
_PLAIN = {**_WIDE, ord("％"): "%", 0x3000: " ", 0xA0: " "}
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\ud800-\udfff\ufff9-\uffff]"
)
_UNTIDY = re.compile(r"\s|[０-９Ａ-Ｚａ-ｚ％\u0300-\u036f]|" + _UNSEEN.pattern)
"""Whether there is anything to clean; most cells have nothing."""
_REMEMBERED = 4096
"""Texts whose reading is kept: owners, places and policies come again and again."""
_BLANKS = re.compile(r"[^\S\n]+")
_LINES = re.compile(r" ?\n[\s]*")
_CIRCLED = "①-⑳⑴-⒇⒈-⒛⓪⓵-⓾❶-❿➀-➉㈠-㈩㊀-㊉"
_ZH = "[一二三四五六七八九十]{1,3}"
_NUMBERED = rf"(?:[{_CIRCLED}]|[(（]?(?:\d{{1,3}}|{_ZH})[)）]|\d{{1,3}}(?:、|[.．](?!\d))|{_ZH}、)"
_LEADING = re.compile(rf"^\s*{_NUMBERED}\s*")
_EACH_CIRCLED = re.compile(rf"\s*[{_CIRCLED}]\s*")
_EACH_LINE = re.compile(rf"(?:^|\n)\s*{_NUMBERED}\s*")
_EACH_CLAUSE = re.compile(r"\s*[;；\n]\s*")
_EACH_NAME = re.compile(r"\s*[,，、;；\n|]\s*")


def shown(value: Value) -> str:
    """A value as text, as a spreadsheet would show it: no `.0`, no time of midnight."""
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "是" if value else "否"
        case float():
            return f"{Decimal(repr(value)).normalize():f}" if value == value and abs(value) < 1e15 else repr(value)
        case datetime():
            return value.isoformat(" ", "minutes") if value.time() != time() else value.date().isoformat()
        case date() | time():
            return value.isoformat()
        case timedelta():
            return str(value)
    return str(value)


@lru_cache(_REMEMBERED)
def clean(text: str) -> str:
    """Prose without what cannot be seen: full-width digits and letters in plain ones, runs of blanks as one. Other
    punctuation stays as it is written."""
    if not _UNTIDY.search(text):
        return text
    plain = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).translate(_PLAIN)
    return _LINES.sub("\n", _BLANKS.sub(" ", _UNSEEN.sub("", plain))).strip()


def line(text: str) -> str:
    """The same on one line."""
    return clean(text).replace("\n", " ")


@lru_cache(_REMEMBERED)
def compact(text: str) -> str:
    """For comparing and for reading values: NFKC, small letters, no blanks at all."""
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def without_number(text: str) -> str:
    """A name without the number before it: ②人工智能, 3、人工智能, （三）人工智能; 5G and 3.5米 keep theirs."""
    stripped = _LEADING.sub("", text, count=1)
    return stripped or text


def clauses(text: str) -> list[str]:
    """The things that a cell lists: at circled numbers, at numbered lines, else at semicolons and line ends."""
    text = clean(text)
    for each in (_EACH_CIRCLED, _EACH_LINE):
        if len(each.findall(text)) > 1:
            return _parts(each.split(text))
    return _parts(without_number(part) for part in _EACH_CLAUSE.split(text))


def names(text: str) -> list[str]:
    """The names that a cell lists, without their numbers."""
    text = clean(text)
    found = _EACH_CIRCLED.split(text) if len(_EACH_CIRCLED.findall(text)) > 1 else _EACH_NAME.split(text)
    return _parts(without_number(part) for part in found)


def _parts(found: Iterable[str]) -> list[str]:
    return [part for each in found if (part := each.strip(" \n\t;；。,，、"))]
