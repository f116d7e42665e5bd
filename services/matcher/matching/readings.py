"""What a second reader is asked of a match, and what of its answers the match and its receipt keep."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import outbox
from common.clock import new_id
from common.contracts.catalog import DemandSnapshot
from common.contracts.clauses import Clause
from common.contracts.matcher import MatchComputed, MatchSnapshot, Outcome, SecondReading
from common.fields import Language
from matcher.engine.verdicts import reasons
from matcher.engine.words.language import language_of
from matcher.matching import repository
from matcher.matching.models import Match
from matcher.reader import prompt
from matcher.reader import repository as reader
from matcher.reader.checks import Checked
from matcher.reader.models import KeptReading
from matcher.reader.prompt import Enquiry
from matcher.subjects.demands import repository as demands
from matcher.subjects.profiles import repository as profiles
from matcher.subjects.profiles.offer import offer_of
from matcher.vectors import content

Verdict = dict[str, Any]
"""A verdict as a match stores it."""


@dataclass(frozen=True)
class Subject:
    """A match as it was when it was put before the reader."""

    match_id: UUID
    demand_version: int
    profile_version: int
    language: Language
    asked: Enquiry


def is_open(verdict: Verdict) -> bool:
    """Whether the rules left a clause open and no second reader has decided it."""
    return verdict["outcome"] == Outcome.INSUFFICIENT_EVIDENCE and verdict.get("second") is None


def carried(before: Sequence[Verdict], after: Sequence[Verdict]) -> list[Verdict]:
    """The verdicts of a new ranking of the same versions, with the readings of clauses that are as open as before."""
    read = {verdict["clause"]: verdict for verdict in before if verdict.get("second")}
    return [
        verdict | {"second": read[verdict["clause"]]["second"]}
        if is_open(verdict) and _is_same(verdict, read.get(verdict["clause"]))
        else verdict
        for verdict in after
    ]


def _is_same(verdict: Verdict, other: Verdict | None) -> bool:
    return other is not None and verdict["demand_span"] == other["demand_span"]


async def subject(session: AsyncSession, match_id: UUID) -> Subject | None:
    """What to ask of a match; None for one that is over or about to be computed anew, or that leaves nothing open."""
    row = await session.get(Match, match_id)
    if row is None or not row.is_current:
        return None
    demand = (await demands.by_ids(session, [row.demand_id])).get(row.demand_id)
    profile = (await profiles.by_ids(session, [row.profile_id])).get(row.profile_id)
    if demand is None or profile is None:
        return None
    if (demand.version, profile.version) != (row.demand_version, row.profile_version):
        return None
    snapshot = demand.read()
    asked = prompt.asked(_open_clauses(row.verdicts, snapshot), content.evidence_texts(offer_of(profile)))
    language = language_of([snapshot.title, snapshot.need])
    return Subject(row.id, row.demand_version, row.profile_version, language, asked) if asked else None


def _open_clauses(verdicts: Sequence[Verdict], snapshot: DemandSnapshot) -> dict[int, Clause]:
    """By position. A release that cuts the demand's text otherwise asks nothing until the match is computed anew."""
    askings = content.askings(snapshot)
    return {
        verdict["clause"]: askings[verdict["clause"]].clause
        for verdict in verdicts
        if is_open(verdict)
        and verdict["clause"] < len(askings)
        and verdict["demand_span"] == askings[verdict["clause"]].span.model_dump(mode="json")
    }


async def locked(session: AsyncSession, asked: Subject) -> Match | None:
    """The match, locked until the transaction ends, if it is still of the versions that were read."""
    row = await repository.lock(session, asked.match_id)
    versions = (asked.demand_version, asked.profile_version)
    return row if row and row.is_current and (row.demand_version, row.profile_version) == versions else None


async def add(
    session: AsyncSession, asked: Subject, found: Sequence[Checked], model: str, tokens: int, at: datetime
) -> None:
    """Keep what was read with the receipt, and mark the clauses it decides. Outcome, fit and summary stay."""
    row = await locked(session, asked)
    assert row is not None
    reader.add_reading(session, _reading(row, found, model, tokens, at))
    decided = {one.answer.clause: one for one in found if one.span is not None}
    marked = [
        verdict | {"second": _second(decided[verdict["clause"]], model, asked.language)}
        if is_open(verdict) and verdict["clause"] in decided
        else verdict
        for verdict in row.verdicts
    ]
    if marked != row.verdicts:
        row.verdicts, row.version = marked, row.version + 1
        outbox.record(session, MatchComputed(match=MatchSnapshot.read(row)))


def _reading(row: Match, found: Sequence[Checked], model: str, tokens: int, at: datetime) -> KeptReading:
    return KeptReading(
        id=new_id(),
        ranking_id=row.ranking_id,
        match_id=row.id,
        demand_version=row.demand_version,
        profile_version=row.profile_version,
        model=model,
        prompt=prompt.version(),
        answers=[one.kept() for one in found],
        token_count=tokens,
        created_at=at,
    )


def _second(found: Checked, model: str, language: Language) -> dict[str, Any]:
    assert found.span is not None
    code = reasons.READ_CODES[found.outcome]
    reading = SecondReading(
        model=model,
        outcome=found.outcome,
        profile_span=found.span,
        reason=reasons.read_by(code, model, found.span.text, language),
        code=code,
    )
    return reading.model_dump(mode="json")
