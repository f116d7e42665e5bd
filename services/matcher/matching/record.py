"""Stores what a ranking found: its receipt, new and changed matches, the end of those that no longer hold."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import outbox
from common.clock import new_id
from common.contracts.matcher import MatchComputed, MatchLapsed, MatchSnapshot
from matcher.engine.ranking import receipts
from matcher.matching import readings, repository, rules
from matcher.matching.judge import Fit, Standing
from matcher.matching.models import Match, Ranking
from matcher.reader import repository as reader
from matcher.subjects.demands import repository as demands
from matcher.subjects.kind import SubjectKind
from matcher.subjects.profiles import repository as profiles


@dataclass(frozen=True)
class Ranked:
    """A finished ranking.

    standings     all pairs considered, best first
    fits          those of them that are matches
    had_partners  whether the subject had current matches before
    """

    kind: SubjectKind
    subject_id: UUID
    subject_version: int
    model_id: str
    ranker_version: str
    settings: dict[str, Any]
    standings: Sequence[Standing]
    fits: Sequence[Fit]
    had_partners: bool

    def partner(self, pair: Standing | Fit) -> tuple[UUID, int]:
        """Id and version of the pair's other side."""
        other = pair.profile if self.kind is SubjectKind.DEMAND else pair.demand
        return other.id, other.version

    @property
    def inputs(self) -> receipts.Inputs:
        return receipts.Inputs(
            subject_kind=self.kind,
            subject=(self.subject_id, self.subject_version),
            considered=[self.partner(standing) for standing in self.standings],
            model_id=self.model_id,
            ranker_version=self.ranker_version,
            settings=self.settings,
        )


@dataclass
class Announced:
    """The ids of the matches whose news a ranking announced: computed anew or otherwise, or ended."""

    computed: list[UUID] = field(default_factory=list)
    lapsed: list[UUID] = field(default_factory=list)


async def record(
    session: AsyncSession, ranked: Ranked, at: datetime, *, match_limit: int, is_read: bool = False
) -> Announced:
    """Store and announce, in the caller's transaction, which must hold the subject's job; returns what is news.

    is_read  whether a second reader looks at what announced matches leave open

    A partner that changed since it was scored is left to its own job, which came with the change.
    """
    receipt = _receipt(ranked, at)
    repository.add_ranking(session, receipt)
    news = Announced()
    if not ranked.fits and not ranked.had_partners:
        return news
    await session.flush()
    fits = await _still_true(session, ranked, match_limit)
    held = await repository.held(session, ranked.kind, ranked.subject_id, list(fits))
    known = {_partner_id(ranked.kind, row): row for row in held}
    fresh = [_new(fits[partner_id], receipt) for partner_id in sorted(fits) if partner_id not in known]
    late = {_partner_id(ranked.kind, row): row for row in await repository.add_new(session, fresh)}
    announced = [match for match in fresh if _partner_id(ranked.kind, match) not in late]
    for match in announced:
        outbox.record(session, MatchComputed(match=MatchSnapshot.read(match)))
    announced += [
        row
        for partner_id, row in (known | late).items()
        if partner_id in fits and _renew(session, row, fits[partner_id], receipt)
    ]
    if is_read:
        await _have_read(session, announced, at)
    others = [row for partner_id, row in known.items() if partner_id not in fits]
    news.computed += [match.id for match in announced]
    news.lapsed += _end_outdone(session, ranked, others, at)
    return news


async def _have_read(session: AsyncSession, announced: Sequence[Match], at: datetime) -> None:
    """Put those that leave a clause open before the second reader."""
    await session.flush()
    await reader.enqueue(session, [match.id for match in announced if any(map(readings.is_open, match.verdicts))], at)


async def end(session: AsyncSession, kind: SubjectKind, subject_id: UUID, at: datetime) -> None:
    """End every current match of a demand that closed or a profile that was withdrawn."""
    for row in await repository.held(session, kind, subject_id):
        _lapse(session, row, at)


def _receipt(ranked: Ranked, at: datetime) -> Ranking:
    partners = [ranked.partner(standing) for standing in ranked.standings]
    return Ranking(
        id=new_id(),
        subject_kind=ranked.kind,
        subject_id=ranked.subject_id,
        subject_version=ranked.subject_version,
        model_id=ranked.model_id,
        ranker_version=ranked.ranker_version,
        settings=ranked.settings,
        ids=[partner_id for partner_id, _ in partners],
        versions=[version for _, version in partners],
        scores=[standing.score for standing in ranked.standings],
        match_ids=[ranked.partner(fit)[0] for fit in ranked.fits],
        match_fits=[fit.fit for fit in ranked.fits],
        digest=receipts.digest(ranked.inputs),
        created_at=at,
    )


