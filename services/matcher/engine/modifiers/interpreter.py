"""Reads the rules of zh.toml and en.toml, and finds those that hold of a figure, a name, a level or words.

A rule has an `id`; a `category`, what it makes of its target; a `reach`, where its words stand (`Reach`); the kinds of
`targets` it holds for, all when left out; a `pattern`; examples in which the pattern is found (`yes`) and near misses
in which it is not (`no`); and a reason (`why`). A pattern is searched without regard to case in what the reach cuts
out, so ^ and $ are the ends of that.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent
_FILES = ("zh.toml", "en.toml")
_FAR, _NEXT = 40, 60


class Category(StrEnum):
    """What a rule's words make of their target."""

    PLANNED = "PLANNED"
    OTHER_PARTY = "OTHER_PARTY"
    REQUIRED = "REQUIRED"
    FORMER = "FORMER"
    FORMER_ONCE = "FORMER_ONCE"
    SIMULATED = "SIMULATED"
    LABORATORY = "LABORATORY"
    SOME_CASES = "SOME_CASES"
    LAPSED = "LAPSED"
    MENTIONED = "MENTIONED"
    DENIED = "DENIED"
    OPTIONAL = "OPTIONAL"
    PARTNER = "PARTNER"
    # Of figures: at their best, and of use today.
    HIGHEST = "HIGHEST"
    LOWEST = "LOWEST"
    AT_BEST = "AT_BEST"
    IN_USE = "IN_USE"
    # Words that two others are related by.
    TODAY = "TODAY"
    NO_LONGER = "NO_LONGER"
    STILL = "STILL"
    TURN = "TURN"
    ONLY = "ONLY"
    FORBIDDING = "FORBIDDING"
    INSIDE = "INSIDE"
    ABSENT = "ABSENT"


RELATING = frozenset(list(Category)[list(Category).index(Category.HIGHEST) :])
"""Categories that decide nothing by themselves."""


class Kind(StrEnum):
    """What a rule may hold of."""

    FIGURE = "figure"
    NAME = "name"
    WORDS = "words"
    LEVEL = "level"


class Reach(StrEnum):
    """Where the target stands, seen from the rule's words, or where those stand around it."""

    AFTER = "after"
    """The target comes after them."""
    BEFORE = "before"
    """The target comes before them."""
    NEXT = "next"
    """They begin where the target ends."""
    HERE = "here"
    """They are in the part of the stretch that speaks of the target alone."""
    STRETCH = "stretch"
    """They are anywhere between the same two commas."""
    AHEAD = "ahead"
    """They end the text before the stretch."""
    BEHIND = "behind"
    """They begin the stretch behind the target's."""


@dataclass(frozen=True, slots=True)
class Rule:
    id: str
    category: Category
    reach: Reach
    targets: frozenset[Kind]
    pattern: str
    yes: tuple[str, ...]
    no: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Scope:
    """A target, text[start:end], and where words may stand that change what is said of it.

    near     bounds of what before and after it may do so
    own      bounds of what speaks of it and of no other
    stretch  bounds of what stands between the same two commas
    """

    kind: Kind
    text: str
    start: int
    end: int
    near: tuple[int, int]
    own: tuple[int, int]
    stretch: tuple[int, int]

    def window(self, reach: Reach) -> str:
        """The part of the text in which words of this reach stand."""
        text = self.text
        match reach:
            case Reach.AFTER:
                return text[self.near[0] : self.start]
            case Reach.BEFORE:
                return text[self.end : self.near[1]]
            case Reach.NEXT:
                return text[self.end : self.end + _NEXT]
            case Reach.HERE:
                return text[self.own[0] : self.own[1]]
            case Reach.STRETCH:
                return text[self.stretch[0] : self.stretch[1]]
            case Reach.AHEAD:
                return text[max(0, self.stretch[0] - _FAR) : self.stretch[0]]
            case Reach.BEHIND:
                return text[self.own[1] : self.own[1] + _NEXT].lstrip(",， ")


