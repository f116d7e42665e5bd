"""SQL of matches and receipts."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    Text,
    and_,
    any_,
    bindparam,
    exists,
    func,
    or_,
    select,
    true,
    tuple_,
    union,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from common.fields import OrganisationKey
from common.lines import Line, Statement
from matcher.jobs.models import Job
from matcher.matching.filters import MatchFilters, Sort, Window
from matcher.matching.models import Match, Ranking
from matcher.subjects.demands.models import DemandCopy
from matcher.subjects.kind import SubjectKind
from matcher.subjects.profiles.models import Profile


class _Anybody(NamedTuple):
    """An organisation that is named only when a statement is run."""

    scheme: BindParameter[str]
    code: BindParameter[str]


Asker = OrganisationKey | _Anybody
_ANYBODY = _Anybody(bindparam("scheme", type_=Text), bindparam("code", type_=Text))


class MatchText(NamedTuple):
    """All that the bytes of a match depend on, beside the language: every ranking that writes to it has an id of its
    own, and what else changes it raises the version."""

    id: UUID
    version: int
    ranking_id: UUID


class OwnList(NamedTuple):
    statement: Statement
    window: Window


Row = Mapping[str, Any]
"""As the driver gives it, by column name."""


class OwnTexts(NamedTuple):
    """Matches in the list's order, with what each may be sorted by: when it was first announced, and its fit.

    known, pending  as `progress` says
    """

    texts: list[MatchText]
    keys: list[tuple[datetime, int]]
    known: bool
    pending: bool


def add_ranking(session: AsyncSession, ranking: Ranking) -> None:
    session.add(ranking)


async def add_new(session: AsyncSession, fresh: Sequence[Match]) -> list[Match]:
    """Store matches of new pairs. Returns, locked, the rows of those pairs that their other side has just stored."""
    if not fresh:
        return []
    rows = [{column.key: getattr(match, column.key) for column in Match.__table__.columns} for match in fresh]
    pair = (Match.demand_id, Match.profile_id)
    stored = insert(Match).on_conflict_do_nothing(index_elements=pair).returning(*pair)
    lacking = {(match.demand_id, match.profile_id) for match in fresh}
    lacking -= {(demand_id, profile_id) for demand_id, profile_id in await session.execute(stored, rows)}
    if not lacking:
        return []
    others = select(Match).where(tuple_(*pair).in_(lacking)).order_by(*reversed(pair)).with_for_update()
    return list((await session.scalars(others)).all())


def _subject(kind: SubjectKind, subject_id: UUID) -> ColumnElement[bool]:
    return (Match.demand_id if kind is SubjectKind.DEMAND else Match.profile_id) == subject_id


async def partners(session: AsyncSession, kind: SubjectKind, subject_ids: Sequence[UUID]) -> dict[UUID, list[UUID]]:
    """The other side of the subjects' current matches, by subject."""
    own, other = (Match.demand_id, Match.profile_id)
    if kind is SubjectKind.PROFILE:
        own, other = other, own
    found: dict[UUID, list[UUID]] = {}
    pairs = select(own, other).where(own.in_(subject_ids), Match.is_current)
    for subject_id, partner_id in await session.execute(pairs):
        found.setdefault(subject_id, []).append(partner_id)
    return found


async def held(
    session: AsyncSession, kind: SubjectKind, subject_id: UUID, partner_ids: Sequence[UUID] = ()
) -> Sequence[Match]:
    """The subject's current matches and any it ever had with these partners, locked until the transaction ends."""
    other = Match.profile_id if kind is SubjectKind.DEMAND else Match.demand_id
    rows = select(Match).where(_subject(kind, subject_id), or_(Match.is_current, other.in_(partner_ids)))
    # One order for everybody who locks: two workers then wait for each other in no circle.
    in_order = rows.order_by(Match.profile_id, Match.demand_id).with_for_update()
    return (await session.scalars(in_order)).all()


async def lock(session: AsyncSession, match_id: UUID) -> Match | None:
    """A match, locked until the transaction ends."""
    fresh = select(Match).where(Match.id == match_id).with_for_update().execution_options(populate_existing=True)
    return await session.scalar(fresh)


