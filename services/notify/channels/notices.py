"""What a person reads of a delivery, in Chinese and English: a title, some lines and a link, by notices.toml."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from common import days
from common.fields import Language
from notify.deliveries.models import Delivery
from notify.deliveries.news import DIGEST_NEWS

_FILE = Path(__file__).parent / "notices.toml"
_HOLE = re.compile(r"\{([a-z_.]+)(?:\|(word|moment))?\}")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
MOST_CHANGES = 5
"""Changes of an amendment that are shown."""
MATCH = "matcher.match.computed"
_LINK_TEXT: Mapping[Language, str] = {"zh": "查看", "en": "Open"}
_MORE: Mapping[Language, str] = {"zh": "另有 {count} 处变更", "en": "and {count} more changes"}


@dataclass(frozen=True)
class Notice:
    """One line each, without control characters; `link` is empty where nobody said where notices lead."""

    title: str
    lines: tuple[str, ...]
    link: str = ""
    link_text: str = ""


@dataclass(frozen=True)
class NoticeBundle:
    """What a message tells: notices, and in the closing line how many more there are; "" where there are none."""

    notices: tuple[Notice, ...]
    more_count: int = 0
    language: Language = "zh"

    @property
    def closing(self) -> str:
        return _written()["more"][self.language].format(count=self.more_count) if self.more_count else ""

    def first(self, count: int) -> "NoticeBundle":
        """The first `count` notices; the others are counted."""
        left_out = len(self.notices[count:])
        return NoticeBundle(self.notices[:count], self.more_count + left_out, self.language)


class NoticeWording:
    """Words deliveries. `link` is the address a notice leads to, in which `{topic}` and `{id}` are filled in."""

    def __init__(self, link: str = "") -> None:
        self._link = link

    def notices(self, delivery: Delivery, language: Language) -> tuple[Notice, ...]:
        """What a delivery tells: one, or all that a digest has gathered, with the closing line as the last."""
        told = self.told(delivery, language)
        return (*told.notices, *([Notice(told.closing, ())] if told.closing else []))

    def told(self, delivery: Delivery, language: Language) -> NoticeBundle:
        if delivery.news_type != DIGEST_NEWS:
            return NoticeBundle((self.notice(*_told(delivery), language),), 0, language)
        gathered = delivery.news or {}
        items = tuple(self._item(item, language) for item in gathered.get("items", ()))
        return NoticeBundle(items, gathered.get("more_count") or 0, language)

    def _item(self, item: Mapping[str, Any], language: Language) -> Notice:
        """One piece of a digest: the title that its event has by itself, with what the digest says of it in short."""
        kind = item.get("news") or ("matcher.match.lapsed" if item.get("is_current") is False else MATCH)
        title = _written()["notice"].get(kind, {}).get(language, [_written()["unknown"][language] + kind])[0]
        said = item.get("title") or ""
        title = _HOLE.sub(lambda _: said, title) if _HOLE.search(title) else f"{title} {said}"
        shown = [_filled(line, {"item": item}, language) for line in _written()["item"][language]]
        lines = (*(line for line in shown if line is not None), *_changes(item, language))
        link = self._link.format(topic=kind.split(".")[1], id=item.get("about") or "") if self._link else ""
        return Notice(line_of(title), lines, link, _LINK_TEXT[language])

    def notice(self, kind: str, data: Mapping[str, Any], language: Language) -> Notice:
        """Of one event: what it is called in notices.toml, and its data. What is of a later release is told by its
        name alone."""
        patterns = _written()["notice"].get(kind, {}).get(language, [_written()["unknown"][language] + kind])
        title, *lines = patterns
        shown = [filled for line in lines if (filled := _filled(line, data, language)) is not None]
        link = self._link.format(topic=kind.split(".")[1], id=_id_of(kind, data)) if self._link else ""
        title = _filled(title, data, language) or _written()["unknown"][language] + kind
        return Notice(title, (*shown, *_changes(data, language)), link, _LINK_TEXT[language])


@cache
def _written() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def _told(delivery: Delivery) -> tuple[str, Mapping[str, Any]]:
    if delivery.news_type is not None:
        return delivery.news_type, delivery.news or {}
    match = delivery.match or {}
    return (MATCH if match.get("is_current") else "matcher.match.lapsed"), {"match": match}


def _id_of(kind: str, data: Mapping[str, Any]) -> str:
    told = data.get(kind.split(".")[1])
    return str(told.get("id") or told.get("match_id") or "") if isinstance(told, dict) else ""


def _filled(pattern: str, data: Mapping[str, Any], language: Language) -> str | None:
    """The pattern with each hole filled; None when something that it asks for is not said."""
    found = {hole[0]: _found(data, hole[1].split(".")) for hole in _HOLE.finditer(pattern)}
    if any(value is None or value == "" for value in found.values()):
        return None
    return line_of(_HOLE.sub(lambda hole: _shown(found[hole[0]], hole[2], language), pattern))


def _found(data: Any, path: list[str]) -> Any:
    for name in path:
        data = data.get(name) if isinstance(data, Mapping) else None
    return data


def _shown(value: Any, how: str | None, language: Language) -> str:
    if how == "moment":
        return f"{datetime.fromisoformat(value).astimezone(days.ZONE):%Y-%m-%d %H:%M}"
    said = str(value)
    return str(_written()["words"][language].get(said, said)) if how == "word" else said


def line_of(text: str) -> str:
    """Text as one line: what would end a line or a header is a blank."""
    return re.sub(r"\s+", " ", _CONTROLS.sub(" ", text)).strip()


def _changes(data: Mapping[str, Any], language: Language) -> Iterator[str]:
    """What an amendment made different."""
    changes = data.get("changes") or []
    for change in changes[:MOST_CHANGES]:
        before, after = (str("—" if change[side] is None else change[side])[:200] for side in ("before", "after"))
        yield line_of(f"{change['pointer'].removeprefix('#/')}: {before} → {after}")
    if len(changes) > MOST_CHANGES:
        yield _MORE[language].format(count=len(changes) - MOST_CHANGES)
