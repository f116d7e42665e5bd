"""SQL of exposure: what the last rankings of a period's demands say, by what profiles declare."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Subquery, exists, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.words import OwnershipForm, SizeClass
from matcher.matching.models import Ranking
from matcher.subjects.demands.models import DemandCopy
from matcher.subjects.kind import SubjectKind
from matcher.subjects.profiles.models import Profile


class RankingSpan(NamedTuple):
    """Rankings from a moment to before another, of demands of a track, or of all; the newest `most` of them."""

    begins_at: datetime
    ends_at: datetime
    track: str | None
    most: int


class ExposureCell(NamedTuple):
    """Those of one ranking whose organisations say the same: how many were considered, and where some were shown."""

    ranking_id: UUID
    ownership: OwnershipForm | None
    size_class: SizeClass | None
    considered: int
    places: Sequence[int]


class Declared(NamedTuple):
    """An organisation that was considered, as one of its profiles declares it."""

    ownership: OwnershipForm | None
    size_class: SizeClass | None
    scheme: str
    code: str


async def demand_count(session: AsyncSession, span: RankingSpan) -> int:
    """How many demands were ranked."""
    newest = _last_of_each(span).subquery()
    return (await session.execute(select(func.count()).select_from(newest))).scalar_one()


async def cells(session: AsyncSession, span: RankingSpan) -> list[ExposureCell]:
    """Time grows with the pairs that the rankings considered; of each ranking there are as many cells as there are
    different declarations."""
    pairs = _pairs(span)
    place: ColumnElement[int] = func.array_position(pairs.c.match_ids, pairs.c.profile_id)
    declared = (Profile.ownership, Profile.size_class)
    counts = (func.count(), func.array_agg(place).filter(place.is_not(None)))
    rows = (
        select(pairs.c.ranking_id, *declared, *counts)
        .outerjoin(Profile, Profile.id == pairs.c.profile_id)
        .group_by(pairs.c.ranking_id, *declared)
    )
    return [
        ExposureCell(ranking_id, ownership, size_class, count, places or ())
        for ranking_id, ownership, size_class, count, places in await session.execute(rows)
    ]


async def organisations(session: AsyncSession, span: RankingSpan) -> list[Declared]:
    """Each that was considered, once for each declaration of its profiles."""
    pairs = _pairs(span)
    key = (Profile.organisation_scheme, Profile.organisation_code)
    named = select(Profile.ownership, Profile.size_class, *key).join(pairs, pairs.c.profile_id == Profile.id)
    return [Declared(*row) for row in await session.execute(named.distinct())]


def _pairs(span: RankingSpan) -> Subquery:
    """A row for each profile that each ranking considered."""
    newest = _last_of_each(span).subquery()
    chosen = (
        select(Ranking.id, Ranking.ids, Ranking.match_ids)
        .where(Ranking.id.in_(select(newest.c.id)))
        .order_by(Ranking.created_at.desc(), Ranking.id.desc())
        .limit(span.most)
        .subquery()
    )
    return select(
        chosen.c.id.label("ranking_id"), chosen.c.match_ids, func.unnest(chosen.c.ids).label("profile_id")
    ).subquery()


def _last_of_each(span: RankingSpan) -> Select[Any]:
    """The last ranking of each demand: one that was ranked often would count often."""
    wanted = [
        Ranking.subject_kind == SubjectKind.DEMAND,
        Ranking.created_at >= span.begins_at,
        Ranking.created_at < span.ends_at,
    ]
    if span.track is not None:
        on_track = DemandCopy.snapshot["tracks"].contains([span.track])
        wanted.append(exists().where(DemandCopy.id == Ranking.subject_id, on_track))
    order = (Ranking.subject_id, Ranking.created_at.desc(), Ranking.id.desc())
    return select(Ranking.id).ext(distinct_on(Ranking.subject_id)).where(*wanted).order_by(*order)
