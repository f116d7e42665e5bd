"""Counts steps on record."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import CTE, ColumnElement, RowMapping, Text, and_, case, cast, exists, extract, func, null, select
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from catalog.demands.models import Demand
from catalog.history.models import AuditEntry
from catalog.lists.models import ListEntry, ScenarioList
from catalog.lists.rules import PUBLIC
from catalog.statistics.filters import StatisticsFilters
from catalog.statistics.rules import Dimension
from common.contracts.words import DemandState

S = DemandState
_Key = tuple[str | None, str]
"""A group's value, and a state."""


class TimeSpan(NamedTuple):
    """From a moment up to another, which is no longer in it."""

    begins_at: datetime
    ends_at: datetime


async def editions(session: AsyncSession, list_ids: Collection[UUID]) -> Sequence[ScenarioList]:
    """Those of these lists that are public."""
    wanted = select(ScenarioList).where(ScenarioList.id.in_(list_ids), ScenarioList.state.in_(PUBLIC))
    return (await session.scalars(wanted)).all()


async def values(session: AsyncSession, counted: StatisticsFilters, span: TimeSpan) -> Sequence[str | None]:
    """Of what demands are told apart by; the most demands first."""
    base = _demands(counted, span)
    rows = select(base.c.value).group_by(base.c.value).order_by(func.count().desc(), base.c.value)
    return (await session.scalars(rows)).all()


async def reached(session: AsyncSession, counted: StatisticsFilters, span: TimeSpan) -> dict[_Key, int]:
    """How many demands of a group were ever in a state."""
    base = _demands(counted, span)
    entered = _entered(base)
    demands = func.count(entered.c.subject_id.distinct()).label("demands")
    rows = select(base.c.value, entered.c.after, demands).join(entered, entered.c.subject_id == base.c.id)
    grouped = rows.group_by(base.c.value, entered.c.after)
    return {(value, str(state)): count for value, state, count in await session.execute(grouped)}


async def standing(session: AsyncSession, counted: StatisticsFilters, span: TimeSpan) -> dict[_Key, int]:
    """How many demands of a group are in a state now."""
    base = _demands(counted, span)
    rows = select(base.c.value, base.c.state, func.count()).group_by(base.c.value, base.c.state)
    return {(value, str(state)): count for value, state, count in await session.execute(rows)}


async def durations(session: AsyncSession, counted: StatisticsFilters, span: TimeSpan) -> dict[_Key, RowMapping]:
    """Stays of a group in a state that ended: how many, the median, the ninetieth percentile and the longest, in
    seconds."""
    base = _demands(counted, span)
    entered = _entered(base)
    order = (entered.c.version, entered.c.at)
    left_at = func.lead(entered.c.at).over(partition_by=entered.c.subject_id, order_by=order)
    took = extract("epoch", left_at - entered.c.at).label("took_s")
    stays = select(entered.c.subject_id, entered.c.after.label("state"), took).subquery()
    took_s = stays.c.took_s
    measured = (
        select(
            base.c.value,
            stays.c.state,
            func.count().label("stays"),
            func.percentile_cont(0.5).within_group(took_s).label("median_s"),
            func.percentile_cont(0.9).within_group(took_s).label("p90_s"),
            func.max(took_s).label("longest_s"),
        )
        .join(stays, stays.c.subject_id == base.c.id)
        .where(took_s.is_not(None))
        .group_by(base.c.value, stays.c.state)
    )
    return {(row["value"], row["state"]): row for row in (await session.execute(measured)).mappings()}


async def outcomes(session: AsyncSession, counted: StatisticsFilters, span: TimeSpan) -> Sequence[RowMapping]:
    """By each value of a dimension, what came of its demands; the most demands first."""
    base = _demands(counted, span)
    entered = _entered(base)
    states = func.array_agg(cast(entered.c.after, Text), type_=ARRAY(Text)).label("states")
    each = select(entered.c.subject_id, states).group_by(entered.c.subject_id).subquery()

    def ever(*states: DemandState) -> ColumnElement[int]:
        return func.count().filter(each.c.states.overlap([str(one) for one in states]))

    rows = (
        select(
            base.c.value,
            func.count().label("published"),
            func.count().filter(base.c.state == S.PUBLISHED).label("open"),
            ever(S.SELECTED).label("selected"),
            ever(S.ADOPTED).label("adopted"),
            ever(S.UNSUCCESSFUL, S.NOT_ADOPTED).label("unsuccessful"),
            ever(S.WITHDRAWN, S.CANCELLED, S.MERGED).label("taken_back"),
        )
        .select_from(base.join(each, each.c.subject_id == base.c.id))
        .group_by(base.c.value)
        .order_by(func.count().desc(), base.c.value)
    )
    return (await session.execute(rows)).mappings().all()


def _demands(counted: StatisticsFilters, span: TimeSpan) -> CTE:
    """Each demand that counts, with its state now; once for each value of what they are told apart by."""
    rows = select(Demand.id, Demand.state, _value(counted.by).label("value")).where(*_conditions(counted, span))
    if counted.by is Dimension.LIST:
        rows = rows.outerjoin(_published, _published.demand_id == Demand.id)
    return rows.cte("counted")


_published = aliased(
    ListEntry,
    select(ListEntry)
    .join(ScenarioList, ScenarioList.id == ListEntry.list_id)
    .where(ScenarioList.state.in_(PUBLIC))
    .subquery(),
)
_NO_TRACK = cast(array([null()]), ARRAY(Text))


def _value(by: Dimension | None) -> ColumnElement[Any]:
    match by:
        case None:
            return cast(null(), Text)
        case Dimension.KIND | Dimension.DOMAIN | Dimension.DIVISION:
            return cast(Demand.__table__.c[by], Text)
        case Dimension.TRACK:
            # A demand without tracks is one row without a value.
            return func.unnest(case((func.cardinality(Demand.tracks) == 0, _NO_TRACK), else_=Demand.tracks))
        case Dimension.LIST:
            return cast(_published.list_id, Text)


def _conditions(counted: StatisticsFilters, span: TimeSpan) -> Iterator[ColumnElement[bool]]:
    yield and_(Demand.published_at >= span.begins_at, Demand.published_at < span.ends_at)
    for column, value in ((Demand.kind, counted.kind), (Demand.domain, counted.domain)):
        if value is not None:
            yield column == value
    if counted.track:
        yield Demand.tracks.contains([counted.track])
    if counted.division_prefix:
        yield Demand.division.startswith(counted.division_prefix)
    if counted.list_id is not None:
        yield exists().where(ListEntry.demand_id == Demand.id, ListEntry.list_id == counted.list_id)


def _entered(demands: CTE) -> CTE:
    """When each of these demands came into each state; steps that leave it where it is are no entry."""
    leaves = AuditEntry.before.is_distinct_from(AuditEntry.after)
    steps = select(AuditEntry.subject_id, AuditEntry.after, AuditEntry.at, AuditEntry.version).where(leaves)
    return steps.where(AuditEntry.subject_id.in_(select(demands.c.id))).cte("entered")
