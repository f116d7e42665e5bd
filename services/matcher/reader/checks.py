"""Takes over of a second reader's answers only what can be checked: the quote, its figures, and what our rules say."""

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from common.contracts.clauses import Clause
from common.contracts.matcher import Outcome, Span
from matcher.engine.facts import readings, units
from matcher.engine.verdicts import compare, judge
from matcher.engine.verdicts.evidence import EvidenceText
from matcher.engine.verdicts.evidence import read as read_evidence
from matcher.engine.verdicts.question import Question
from matcher.engine.verdicts.reasons import Reason
from matcher.reader import contacts
from matcher.reader.prompt import Enquiry

LONGEST_QUOTE = 600
_FENCE = re.compile(r"^\s*```(?:json)?\s*|\s*```\s*$")
_DECIDED = {"satisfied": Outcome.SATISFIED, "not_satisfied": Outcome.NOT_SATISFIED}
_WEAKENED = {
    Reason.FIGURE_PLANNED, Reason.NAME_PENDING, Reason.NAME_LAPSED, Reason.NAME_MENTIONED,
    Reason.PLANNED, Reason.LAPSED, Reason.CONDITIONAL,
}  # fmt: skip


class Doubt(StrEnum):
    """Why an answer was not taken over."""

    UNASKED = "unasked"
    CONTRADICTORY = "contradictory"
    NOT_QUOTED = "not_quoted"
    FIGURE_NOT_QUOTED = "figure_not_quoted"
    FIGURE_WRONG = "figure_wrong"
    RULES_DIFFER = "rules_differ"
    WEAKENED = "weakened"


class Answer(BaseModel):
    """One answer as it came, within bounds."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    clause: int = Field(ge=0, le=10_000, strict=True)
    verdict: Literal["satisfied", "not_satisfied", "unclear"]
    quote: str = Field("", max_length=4_000)
    figures: list[str | int | float] = Field(default_factory=list, max_length=50)


class _Answers(BaseModel):
    model_config = ConfigDict(extra="ignore")

    answers: list[Answer] = Field(max_length=100)


@dataclass(frozen=True)
class Checked:
    """An answer with its place in the offer or the doubt that keeps it out; neither for one that decides nothing."""

    answer: Answer
    span: Span | None = None
    doubt: Doubt | None = None

    @property
    def outcome(self) -> Outcome:
        return _DECIDED[self.answer.verdict]

    def kept(self) -> dict[str, Any]:
        """As the receipt keeps it."""
        return self.answer.model_dump(mode="json") | {"doubt": self.doubt}


def parsed(content: str) -> list[Answer] | None:
    """The answers in a reply, None when it is none of the asked form."""
    try:
        return _Answers.model_validate(json.loads(_FENCE.sub("", content))).answers
    except (ValueError, ValidationError, RecursionError):
        return None


def checked(asked: Enquiry, answers: Sequence[Answer]) -> list[Checked]:
    """Each answer as far as it is to be believed, in order. Milliseconds."""
    verdicts = Counter(answer.clause for answer in {(one.clause, one.verdict): one for one in answers}.values())
    return [_checked(asked, answer, is_single=verdicts[answer.clause] == 1) for answer in answers]


def _checked(asked: Enquiry, answer: Answer, *, is_single: bool) -> Checked:
    clause = asked.clauses.get(answer.clause)
    if clause is None:
        return Checked(answer, doubt=Doubt.UNASKED)
    if not is_single:
        return Checked(answer, doubt=Doubt.CONTRADICTORY)
    if answer.verdict not in _DECIDED:
        return Checked(answer)
    span = _span(asked.texts, answer.quote)
    if span is None:
        return Checked(answer, doubt=Doubt.NOT_QUOTED)
    doubt = _doubt(clause, answer)
    return Checked(answer, None if doubt else span, doubt)


def _span(texts: Sequence[EvidenceText], quote: str) -> Span | None:
    """Where a text holds the quote, character by character; None for one too long, or without a word or figure.

    What was blanked before it was sent cannot be quoted, whoever guesses it.
    """
    if not 0 < len(quote) <= LONGEST_QUOTE or not any(map(str.isalnum, quote)) or quote != quote.strip():
        return None
    for text in texts:
        start = contacts.without(text.text).find(quote)
        if start >= 0 and text.text.startswith(quote, start):
            return Span(source=text.source, start=start, end=start + len(quote), text=quote)
    return None


def _doubt(clause: Clause, answer: Answer) -> Doubt | None:
    """What speaks against an answer whose quote is there."""
    if any(str(figure) not in answer.quote for figure in answer.figures):
        return Doubt.FIGURE_NOT_QUOTED
    question, said = Question(clause), _DECIDED[answer.verdict]
    if question.wanted is not None:
        stated = [
            one for one in readings.read(answer.quote) if units.is_comparable(question.wanted.dimension, one.dimension)
        ]
        if {compare.outcome(question.wanted, one) for one in stated} != {said}:
            return Doubt.FIGURE_WRONG
    ruling = judge.rule(question, 0, read_evidence([EvidenceText("quote", answer.quote)]), None)
    if ruling.outcome not in (said, Outcome.INSUFFICIENT_EVIDENCE):
        return Doubt.RULES_DIFFER
    return Doubt.WEAKENED if said is Outcome.SATISFIED and ruling.finding.reason in _WEAKENED else None
