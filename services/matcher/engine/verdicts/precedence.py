"""Which of the words around a target decides what it proves: one order for figures, names, words and levels."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from common.contracts.matcher import Outcome
from matcher.engine.modifiers.interpreter import Category, Kind
from matcher.engine.verdicts.reasons import Reason

_FIGURE, _NAME, _WORDS, _LEVEL = Kind.FIGURE, Kind.NAME, Kind.WORDS, Kind.LEVEL
_OPEN, _MISSED = Outcome.INSUFFICIENT_EVIDENCE, Outcome.NOT_SATISFIED


def _all(figure: Reason, name: Reason, words: Reason) -> dict[Kind, tuple[Outcome, Reason]]:
    return {_FIGURE: (_OPEN, figure), _NAME: (_OPEN, name), _WORDS: (_OPEN, words), _LEVEL: (_OPEN, figure)}


_NOT_ITS_OWN = _all(Reason.FIGURE_OPEN, Reason.NAME_MENTIONED, Reason.UNSAID)
_CONDITIONAL = _all(Reason.CONDITIONAL, Reason.CONDITIONAL, Reason.CONDITIONAL)
_DENIED = {
    _FIGURE: (_OPEN, Reason.FIGURE_OPEN),
    _NAME: (_MISSED, Reason.NAME_DENIED),
    _WORDS: (_MISSED, Reason.DENIED),
    _LEVEL: (_MISSED, Reason.LEVEL_MISSES),
}

# The first that holds decides. What is not the offer's own, or not of today, comes before a denial: it denies nothing
# of the offer.
PRECEDENCE: dict[Category, dict[Kind, tuple[Outcome, Reason]]] = {
    Category.PLANNED: _all(Reason.FIGURE_PLANNED, Reason.NAME_PENDING, Reason.PLANNED),
    Category.OTHER_PARTY: _NOT_ITS_OWN,
    Category.REQUIRED: _NOT_ITS_OWN,
    Category.FORMER: _all(Reason.FIGURE_OPEN, Reason.NAME_ABSENT, Reason.UNSAID),
    Category.FORMER_ONCE: _all(Reason.FIGURE_OPEN, Reason.NAME_ABSENT, Reason.UNSAID),
    Category.SIMULATED: _NOT_ITS_OWN,
    Category.LAPSED: _all(Reason.FIGURE_OPEN, Reason.NAME_LAPSED, Reason.LAPSED),
    Category.LABORATORY: _NOT_ITS_OWN,
    Category.SOME_CASES: _NOT_ITS_OWN,
    Category.DENIED: _DENIED,
    Category.MENTIONED: _NOT_ITS_OWN,
    Category.OPTIONAL: _CONDITIONAL,
    Category.PARTNER: _CONDITIONAL,
}


@dataclass(frozen=True, slots=True)
class Objection:
    """What the words around a target make of it. `rule` is the id of the rule that decided."""

    category: Category
    rule: str
    outcome: Outcome
    reason: Reason


def objection(kind: Kind, held: Mapping[Category, str], is_ignored: Callable[[Category], bool]) -> Objection | None:
    """The first of PRECEDENCE that holds of a target, None when nothing speaks against it.

    held        the categories that hold of it, each with the id of the rule that says so
    is_ignored  of a category whether it does not count, as when the clause itself speaks of it
    """
    if not held:
        return None
    for category, by_kind in PRECEDENCE.items():
        rule = held.get(category)
        if rule and not is_ignored(category):
            outcome, reason = by_kind[kind]
            return Objection(category, rule, outcome, reason)
    return None