async def full_from(
    session: AsyncSession, demand_ids: Sequence[UUID], profile_id: UUID, *, limit: int
) -> dict[UUID, int]:
    """For demands that have `limit` current matches with other profiles: the fit of the last of these."""
    place = func.row_number().over(partition_by=Match.demand_id, order_by=Match.fit.desc()).label("place")
    others = select(Match.demand_id, Match.fit, place).where(
        Match.is_current, Match.demand_id.in_(demand_ids), Match.profile_id != profile_id
    )
    ranked = others.subquery()
    last = select(ranked.c.demand_id, ranked.c.fit).where(ranked.c.place == limit)
    return dict((await session.execute(last)).all())


async def listed(
    session: AsyncSession, organisation: OrganisationKey, filters: MatchFilters, page: Window
) -> Sequence[Match]:
    """Matches with this organisation on either side, in the page's order, one more than it holds; of equal fits the
    newest first."""
    rows = _in_window(select(Match).where(or_(*_sides(organisation)), *_conditions(filters)), page)
    return (await session.scalars(rows)).all()


def _conditions(filters: MatchFilters) -> list[ColumnElement[bool]]:
    wanted = ((name, getattr(filters, name)) for name in ("demand_id", "profile_id", "band", "is_current"))
    conditions = [getattr(Match, name) == value for name, value in wanted if value is not None]
    return [*conditions, Match.fit >= filters.least_fit] if filters.least_fit is not None else conditions


def _in_window(rows: Select[Any], page: Window) -> Select[Any]:
    key = Match.fit if page.sort is Sort.BEST else Match.created_at
    if page.after:
        rows = rows.where(tuple_(key, Match.id) < page.after)
    return rows.order_by(key.desc(), Match.id.desc()).limit(page.limit + 1)


async def progress(session: AsyncSession, organisation: OrganisationKey, filters: MatchFilters) -> tuple[bool, bool]:
    """Whether the demand and profile that the filters name are known here, and whether one of them, or of the
    organisation's own when they name none, still waits to be matched."""
    known, pending = (await session.execute(select(*_progress(organisation, filters)))).one()
    return known, pending


def _progress(organisation: Asker, filters: MatchFilters) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    named = {
        SubjectKind.DEMAND: (DemandCopy.id, filters.demand_id),
        SubjectKind.PROFILE: (Profile.id, filters.profile_id),
    }
    asked = {kind: (column, subject_id) for kind, (column, subject_id) in named.items() if subject_id is not None}
    is_known = and_(true(), *(exists().where(column == subject_id) for column, subject_id in asked.values()))
    waits = tuple_(Job.kind, Job.subject_id).in_([(kind, subject_id) for kind, (_, subject_id) in asked.items()])
    return is_known.label("known"), exists().where(waits if asked else _is_own_job(organisation)).label("pending")


def _is_own_job(organisation: Asker) -> ColumnElement[bool]:
    scheme, code = organisation.scheme, organisation.code
    demands = select(DemandCopy.id).where(DemandCopy.owner_scheme == scheme, DemandCopy.owner_code == code)
    profiles = select(Profile.id).where(Profile.organisation_scheme == scheme, Profile.organisation_code == code)
    return or_(
        and_(Job.kind == SubjectKind.DEMAND, Job.subject_id.in_(demands)),
        and_(Job.kind == SubjectKind.PROFILE, Job.subject_id.in_(profiles)),
    )


def _sides(organisation: Asker) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """That the demand is an organisation's, and that the profile is."""
    scheme, code = organisation.scheme, organisation.code
    return (
        and_(Match.demand_owner_scheme == scheme, Match.demand_owner_code == code),
        and_(Match.profile_organisation_scheme == scheme, Match.profile_organisation_code == code),
    )


def own_list(filters: MatchFilters, page: Window) -> OwnList:
    """The list of any organisation's own matches."""
    wanted = [getattr(Match, name) for name in ("id", "version", "ranking_id", "created_at", "fit")]
    # One side after the other, as each has an index in this order; together they would be read and sorted whole.
    sides = [_in_window(select(*wanted).where(side, *_conditions(filters)), page) for side in _sides(_ANYBODY)]
    both, progress = union(*sides).subquery("both"), select(*_progress(_ANYBODY, filters)).subquery("progress")
    key = both.c.fit if page.sort is Sort.BEST else both.c.created_at
    rows = select(progress, both).select_from(progress.outerjoin(both, true()))
    return OwnList(Statement(rows.order_by(key.desc(), both.c.id.desc()).limit(page.limit + 1)), page)


async def own_rows(
    line: Line, asked: Sequence[tuple[OwnList, OrganisationKey]]
) -> dict[tuple[OwnList, OrganisationKey], Sequence[Row]]:
    """Of each organisation and list what `own_texts` reads. Rows that say the same are equal."""
    return {(one, key): await one.statement.rows(line, scheme=key.scheme, code=key.code) for one, key in asked}


