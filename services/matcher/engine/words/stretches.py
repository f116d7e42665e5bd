"""Finds the stretches between commas that a sentence is made of."""

import re

_COMMA = re.compile(r"[，,](?!\d{3}(?!\d))\s*|[:：]\s*|\n")
_FAR = 120
_LETTERS = re.compile(r"[^\W_]")


def segment(text: str, position: int) -> tuple[int, int]:
    """The stretch between commas that holds `position`, cut off where it runs on and on."""
    start, end = max(0, position - _FAR), min(len(text), position + _FAR)
    for match in _COMMA.finditer(text, start, end):
        if match.end() <= position:
            start = match.end()
        elif match.start() >= position:
            end = match.start()
            break
    return start, end


def segments(text: str) -> list[tuple[int, int]]:
    """The stretches between commas, in order."""
    joints = [(match.start(), match.end()) for match in _COMMA.finditer(text)]
    starts = [0, *(end for _, end in joints)]
    ends = [*(start for start, _ in joints), len(text)]
    return [(start, end) for start, end in zip(starts, ends, strict=True) if _LETTERS.search(text, start, end)]
