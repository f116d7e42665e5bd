"""One clause judged by a few sentences."""

from common.contracts.matcher import Outcome
from matcher.engine.clauses.requirement import read as clause_of
from matcher.engine.verdicts.evidence import Evidence, EvidenceText, read
from matcher.engine.verdicts.judge import judge

MET, MISSED, UNTOLD = Outcome.SATISFIED, Outcome.NOT_SATISFIED, Outcome.INSUFFICIENT_EVIDENCE


def says(*texts: str, trl: int | None = None) -> Evidence:
    return read([EvidenceText(f"items/{i}", text, trl) for i, text in enumerate(texts)])


def outcome(clause: str, profile: str) -> Outcome:
    """By words alone."""
    return judge(clause_of(clause), 0, says(profile)).outcome
