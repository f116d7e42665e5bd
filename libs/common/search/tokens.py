"""Cuts text into the tokens that full-text search compares: words, single ideographs and pairs of neighbours.

Chinese is written without blanks, so what a reader would call a word cannot be looked up. Pairs of neighbouring
ideographs can: a text holds every pair of each of its substrings, so a search for all pairs of a query finds every
text that contains it. Runs of kana and Hangul are treated alike. Traditional characters count as simplified ones.
Words and numbers of other scripts count whole, and short ones that stand together count as one word too: OPC UA is also
OPCUA, RS-485 also RS485.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, pairwise

from common.search.simplified import simplified

INDEXED_CHARACTERS = 60_000
"""Text beyond this is not searched: a tsvector cannot address more than 1 MiB, and a pair takes up to 8 bytes."""

WORD_CHARACTERS = 64
"""Longer words are compared by their beginning."""

JOINED_WORDS, JOINED_CHARACTERS = 3, 12
"""What is written as one word at most: GB/T 28181, ISO/IEC 27001."""

# 々〇〻, kana, Extension A, the unified block, Hangul, compatibility ideographs, planes 2 and 3 (later extensions).
_IDEOGRAPHS = "\u3005\u3007\u303b\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = f"[^\\W_{_IDEOGRAPHS}]+"
# One blank, hyphen, slash, underscore or dot between two words may as well be missing.
_RUN = re.compile(f"(?P<ideographs>[{_IDEOGRAPHS}]+)|{_WORD}(?:[ \\-‐‑–/_.]{_WORD})*")
_WORDS, _IDEOGRAPH = re.compile(_WORD), re.compile(f"[{_IDEOGRAPHS}]")

REMEMBERED_RUNS, REMEMBERED_CHARACTERS = 2048, 32
"""Phrases between punctuation whose tokens are kept, since many texts share them: some 8 MiB at most."""

Spellings = tuple[str, ...]
"""Tokens of which a text needs one, sorted."""


def index_tokens(texts: Iterable[str]) -> list[str]:
    """Every token a search may ask for, sorted, each once."""
    found: set[str] = set()
    room = INDEXED_CHARACTERS
    for text in texts:
        normal = _normal(text[:room])[:room]
        room -= len(normal)
        for run in _RUN.finditer(normal):
            found.update(_tokens(run[0]) if len(run[0]) <= REMEMBERED_CHARACTERS else _tokens.__wrapped__(run[0]))
    return sorted(found)


@lru_cache(REMEMBERED_RUNS)
def _tokens(run: str) -> tuple[str, ...]:
    if _IDEOGRAPH.match(run):
        return (*run, *_pairs(run))
    return tuple(chain.from_iterable(_spellings(_WORDS.findall(run))))


def query_terms(query: str) -> list[Spellings]:
    """What a text must have to be found: a token of each, sorted; empty when the query has nothing but punctuation."""
    found: set[Spellings] = set()
    for run in _RUN.finditer(_normal(query)):
        if run["ideographs"]:
            found.update((token,) for token in (_pairs(run[0]) if len(run[0]) > 1 else run[0]))
        else:
            found.update(_spellings(_WORDS.findall(run[0])))
    return sorted(found)


def _normal(text: str) -> str:
    # Case folding can undo a composition, hence the second pass.
    return simplified(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()))


def _pairs(run: str) -> Iterator[str]:
    return (run[at : at + 2] for at in range(len(run) - 1))


def _spellings(words: Sequence[str]) -> Iterator[Spellings]:
    """For each of some words that stand together: itself, and it joined with its neighbours."""
    if len(words) == 1:
        yield (words[0][:WORD_CHARACTERS],)
        return
    for at, word in enumerate(words):
        joined = (
            words[begin:end]
            for begin in range(max(0, at - JOINED_WORDS + 1), at + 1)
            for end in range(at + 1, min(len(words), begin + JOINED_WORDS) + 1)
            if end - begin > 1
        )
        yield tuple(sorted({word[:WORD_CHARACTERS], *("".join(each) for each in joined if _is_one_word(each))}))


def _is_one_word(words: Sequence[str]) -> bool:
    # 3.5 is not 35.
    apart = any(left[-1].isdigit() and right[0].isdigit() for left, right in pairwise(words))
    return not apart and sum(map(len, words)) <= JOINED_CHARACTERS
