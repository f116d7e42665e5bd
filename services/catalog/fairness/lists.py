"""Finds where the words of a list stand; an entry is tried only where a text that it needs is there."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import Any

# What a pattern is made of, without a parser of our own; no stub names these two modules of the standard library.
_constants: Any = import_module("re._constants")
_parser: Any = import_module("re._parser")

Span = tuple[int, int]
_LONGEST = 6
"""Characters of a needed text that are looked at."""
_NAMED = re.compile(r"\{([a-z_]+)\}")


class WordLists:
    """The lists of words.toml, by name; entries name other lists in braces."""

    def __init__(self, written: Mapping[str, Sequence[str]]) -> None:
        self._written = written
        self._entries = {name: self._indexed(name) for name in written}
        self._needed = frozenset(needed for entries in self._entries.values() for needed in entries)

    @property
    def names(self) -> Iterable[str]:
        return self._written

    def named_within(self) -> set[str]:
        """Lists that other lists name."""
        return {name for entries in self._written.values() for entry in entries for name in _NAMED.findall(entry)}

    def written(self, name: str) -> str:
        """The whole list as one pattern. Raises KeyError for one that is not there."""
        return f"(?:{'|'.join(self._patterns(name))})"

    def present(self, text: str) -> frozenset[str]:
        """What of a text entries need, to be given to `spans` with it."""
        lowered = text.lower()
        ends = range(1, _LONGEST + 1)
        return self._needed & {lowered[start : start + size] for start in range(len(lowered)) for size in ends} | {""}

    def spans(self, name: str, text: str, present: frozenset[str]) -> list[Span]:
        """Where the list is found, in the order of the text."""
        entries = self._entries[name]
        tried = {pattern for needed in present if needed in entries for pattern in entries[needed]}
        return sorted({match.span() for pattern in tried for match in _compiled(pattern).finditer(text)})

    def _patterns(self, name: str) -> list[str]:
        """The entries of a list; of one that is the name of another list, that one's."""
        patterns: list[str] = []
        for entry in self._written[name]:
            whole = _NAMED.fullmatch(entry)
            whole_list = self._patterns(whole[1]) if whole else None
            patterns += whole_list or [_NAMED.sub(lambda match: self.written(match[1]), entry)]
        return patterns

    def _indexed(self, name: str) -> dict[str, list[str]]:
        """The entries by what they need; under "" those that may stand in any text."""
        index: dict[str, list[str]] = {}
        for pattern in self._patterns(name):
            for needed in needed_by(pattern) or {""}:
                index.setdefault(needed, []).append(pattern)
        return index


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


@cache
def needed_by(pattern: str) -> frozenset[str]:
    """Texts in lower case of which one stands wherever the pattern is found; none when that cannot be said."""
    needed = _needed(list(_parser.parse(pattern, re.IGNORECASE)))
    return frozenset(each[:_LONGEST] for each in needed)


def _needed(parts: Sequence[Any]) -> set[str]:
    """Of what follows each other: the longest run of letters, or the alternatives with the longest shortest."""
    choices, run = [], ""
    for operation, argument in [*parts, (None, None)]:
        if operation is _constants.LITERAL:
            run += chr(argument).lower()
            continue
        if run:
            choices.append({run})
        run = ""
        choices.append(_within(operation, argument))
    return max((each for each in choices if each), key=lambda each: min(map(len, each)), default=set())


def _within(operation: Any, argument: Any) -> set[str]:
    if operation is _constants.BRANCH:
        each = [_needed(list(branch)) for branch in argument[1]]
        return set().union(*each) if all(each) else set()
    if operation is _constants.SUBPATTERN:
        return _needed(list(argument[-1]))
    if operation in (_constants.MAX_REPEAT, _constants.MIN_REPEAT) and argument[0] > 0:
        return _needed(list(argument[2]))
    return set()
