"""Use cases of outcomes: reporting one, showing them, and what all of them teach."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import outbox
from common.auth import Principal
from common.clock import new_id
from common.contracts.dockings import (
    InterestEvent,
    InterestExpressed,
    InterestSnapshot,
    MatchDismissed,
    MatchViewed,
    Side,
)
from common.errors import NotFound
from common.fields import OrganisationKey
from common.pagination import PageRequest
from matcher.acts import acting
from matcher.acts.acting import Acting, Done, Why
from matcher.engine.words.language import language_of
from matcher.feedback import repository, rules
from matcher.feedback.models import ReportedOutcome
from matcher.feedback.repository import Held
from matcher.feedback.rules import Lesson, MatchOutcome, MatchState, ShownMatch
from matcher.feedback.schemas import OutcomeIn
from matcher.matching.models import Match

NOUN = "match"
_EVENTS: Mapping[MatchOutcome, type[InterestEvent]] = {
    MatchOutcome.VIEWED: MatchViewed,
    MatchOutcome.INTERESTED: InterestExpressed,
    MatchOutcome.DISMISSED: MatchDismissed,
}
"""What the other side hears of."""


@dataclass(frozen=True)
class OutcomeHistory:
    """Some outcomes of a match, newest first, and the state that all of them leave it in."""

    state: MatchState
    outcomes: Sequence[ReportedOutcome]


async def report(
    session: AsyncSession, caller: Principal, match_id: UUID, body: OutcomeIn, at: datetime
) -> ReportedOutcome:
    """Keep what the caller's side says of a match. What it has said before is not kept twice:
    its last word stays as it is, and what it said earlier gives way to what it says anew."""
    held = await _own_match(session, caller, match_id, lock=True)
    side = rules.side_for(_sides(held.match, caller), body.outcome)
    code, words = (body.reason.code, body.reason.text) if body.reason else (None, None)
    rules.refuse_missing_reason(body.outcome, code, words)
    told = await repository.of_match(session, match_id)
    if (before := rules.said_before(told, side, body.outcome, code)) is not None:
        return before
    if again := rules.said_anew(told, side, body.outcome, code):
        await repository.forget(session, again)
    fresh = ReportedOutcome(
        id=new_id(), side=side, outcome=body.outcome, reason=code, reason_text=words, reported_at=at, **_as_shown(held)
    )
    state = rules.state(told) if told else await _unseen(session, match_id)
    step = rules.LIFE.moved(state, rules.ACTION_OF[body.outcome], by=rules.parties(side, told), at=at)
    repository.add(session, fresh)
    after = rules.state([*(one for one in told if one not in again), fresh])
    act = acting.record(
        session,
        Acting(at, caller, caller.organisation),
        Done(NOUN, match_id, step.action, step.before, after, side, Why(code, words)),
    )
    if (event := _EVENTS.get(body.outcome)) is not None:
        outbox.record(session, event(interest=_interest(held.match, after), act=act))
    return fresh


def _interest(match: Match, state: MatchState) -> InterestSnapshot:
    return InterestSnapshot(
        match_id=match.id,
        demand_id=match.demand_id,
        demand_title=match.demand_title,
        owner=match.demand_owner,
        owner_name=match.demand_owner_name,
        profile_id=match.profile_id,
        profile_headline=match.profile_headline,
        enterprise=match.profile_organisation,
        enterprise_name=match.profile_organisation_name,
        state=state,
    )


async def _unseen(session: AsyncSession, match_id: UUID) -> MatchState:
    """Of a match of which nobody has said anything: whether the broker has its announcement yet."""
    return MatchState.COMPUTED if await outbox.is_waiting(session, str(match_id)) else MatchState.NOTIFIED


async def openable(session: AsyncSession, party: OrganisationKey, match_id: UUID) -> tuple[Match, bool]:
    """A match of the party, with whether a side has dismissed it; nobody can before the transaction ends."""
    held = await repository.own_match(session, party, match_id, lock=True)
    if held is None:
        raise _no_match(match_id)
    told = await repository.of_match(session, match_id)
    return held.match, rules.state(told) is MatchState.DISMISSED


async def shown(session: AsyncSession, caller: Principal, match_id: UUID, page: PageRequest) -> OutcomeHistory:
    await _own_match(session, caller, match_id)
    told = await repository.of_match(session, match_id)
    state = rules.state(told) if told else await _unseen(session, match_id)
    return OutcomeHistory(state, await repository.listed(session, match_id, page))


async def lessons(session: AsyncSession) -> list[Lesson]:
    """What there is to learn from every match whose sides said something of its fit."""
    by_match = groupby(await repository.everything(session), key=lambda outcome: outcome.match_id)
    telling = [rules.telling(list(told)) for _, told in by_match]
    return [Lesson(_shown(outcome), grade) for outcome, grade in filter(None, telling)]


async def _own_match(session: AsyncSession, caller: Principal, match_id: UUID, *, lock: bool = False) -> Held:
    held = await repository.own_match(session, caller.organisation, match_id, lock=lock)
    if held is None:
        raise _no_match(match_id)
    return held


def _no_match(match_id: UUID) -> NotFound:
    return NotFound(f"You have no match {match_id}", f"您没有编号为 {match_id} 的撮合")


def _sides(match: Match, caller: Principal) -> list[Side]:
    """One, or both where an organisation's own offer fits its own demand."""
    sides = {Side.OWNER: match.demand_owner, Side.ENTERPRISE: match.profile_organisation}
    return [side for side, organisation in sides.items() if organisation == caller.organisation]


def _as_shown(held: Held) -> dict[str, Any]:
    match, asked = held.match, held.demand.read()
    return {
        "match_id": match.id,
        "demand_id": match.demand_id,
        "demand_version": match.demand_version,
        "profile_id": match.profile_id,
        "profile_version": match.profile_version,
        "fit": match.fit,
        "rank": match.rank,
        "propensity": match.propensity,
        "has_one_language": language_of([asked.title, asked.need]) == held.profile.language,
        "features": match.features,
        "ranking_id": match.ranking_id,
        "model_id": held.ranking.model_id,
        "ranker_version": held.ranking.ranker_version,
    }


def _shown(outcome: ReportedOutcome) -> ShownMatch:
    return ShownMatch(**{field.name: getattr(outcome, field.name) for field in fields(ShownMatch)})