def own_texts(rows: Sequence[Row]) -> OwnTexts:
    """Up to `limit + 1` matches, and how far matching has come: of one moment."""
    found = [row for row in rows if row["id"] is not None]
    texts = [MatchText(row["id"], row["version"], row["ranking_id"]) for row in found]
    return OwnTexts(texts, [(row["created_at"], row["fit"]) for row in found], rows[0]["known"], rows[0]["pending"])


async def by_ids(session: AsyncSession, ids: Sequence[UUID]) -> Sequence[Match]:
    return (await session.scalars(select(Match).where(Match.id.in_(ids)))).all()


async def one(session: AsyncSession, organisation: OrganisationKey, match_id: UUID) -> Match | None:
    return await session.scalar(select(Match).where(Match.id == match_id, or_(*_sides(organisation))))


async def ranking(session: AsyncSession, ranking_id: UUID) -> Ranking | None:
    return await session.get(Ranking, ranking_id)


async def has_match_of(session: AsyncSession, organisation: OrganisationKey, ranking: Ranking) -> bool:
    """Whether the ranking found a match with this organisation on either side, which may rest on a newer one by now."""
    other = Match.profile_id if ranking.subject_kind is SubjectKind.DEMAND else Match.demand_id
    found = and_(_subject(ranking.subject_kind, ranking.subject_id), other.in_(ranking.match_ids))
    return bool(await session.scalar(select(exists().where(found, or_(*_sides(organisation))))))


async def is_shown_in(session: AsyncSession, organisation: OrganisationKey, ranking_ids: Sequence[UUID]) -> bool:
    """Whether one of these rankings found a match with this organisation on either side."""
    of_demand = (Ranking.subject_kind == SubjectKind.DEMAND, Match.demand_id == Ranking.subject_id)
    of_profile = (Ranking.subject_kind == SubjectKind.PROFILE, Match.profile_id == Ranking.subject_id)
    found = or_(
        and_(*of_demand, Match.profile_id == any_(Ranking.match_ids)),
        and_(*of_profile, Match.demand_id == any_(Ranking.match_ids)),
    )
    shown = exists().where(Ranking.id.in_(ranking_ids), found, or_(*_sides(organisation)))
    return bool(await session.scalar(select(shown)))


async def own_partners(session: AsyncSession, organisation: OrganisationKey, ranking: Ranking) -> frozenset[UUID]:
    """Those that a ranking considered and that are this organisation's."""
    if ranking.subject_kind is SubjectKind.DEMAND:
        wanted = select(Profile.id).where(
            Profile.id.in_(ranking.ids),
            Profile.organisation_scheme == organisation.scheme,
            Profile.organisation_code == organisation.code,
        )
    else:
        wanted = select(DemandCopy.id).where(
            DemandCopy.id.in_(ranking.ids),
            DemandCopy.owner_scheme == organisation.scheme,
            DemandCopy.owner_code == organisation.code,
        )
    return frozenset((await session.scalars(wanted)).all())


def is_matched_by(organisation: OrganisationKey) -> ColumnElement[bool]:
    """Of the profile in a statement, whether it is a current match of a demand of this organisation's."""
    return exists().where(
        Match.profile_id == Profile.id,
        Match.is_current,
        Match.demand_owner_scheme == organisation.scheme,
        Match.demand_owner_code == organisation.code,
    )


async def matches_with(session: AsyncSession, ranking: Ranking, partners: Collection[UUID]) -> frozenset[UUID]:
    """Ids of the matches of a ranking's subject with these."""
    other = Match.profile_id if ranking.subject_kind is SubjectKind.DEMAND else Match.demand_id
    found = select(Match.id).where(_subject(ranking.subject_kind, ranking.subject_id), other.in_(partners))
    return frozenset((await session.scalars(found)).all())


async def is_subject_of(session: AsyncSession, organisation: OrganisationKey, subject_id: UUID) -> bool:
    """Whether a demand or profile is this organisation's."""
    key = (organisation.scheme, organisation.code)
    owner = (DemandCopy.owner_scheme, DemandCopy.owner_code)
    maker = (Profile.organisation_scheme, Profile.organisation_code)
    demands = exists().where(DemandCopy.id == subject_id, tuple_(*owner) == key)
    profiles = exists().where(Profile.id == subject_id, tuple_(*maker) == key)
    return bool(await session.scalar(select(or_(demands, profiles))))
