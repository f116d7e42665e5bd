"""Reads the ordered scales of grades.toml: which grade of which scale a text names, and how high it stands."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matcher.engine.facts import numerals

_FILE = Path(__file__).with_name("grades.toml")
_NUMBERED = "(?P<grade>[一二三四五六七八九壹贰叁肆伍1-9]|I{1,3}|[ⅠⅡⅢⅣ])"
_LEADING = r"(?:[^,，。;；、\n\dA-Za-z一二三四五特]{0,8}?)"
_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "Ⅰ": 1, "Ⅱ": 2, "Ⅲ": 3, "Ⅳ": 4}
_STRICTER = 1e-3
"""How much the S of a meter's class 0.5S is better than its number says."""


@dataclass(frozen=True, slots=True)
class Scale:
    """One scale: `ranks` gives the level of each word of an order; `yes` are texts with the level that they name."""

    key: str
    better: str
    patterns: tuple[re.Pattern[str], ...]
    ranks: dict[str, float]
    yes: tuple[tuple[str, float], ...]
    no: tuple[str, ...]

    def level(self, written: str) -> float:
        """How high a grade stands on this scale, more being better."""
        if self.ranks:
            return self.ranks[written]
        if self.better == "meter":
            return -float(written.rstrip("S")) + (_STRICTER if written.endswith("S") else 0.0)
        return -_number(written) if self.better == "less" else _number(written)


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade named at `text[start:end]`; `key` is that of its scale with the trade it is for (总承包 机电)."""

    key: str
    level: float
    start: int
    end: int
    is_nominal: bool


def _number(written: str) -> float:
    digit = numerals.chinese_value(written) if not written.isascii() and written not in _ROMAN else None
    return digit if digit is not None else float(_ROMAN.get(written, 0) or written)


def _scale(row: dict[str, Any]) -> Scale:
    patterns = (pattern.replace("{g}", _NUMBERED).replace("{f}", _LEADING) for pattern in row["patterns"])
    ranks = {word: float(rank) for rank, words in enumerate(row.get("order", ())) for word in words.split("|")}
    yes, no = (tuple(map(tuple, row["yes"])), tuple(row["no"]))
    return Scale(row["key"], row["better"], tuple(re.compile(pattern) for pattern in patterns), ranks, yes, no)


SCALES = tuple(_scale(row) for row in tomllib.loads(_FILE.read_text(encoding="utf-8"))["scale"])
# Every grade has one of these, most texts have none.
_MAY_BE_GRADED = re.compile(r"[级类师]|职称|信用|激光|[A-Z]\s?-?\d|CMMI|MLPS")


def find(text: str) -> list[Grade]:
    """The grades that a text names, scale by scale."""
    return list(_grades(text)) if _MAY_BE_GRADED.search(text) else []


def _grades(text: str) -> Iterator[Grade]:
    for scale in SCALES:
        for pattern in scale.patterns:
            for match in pattern.finditer(text):
                field = match.groupdict().get("field")
                key = f"{scale.key} {field}" if field else scale.key
                level = scale.level(match["grade"])
                yield Grade(key, level, match.start(), match.end(), scale.better == "nominal")
