"""Tells sentences in languages other than Chinese and English, where a denial could be taken for a claim.

foreign.toml has three kinds of rules: a `script` whose characters are counted, small `words` of a language, and what a
`denial` in one looks like. Each has examples in which it is found (`yes`) and near misses (`no`), and a reason.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("foreign.toml")
_FEWEST = 2
"""Characters of a script; one may be a symbol."""


@dataclass(frozen=True, slots=True)
class LanguageRule:
    id: str
    pattern: re.Pattern[str]
    yes: tuple[str, ...]
    no: tuple[str, ...]
    why: str
    fewest: int = 1

    def holds(self, text: str) -> bool:
        if self.fewest == 1:
            return self.pattern.search(text) is not None
        return len(self.pattern.findall(text)) >= self.fewest


@cache
def rules() -> tuple[tuple[LanguageRule, ...], tuple[LanguageRule, ...]]:
    """The rules by which a language is told, and those by which it denies. KeyError: a row lacks a key."""
    found = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    scripts = (_rule(row, row["characters"], fewest=_FEWEST) for row in found["script"])
    # Small words are in lower case only, as names are not.
    words = (_rule(row, row["pattern"]) for row in found["words"])
    return (*scripts, *words), tuple(_rule(row, row["pattern"], flags=re.IGNORECASE) for row in found["denial"])


def _rule(row: dict[str, object], pattern: object, *, flags: int = 0, fewest: int = 1) -> LanguageRule:
    yes, no = (tuple(map(str, row[key])) for key in ("yes", "no"))  # type: ignore[call-overload]
    return LanguageRule(str(row["id"]), re.compile(str(pattern), flags), yes, no, str(row["why"]), fewest)


def is_unread(text: str) -> bool:
    """Whether a sentence is in a language whose denials and plans are not told from claims."""
    return any(rule.holds(text) for rule in rules()[0])


def is_doubtful(text: str) -> bool:
    """Whether such a sentence has a word by which one of the larger languages denies or plans."""
    return is_unread(text) and any(rule.holds(text) for rule in rules()[1])