def found(category: Category, scope: Scope) -> str | None:
    """The id of the rule of this category that holds of the target, None when there is none."""
    for reach, pattern in _compiled().get((category, scope.kind), ()):
        if match := pattern.search(scope.window(reach)):
            return _rule_of(match).id
    return None


def deciding(scope: Scope) -> Mapping[Category, str]:
    """The categories that hold of the target and may decide, each with the id of the first rule that does."""
    if not any(pattern.search(scope.window(reach)) for reach, pattern in _together().get(scope.kind, ())):
        return _NONE  # most often
    held = ((category, found(category, scope)) for category in Category if category not in RELATING)
    return {category: rule for category, rule in held if rule}


_NONE: Mapping[Category, str] = {}


@cache
def pattern(category: Category) -> re.Pattern[str]:
    """All rules of a category, wherever they may stand."""
    return _joined([rule for rule in rules() if rule.category is category])


def is_spoken_of(category: Category, clause: str) -> bool:
    """Whether a clause speaks of this itself, so that it is no objection that an offer does: 可选配语音播报."""
    asked = _asked().get(category)
    return bool((asked or pattern(category)).search(clause))


@cache
def _asked() -> dict[Category, re.Pattern[str]]:
    words: dict[Category, list[str]] = {}
    for name in _FILES:
        for category, written in tomllib.loads((_FOLDER / name).read_text(encoding="utf-8"))["asked"].items():
            words.setdefault(Category(category), []).append(written)
    return {category: re.compile("|".join(written), re.IGNORECASE) for category, written in words.items()}


@cache
def rules() -> tuple[Rule, ...]:
    """All rules, in the order of the files."""
    return tuple(_rule(row) for name in _FILES for row in _rows(name))


def _rows(name: str) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = tomllib.loads((_FOLDER / name).read_text(encoding="utf-8"))["rule"]
    return rows


def _rule(row: dict[str, object]) -> Rule:
    """Raises TypeError or ValueError for a row with a key too many or too few, or with a word that is none of ours."""
    return Rule(
        **row  # type: ignore[arg-type]
        | {
            "category": Category(str(row["category"])),
            "reach": Reach(str(row["reach"])),
            "targets": frozenset(map(Kind, row.get("targets", list(Kind)))),  # type: ignore[call-overload]
            "yes": tuple(row["yes"]),  # type: ignore[arg-type]
            "no": tuple(row["no"]),  # type: ignore[arg-type]
        }
    )


@cache
def _compiled() -> dict[tuple[Category, Kind], list[tuple[Reach, re.Pattern[str]]]]:
    groups: dict[tuple[Category, Kind], dict[Reach, list[Rule]]] = {}
    for rule in rules():
        for kind in rule.targets:
            groups.setdefault((rule.category, kind), {}).setdefault(rule.reach, []).append(rule)
    return {key: [(reach, _joined(same)) for reach, same in by.items()] for key, by in groups.items()}


@cache
def _together() -> dict[Kind, list[tuple[Reach, re.Pattern[str]]]]:
    groups: dict[Kind, dict[Reach, list[Rule]]] = {}
    for rule in filter(lambda rule: rule.category not in RELATING, rules()):
        for kind in rule.targets:
            groups.setdefault(kind, {}).setdefault(rule.reach, []).append(rule)
    return {kind: [(reach, _joined(same)) for reach, same in by.items()] for kind, by in groups.items()}


def _joined(some: list[Rule]) -> re.Pattern[str]:
    """One pattern for rules of one reach; its last group tells which. BEHIND and NEXT hold at the beginning only."""
    places = {rule: place for place, rule in enumerate(rules())}
    anchors = {Reach.BEHIND: "^", Reach.NEXT: "^"}
    parts = (f"(?P<r{places[rule]}>{anchors.get(rule.reach, '')}(?:{rule.pattern}))" for rule in some)
    return re.compile("|".join(parts), re.IGNORECASE)


def _rule_of(match: re.Match[str]) -> Rule:
    assert match.lastgroup is not None
    return rules()[int(match.lastgroup[1:])]
