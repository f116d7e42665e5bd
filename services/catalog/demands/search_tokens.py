"""Cuts text into the tokens that full-text search compares: words, single ideographs and pairs of neighbours.

Chinese is written without blanks, so what a reader would call a word cannot be looked up. Pairs of neighbouring
ideographs can: a text holds every pair of each of its substrings, so a search for all pairs of a query finds every
text that contains it. Runs of kana and Hangul are treated alike. Words and numbers of other scripts count whole.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

INDEXED_CHARACTERS = 60_000
"""Text beyond this is not searched: a tsvector cannot address more than 1 MiB, and a pair takes up to 8 bytes."""

WORD_CHARACTERS = 64
"""Longer words are compared by their beginning."""

# 々〇〻, kana, Extension A, the unified block, Hangul, compatibility ideographs, planes 2 and 3 (later extensions).
_IDEOGRAPHS = "\u3005\u3007\u303b\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
_RUN = re.compile(f"(?P<ideographs>[{_IDEOGRAPHS}]+)|[^\\W_{_IDEOGRAPHS}]+")


def index_tokens(texts: Iterable[str]) -> list[str]:
    """Every token a search may ask for, sorted, each once."""
    found: set[str] = set()
    room = INDEXED_CHARACTERS
    for text in texts:
        normal = _normal(text[:room])[:room]
        room -= len(normal)
        for run, is_ideographic in _runs(normal):
            found.update((*run, *_pairs(run)) if is_ideographic else (run,))
    return sorted(found)


def query_tokens(query: str) -> list[str]:
    """The tokens a text must all have to be found, sorted; empty when the query has nothing but punctuation."""
    found: set[str] = set()
    for run, is_ideographic in _runs(_normal(query)):
        found.update(_pairs(run) if is_ideographic and len(run) > 1 else (run,))
    return sorted(found)


def _normal(text: str) -> str:
    # Case folding can undo a composition, hence the second pass.
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _runs(normal: str) -> Iterator[tuple[str, bool]]:
    for match in _RUN.finditer(normal):
        is_ideographic = match["ideographs"] is not None
        yield (match[0] if is_ideographic else match[0][:WORD_CHARACTERS]), is_ideographic


def _pairs(run: str) -> Iterator[str]:
    return (run[at : at + 2] for at in range(len(run) - 1))