async def _still_true(session: AsyncSession, ranked: Ranked, match_limit: int) -> dict[UUID, Fit]:
    """The fits by partner, without partners that changed or ended meanwhile and demands that have better matches."""
    by_partner = {ranked.partner(fit): fit for fit in ranked.fits}
    ids = [partner_id for partner_id, _ in by_partner]
    if ranked.kind is SubjectKind.DEMAND:
        versions, full = await profiles.versions_held(session, ids), {}
    else:
        versions = await demands.versions_held(session, ids)
        full = await repository.full_from(session, ids, ranked.subject_id, limit=match_limit)
    return {
        partner_id: fit
        for (partner_id, version), fit in by_partner.items()
        if versions.get(partner_id) == version and fit.fit > full.get(partner_id, -1)
    }


def _partner_id(kind: SubjectKind, row: Match) -> UUID:
    return row.profile_id if kind is SubjectKind.DEMAND else row.demand_id


def _is_outdone(ranked: Ranked, row: Match, scored_version: int | None) -> bool:
    """Whether this ranking saw both sides at least as new as the match did, and found no match."""
    if ranked.kind is SubjectKind.DEMAND:
        subject_version, partner_version = row.demand_version, row.profile_version
    else:
        subject_version, partner_version = row.profile_version, row.demand_version
    return (
        scored_version is not None and scored_version >= partner_version and ranked.subject_version >= subject_version
    )


def _end_outdone(session: AsyncSession, ranked: Ranked, rows: Sequence[Match], at: datetime) -> list[UUID]:
    """End those that this ranking no longer finds; returns their ids."""
    scored = dict(ranked.partner(standing) for standing in ranked.standings)
    over = [
        row for row in rows if row.is_current and _is_outdone(ranked, row, scored.get(_partner_id(ranked.kind, row)))
    ]
    for row in over:
        _lapse(session, row, at)
    return [row.id for row in over]


def _new(fit: Fit, receipt: Ranking) -> Match:
    match = Match(id=new_id(), version=1, created_at=receipt.created_at)
    _write(match, fit, receipt)
    return match


def _renew(session: AsyncSession, row: Match, fit: Fit, receipt: Ranking) -> bool:
    """Bring a match up to date, and announce it if that is news; what is newer than the fit stays. Whether it is."""
    if row.demand_version > fit.demand.version or row.profile_version > fit.profile.version:
        return False
    before, verdicts = rules.told(MatchSnapshot.read(row)), row.verdicts
    is_same = (row.demand_version, row.profile_version) == (fit.demand.version, fit.profile.version)
    _write(row, fit, receipt)
    if is_same:
        row.verdicts = readings.carried(verdicts, row.verdicts)
    if rules.told(MatchSnapshot.read(row)) == before:
        return False
    row.version += 1
    outbox.record(session, MatchComputed(match=MatchSnapshot.read(row)))
    return True


def _write(row: Match, fit: Fit, receipt: Ranking) -> None:
    demand, profile = fit.demand.snapshot, fit.profile
    row.is_current, row.ranking_id, row.computed_at = True, receipt.id, receipt.created_at
    row.demand_id, row.demand_version, row.demand_kind = demand.id, demand.version, demand.kind
    row.demand_title, row.demand_owner_name = demand.title, demand.owner_name
    row.demand_owner_scheme, row.demand_owner_code = demand.owner.scheme, demand.owner.code
    row.domain, row.tracks, row.division = demand.domain, list(demand.tracks), demand.division
    row.locality = demand.locality.model_dump(mode="json") if demand.locality else None
    row.profile_id, row.profile_version, row.profile_headline = profile.id, profile.version, profile.offer.headline
    row.profile_organisation_scheme = profile.organisation.scheme
    row.profile_organisation_code = profile.organisation.code
    row.profile_organisation_name = profile.organisation_name
    row.fit, row.band, row.summary = fit.fit, fit.band, fit.summary
    row.features, row.rank, row.propensity = dict(fit.standing.features), fit.standing.rank, fit.propensity
    row.verdicts = [verdict.model_dump(mode="json") for verdict in fit.verdicts]


def _lapse(session: AsyncSession, row: Match, at: datetime) -> None:
    row.is_current, row.version, row.computed_at = False, row.version + 1, at
    outbox.record(session, MatchLapsed(match=MatchSnapshot.read(row)))
