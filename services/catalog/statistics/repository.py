"""Counts steps on record."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import CTE, ColumnElement, RowMapping, Select, Text, and_, case, cast, extract, func, null, select
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from catalog.demands.models import Demand
from catalog.history.models import AuditEntry
from catalog.statistics.rules import Dimension
from common.contracts.words import DemandState

S = DemandState


class TimeSpan(NamedTuple):
    """From a moment up to another, which is no longer in it."""

    begins_at: datetime
    ends_at: datetime


def _published_in(span: TimeSpan) -> ColumnElement[bool]:
    return and_(Demand.published_at >= span.begins_at, Demand.published_at < span.ends_at)


def _entered(span: TimeSpan) -> CTE:
    """When each of these demands came into each state; steps that leave it where it is are no entry."""
    leaves = AuditEntry.before.is_distinct_from(AuditEntry.after)
    steps = select(AuditEntry.subject_id, AuditEntry.after, AuditEntry.at, AuditEntry.version).where(leaves)
    return steps.join(Demand, Demand.id == AuditEntry.subject_id).where(_published_in(span)).cte("entered")


async def reached(session: AsyncSession, span: TimeSpan) -> dict[str, int]:
    """By state, how many demands were ever in it."""
    entered = _entered(span)
    demands = func.count(entered.c.subject_id.distinct()).label("demands")
    counted = select(entered.c.after.label("state"), demands).group_by(entered.c.after)
    return {row.state: row.demands for row in await session.execute(counted)}


async def standing(session: AsyncSession, span: TimeSpan) -> dict[str, int]:
    """By state, how many demands are in it now."""
    counted = select(Demand.state, func.count()).where(_published_in(span)).group_by(Demand.state)
    return {str(state): count for state, count in await session.execute(counted)}


async def durations(session: AsyncSession, span: TimeSpan) -> dict[str, RowMapping]:
    """By state, stays that ended: how many, the median, the ninetieth percentile and the longest, in seconds."""
    entered = _entered(span)
    order = (entered.c.version, entered.c.at)
    left_at = func.lead(entered.c.at).over(partition_by=entered.c.subject_id, order_by=order)
    stays = select(entered.c.after.label("state"), extract("epoch", left_at - entered.c.at).label("took_s")).subquery()
    took = stays.c.took_s
    measured = (
        select(
            stays.c.state,
            func.count().label("stays"),
            func.percentile_cont(0.5).within_group(took).label("median_s"),
            func.percentile_cont(0.9).within_group(took).label("p90_s"),
            func.max(took).label("longest_s"),
        )
        .where(took.is_not(None))
        .group_by(stays.c.state)
    )
    return {row["state"]: row for row in (await session.execute(measured)).mappings()}


async def outcomes(session: AsyncSession, span: TimeSpan, by: Dimension) -> Sequence[RowMapping]:
    """By each value of a dimension, what came of its demands; the most demands first."""
    entered = _entered(span)
    states = func.array_agg(cast(entered.c.after, Text), type_=ARRAY(Text)).label("states")
    each = select(entered.c.subject_id, states).group_by(entered.c.subject_id).subquery()
    base = _with_value(by).where(_published_in(span)).subquery()

    def counted(*states: DemandState) -> ColumnElement[int]:
        return func.count().filter(each.c.states.overlap([str(one) for one in states]))

    rows = (
        select(
            base.c.value,
            func.count().label("published"),
            func.count().filter(base.c.state == S.PUBLISHED).label("open"),
            counted(S.SELECTED).label("selected"),
            counted(S.ADOPTED).label("adopted"),
            counted(S.UNSUCCESSFUL, S.NOT_ADOPTED).label("unsuccessful"),
            counted(S.WITHDRAWN, S.CANCELLED, S.MERGED).label("taken_back"),
        )
        .select_from(base.join(each, each.c.subject_id == base.c.id))
        .group_by(base.c.value)
        .order_by(func.count().desc(), base.c.value)
    )
    return (await session.execute(rows)).mappings().all()


_NO_TRACK = cast(array([null()]), ARRAY(Text))
_VALUES: dict[Dimension, ColumnElement[Any] | InstrumentedAttribute[Any]] = {
    Dimension.KIND: Demand.kind,
    Dimension.DOMAIN: Demand.domain,
    Dimension.DIVISION: Demand.division,
    # A demand without tracks is one row without a value.
    Dimension.TRACK: func.unnest(case((func.cardinality(Demand.tracks) == 0, _NO_TRACK), else_=Demand.tracks)),
}


def _with_value(by: Dimension) -> Select[Any]:
    return select(Demand.id, Demand.state, _VALUES[by].label("value"))
