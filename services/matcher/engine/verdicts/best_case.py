"""Tells a figure that an offer reaches at best from one that it reaches always."""

import re

from common.contracts.clauses import Comparison
from matcher.engine.clauses.target import Target
from matcher.engine.facts.measures import Sense
from matcher.engine.facts.readings import Reading
from matcher.engine.modifiers.interpreter import Category, Scope
from matcher.engine.verdicts.facts import Facts

SHARES = ("ratio", "change", "number")
"""Dimensions of a share."""
_FLOORS = (Comparison.AT_LEAST, Comparison.MORE_THAN)
_CEILINGS = (Comparison.AT_MOST, Comparison.LESS_THAN)
# The smallest of these is what the thing is rated by, not its best day.
_RATED_BY_LEAST = ("resolution", "limit", "footprint")
_ASKED_AT_BEST = re.compile(
    r"最[高大快短优佳好低小少早]|峰值|加急|\b(?:peak|best|maximum|minimum|max|min|fastest)\b", re.IGNORECASE
)


def rule_of(wanted: Target, reading: Reading, written: Facts, scope: Scope) -> str | None:
    """The id of the rule by which a figure is the best case of what every case is asked to be, None when it is not.

    A capacity or a range is its highest figure; a share of hits, and a time to be kept, are not. A demand for the
    peak is met by one.
    """
    if _ASKED_AT_BEST.search(wanted.phrase):
        return None
    if wanted.operator in _FLOORS and reading.dimension in SHARES and wanted.sense is not Sense.ROOM:
        return written.rule(Category.HIGHEST, scope) or written.rule(Category.AT_BEST, scope)
    is_kept_low = Sense.LESS in (wanted.sense, reading.sense) and not _is_rated_by_least(wanted, reading)
    if wanted.operator in _CEILINGS and is_kept_low:
        return written.rule(Category.LOWEST, scope) or written.rule(Category.AT_BEST, scope)
    return None


def _is_rated_by_least(wanted: Target, reading: Reading) -> bool:
    return any(metric and metric.name in _RATED_BY_LEAST for metric in (wanted.metric, reading.metric))
