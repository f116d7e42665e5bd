"""Blanks what names or reaches a person, by the patterns of contacts.toml."""

import re

from common.contacts import rows
from matcher.engine.clauses import exclusions

_STRETCH = re.compile(r"[^，,。；;！!？?\n]+")


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
