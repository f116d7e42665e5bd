"""Technical words of demands and offers in Chinese and English, so that the two can be compared word by word."""

import re
from functools import lru_cache
from pathlib import Path

from matcher.engine.words import tables

TABLE = Path(__file__).parent / "data" / "glossary.tsv"
"""A line for each meaning: the stems of its English words, joined by |, a tab, and its Chinese words. A stem stands for
every English word that begins with it; the first one names the meaning."""


def entries() -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """The stems and the Chinese words of each meaning, in the order of the table."""
    return [(tuple(stems.split("|")), tuple(words.split())) for stems, words in tables.rows(TABLE, width=2)]


def _by_word() -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    chinese: dict[str, set[str]] = {}
    english: dict[str, set[str]] = {}
    for stems, words in entries():
        for word in words:
            chinese.setdefault(word, set()).add(stems[0])
        for stem in stems:
            english.setdefault(stem, set()).add(stems[0])
    return chinese, english


_CHINESE, _ENGLISH = _by_word()
_CHINESE_WORD = re.compile("|".join(sorted((w for w in _CHINESE if len(w) > 1), key=len, reverse=True)))
_ENGLISH_WORD = re.compile(r"[a-z][a-z0-9-]+")
_ENDINGS = {"", "s", "es", "ed", "d", "ing", "er", "ers", "ion", "ions", "ment", "al", "y", "ly"}
_LONGEST_STEM = max(map(len, _ENGLISH))
# No ending of a longer word would be looked at.
_LONGEST_WORD = _LONGEST_STEM + max(map(len, _ENDINGS)) + 1


def meanings(text: str) -> frozenset[str]:
    """The language-free terms that a text mentions, Chinese and English alike: 集装箱 and containers give the same."""
    found: set[str] = set()
    for match in _CHINESE_WORD.finditer(text):
        found |= _CHINESE[match[0]]
    for match in _ENGLISH_WORD.finditer(text.lower()):
        found |= _stemmed(match[0][:_LONGEST_WORD])
    return frozenset(found)


@lru_cache(maxsize=8_192)
def _stemmed(word: str) -> frozenset[str]:
    for end in range(min(len(word), _LONGEST_STEM), 1, -1):
        stem = word[:end]
        # A short stem (car, sea) takes an ending only; a long one begins many forms.
        if stem in _ENGLISH and (end > 5 or word[end:] in _ENDINGS):
            return frozenset(_ENGLISH[stem])
    return frozenset()
