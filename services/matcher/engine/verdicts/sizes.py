"""Compares sizes of several sides (3000×1500 mm): each side must keep to the bound, the longest with the longest."""

import re

from common.contracts.matcher import Outcome
from matcher.engine.clauses.target import Target
from matcher.engine.facts import intervals, quantities
from matcher.engine.facts.readings import Reading

_SIDES = re.compile(r"\d[\d.]*(?:\s?[×xX*]\s?\d[\d.]*){1,2}(?![\d.])")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def outcome(wanted: Target, asked: str, stated: str, reading: Reading, first: Outcome) -> Outcome:
    """`first`, the outcome of the first sides, unless the clause asks for more of them.

    asked, stated  the texts of the clause and of the sentence that `reading` stands in
    """
    bounds = _sides(asked)
    if len(bounds) < 2 or wanted.allowed.low == wanted.allowed.high:
        return first
    sides = _sides(stated[reading.quantity.figure_start :], at_start=True)
    if len(sides) != len(bounds):
        return Outcome.INSUFFICIENT_EVIDENCE
    is_met = all(
        intervals.interval(wanted.operator, bound, None, wanted.unit).holds(
            intervals.interval(None, side, None, reading.quantity.unit)
        )
        for bound, side in zip(bounds, sides, strict=True)
    )
    return Outcome.SATISFIED if is_met else Outcome.NOT_SATISFIED


def _sides(text: str, *, at_start: bool = False) -> list[float]:
    """The sides of the first size in a text, or of one at its start, longest first; fewer than two where none is."""
    folded = quantities.fold(text)
    match = _SIDES.match(folded) if at_start else _SIDES.search(folded)
    return sorted((float(number) for number in _NUMBER.findall(match[0])), reverse=True) if match else []
