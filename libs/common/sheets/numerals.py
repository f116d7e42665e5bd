"""Whole numbers written in Chinese: 三百二十万 as 3200000, 二〇二六 as 2026."""

import re

_NAMES = ("〇零", "一壹", "二贰两", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖")
_DIGITS = {digit: number for number, digits in enumerate(_NAMES) for digit in digits}
_SMALL = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_LARGE = {"万": 10**4, "亿": 10**8}
RUN = f"[{''.join(_DIGITS)}{''.join(_SMALL)}]+"
_RUN = re.compile(RUN)


def value(text: str) -> int | None:
    """The number of a text that is nothing else: digits one by one (二〇二六), or with 十百千万亿. None otherwise."""
    if not text:
        return None
    if all(character in _DIGITS for character in text):
        return int("".join(str(_DIGITS[character]) for character in text))
    for unit, worth in reversed(_LARGE.items()):
        before, found, behind = text.partition(unit)
        if found:
            left, right = value(before), value(behind) if behind else 0
            return None if left is None or right is None else left * worth + right
    return _below_ten_thousand(text)


def _below_ten_thousand(text: str) -> int | None:
    total = digit = 0
    for character in text:
        if character in _DIGITS:
            digit = _DIGITS[character]
        elif character in _SMALL:
            total, digit = total + (digit or 1) * _SMALL[character], 0
        else:
            return None
    return total + digit


def arabic(text: str) -> str:
    """The text with every run of Chinese digits, without 万 and 亿, in Arabic ones: 二〇二六年三月 as 2026年3月."""
    return _RUN.sub(lambda found: str(value(found[0])), text)
