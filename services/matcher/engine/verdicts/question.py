"""What is read of a clause once, whoever is judged by it."""

from collections.abc import Sequence
from functools import cached_property

from common.contracts.catalog import Clause, ClauseKind
from matcher.engine.clauses.target import Target, target_of
from matcher.engine.facts.identifiers import Identifier
from matcher.engine.verdicts.facts import Facts
from matcher.engine.verdicts.measured import Measured, measured
from matcher.engine.words import overlap
from matcher.engine.words.overlap import Content

_RANKED = ("ip", "等保", "cmmi", "dcmm", "itss", "sil", "总承包", "专业承包", "甲级", "器械类")
_NAMING = {ClauseKind.STANDARD, ClauseKind.QUALIFICATION, ClauseKind.SECURITY}


class Question:
    """A clause with the figure, the names and the words it asks for."""

    def __init__(self, clause: Clause) -> None:
        self.clause, self.facts = clause, Facts(clause.text)

    @property
    def text(self) -> str:
        return self.facts.text

    @cached_property
    def wanted(self) -> Target | None:
        """The figure asked for, if any."""
        return target_of(self.clause)

    @cached_property
    def measured(self) -> Measured:
        """What that figure is of; only of a clause that asks for one."""
        assert self.wanted is not None
        return measured(self.wanted.phrase, self.wanted.dimension, self.wanted.metric)

    @cached_property
    def names_of_figure(self) -> tuple[Content, Content]:
        """What the metric is called, and the whole phrase it stands in."""
        assert self.wanted is not None
        return overlap.content(self.wanted.name), self.measured.name

    @cached_property
    def named(self) -> tuple[Identifier, ...]:
        """The names asked for, each once; none where a figure is asked for and they say how to measure it."""
        named = self.facts.names
        if self.wanted and not _turns_on_names(self.clause, named):
            return ()
        return tuple({identifier.key: identifier for identifier in named}.values())


def _turns_on_names(clause: Clause, named: Sequence[Identifier]) -> bool:
    """A standard beside a figure is mostly the way to measure it; a grade or a certificate is asked for itself."""
    return clause.kind in _NAMING or any(identifier.key.startswith(_RANKED) for identifier in named)
