"""Cuts the words that only lead to a figure off the name of what is measured."""

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

LONGEST = 60
"""Characters of a metric's name; the rest is cut."""
_FILE = Path(__file__).parent / "name_words.tsv"
_ENGLISH_LEADING, _ENGLISH_TRAILING = (
    r"the\s|a\s|an\s|with\s|and\s",
    r"\bis|\bare|\bof|\bbe|\bto|\bshall|\bmust|\bshould|\bwith|\bfrom|\bat least|\bat",
)


class Word(NamedTuple):
    """A line of name_words.tsv; `kept_by` are the characters beside which it is part of a longer word."""

    place: str
    word: str
    kept_by: str
    example: str


@cache
def words() -> tuple[Word, ...]:
    lines = [line for line in _FILE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return tuple(Word(*[*line.split("\t"), "", ""][:4]) for line in lines)


def bare(name: str) -> str | None:
    """The name without those words, None when nothing is left."""
    stripped = _trailing().sub("", _leading().sub("", name.strip())).strip(" ，,、:：")
    return " ".join(stripped.split())[:LONGEST].strip() or None


@cache
def _leading() -> re.Pattern[str]:
    chinese = (
        f"{one.word}(?![{one.kept_by}])" if one.kept_by else one.word for one in words() if one.place == "leading"
    )
    return re.compile(rf"^(?:\s|{'|'.join(chinese)}|{_ENGLISH_LEADING})+", re.IGNORECASE)


@cache
def _trailing() -> re.Pattern[str]:
    chinese = (
        f"(?<![{one.kept_by}]){one.word}" if one.kept_by else one.word for one in words() if one.place == "trailing"
    )
    return re.compile(rf"(?:(?:{'|'.join(chinese)}|{_ENGLISH_TRAILING})\s*)+$", re.IGNORECASE)
