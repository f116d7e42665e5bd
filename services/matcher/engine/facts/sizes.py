"""Sizes of two or three sides (1200×800×600mm, 3m×2m), and numbers of pixels (1920×1080)."""

import re
from dataclasses import dataclass

from matcher.engine.facts import cue_words, quantities
from matcher.engine.facts.cue_words import Cue
from matcher.engine.facts.units import UNITS

_NUMBER = r"\d+(?:\.\d+)?"
_UNIT = r"mm|毫米|cm|厘米|m(?![a-zA-Z²³])|米|μm|微米"
_WHICH = r"(?:\s?[(（]?[长宽高深LWHD][)）]?)?"
_SIDE = rf"{_WHICH}\s?({_NUMBER}){_WHICH}\s?({_UNIT})?{_WHICH}"
_BY = r"\s?[×xX*✕]\s?"
_SIZE = re.compile(rf"(?<![A-Za-z0-9.]){_SIDE}{_BY}{_SIDE}(?:{_BY}{_SIDE})?(?!\.?\d|[A-Za-z]+\d|\s?/)")
_PIXELS = re.compile(r"分辨率|像素|画面|\b(?:resolution|pixels?|px)\b", re.IGNORECASE)
_PIXEL_WORDS = 24
_LEAST_PIXELS = 100


@dataclass(frozen=True, slots=True)
class Size:
    """`text[start:end]` is the size with its comparison, `figure_start` the first number.

    sides   in metres, or in pixels, as written
    cue     of comparison, None for a bare size
    """

    sides: tuple[float, ...]
    is_pixels: bool
    cue: Cue | None
    start: int
    figure_start: int
    end: int


def find(text: str) -> tuple[Size, ...]:
    """The sizes of a text in order. Numbers without a unit count in pixels where the words before say so, else not."""
    folded = quantities.fold(text)
    found = (_size(folded, match) for match in _SIZE.finditer(folded))
    return tuple(size for size in found if size)


def _size(text: str, match: re.Match[str]) -> Size | None:
    written = [float(number) for number in match.group(1, 3, 5) if number]
    units = [unit for unit, number in zip(match.group(2, 4, 6), match.group(1, 3, 5), strict=True) if number]
    if units[-1] is None:
        if not (_PIXELS.search(text[max(0, match.start() - _PIXEL_WORDS) : match.start()]) and len(written) == 2):
            return None
        if min(written) < _LEAST_PIXELS:
            return None
        sides, is_pixels = tuple(written), True
    else:
        sides = tuple(number * UNITS[unit or units[-1]].factor for number, unit in zip(written, units, strict=True))
        is_pixels = False
    lead, trail = cue_words.leading(text, match.start()), cue_words.trailing(text, match.end())
    cue = lead[0] if lead else trail[0] if trail else None
    start, end = lead[1] if lead else match.start(), trail[1] if trail and not lead else match.end()
    return Size(sides, is_pixels, cue, start, match.start(1), end)
