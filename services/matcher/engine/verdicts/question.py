"""What is read of a clause once, whoever is judged by it."""

import re
from collections.abc import Sequence
from functools import cached_property

from common.contracts.clauses import Clause, ClauseKind
from matcher.engine.clauses import requirement, split
from matcher.engine.clauses.target import Target, target_of
from matcher.engine.facts import grades
from matcher.engine.facts.identifiers import Identifier
from matcher.engine.facts.readings import Reading
from matcher.engine.facts.sizes import Size
from matcher.engine.modifiers import interpreter
from matcher.engine.modifiers.interpreter import Category
from matcher.engine.verdicts import absence
from matcher.engine.verdicts.facts import Facts
from matcher.engine.verdicts.measured import Measured
from matcher.engine.words import overlap
from matcher.engine.words.overlap import Content

_RANKED = ("ip", "ex ", *(scale.key for scale in grades.SCALES if scale.key != "autonomy"))
LONGEST_JOINED = 400
"""Characters of a clause that is read as several: each part of a page would be judged by all of it."""
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
    def figure(self) -> Reading | None:
        """The figure that the text asks for, whatever the clause's fields say."""
        return requirement.main_figure(self.text)

    @cached_property
    def joined(self) -> tuple["Question", ...]:
        """The clause as several, one a figure, where its text asks for more than one (准确率≥95%且误报率≤2%).

        None where it asks for one, or is too long. Its fields hold one; an owner's figure that is none
        of the text's stands alone.
        """
        if len(self.text) > LONGEST_JOINED:
            return ()
        parts = [found.clause for found in split.split(self.text) if found.clause.operator is not None]
        is_one_of_them = any(part.value == self.clause.value for part in parts)
        return tuple(map(Question, parts)) if is_one_of_them and len(parts) > 1 else ()

    @cached_property
    def size(self) -> Size | None:
        """The size of several sides asked for, if any."""
        return next(iter(self.facts.sizes), None)

    @cached_property
    def measured(self) -> Measured:
        """What that figure is of; only of a clause that asks for one."""
        assert self.wanted is not None
        return Measured(self.wanted.phrase, self.wanted.dimension, self.wanted.metric)

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

    @cached_property
    def unwanted(self) -> tuple[str, ...]:
        """What the clause asks not to be, if anything."""
        return absence.things(self.text)

    def is_ignored(self, category: Category) -> bool:
        """Whether words of this category around a target are no objection, as the clause speaks of that itself."""
        if category in (Category.PLANNED, Category.DENIED):
            return False
        return category in self._spoken_of

    @cached_property
    def _spoken_of(self) -> frozenset[Category]:
        spoken_of = {category for category in Category if interpreter.is_spoken_of(category, self.text)}
        asks_to_hold = self.clause.kind is ClauseKind.QUALIFICATION or _HELD.search(self.text)
        return frozenset(spoken_of | ({Category.MENTIONED} if not asks_to_hold else set()))


_HELD = re.compile(
    r"认证|证书|资质|许可|注册证|取得|获得|通过|持有|\b(?:certif\w+|licen[cs]e\w*|hold\w*)", re.IGNORECASE
)
"""Of a clause: that a standard is to be certified, not only kept to."""


def _turns_on_names(clause: Clause, named: Sequence[Identifier]) -> bool:
    """A standard beside a figure is mostly the way to measure it; a grade or a certificate is asked for itself."""
    return clause.kind in _NAMING or any(identifier.key.startswith(_RANKED) for identifier in named)
