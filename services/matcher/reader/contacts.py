"""Blanks what names or reaches a person, by the patterns of contacts.toml."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from matcher.engine.clauses import exclusions

_FILE = Path(__file__).parent / "contacts.toml"
_STRETCH = re.compile(r"[^，,。；;！!？?\n]+")


@dataclass(frozen=True, slots=True)
class ContactPattern:
    """A row of the file; `yes` pairs a text with what is left of it."""

    id: str
    pattern: re.Pattern[str]
    yes: tuple[tuple[str, str], ...]
    no: tuple[str, ...]


@cache
def rows() -> tuple[ContactPattern, ...]:
    written: list[dict[str, Any]] = tomllib.loads(_FILE.read_text(encoding="utf-8"))["contact"]
    return tuple(
        ContactPattern(
            row["id"], re.compile(row["pattern"], re.IGNORECASE), tuple(map(tuple, row["yes"])), tuple(row["no"])
        )
        for row in written
    )


def without(text: str) -> str:
    """The text with blanks in the place of contacts, as long as before; so is a stretch that only says how to ask."""
    text = _STRETCH.sub(lambda match: _blank(match) if _is_invitation(match[0]) else match[0], text)
    for row in rows():
        text = row.pattern.sub(_blank, text)
    return text


def _is_invitation(stretch: str) -> bool:
    return exclusions.excluded(stretch, asks=True) is exclusions.Excluded.CONTACT


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])
