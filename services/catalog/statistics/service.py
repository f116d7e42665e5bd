"""Statistics of public demands, from the steps on record. Cost: linear in the steps of the demands counted."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from catalog.statistics import repository, rules
from catalog.statistics.repository import TimeSpan
from catalog.statistics.rules import Dimension
from catalog.statistics.schemas import DurationRow, FunnelRow, OutcomeRow, Period
from common.fields import EARLIEST, END


def _span(period: Period) -> TimeSpan:
    rules.refuse_backwards(period.from_, period.until)
    until = None if period.until is None else period.until + timedelta(days=1)
    return TimeSpan(rules.starts(period.from_, EARLIEST), rules.starts(until, END))


async def funnel(session: AsyncSession, period: Period) -> list[FunnelRow]:
    span = _span(period)
    reached = await repository.reached(session, span)
    now = await repository.standing(session, span)
    return [
        FunnelRow(state=state, reached=reached.get(state, 0), now=now.get(state, 0))
        for state in (*rules.FUNNEL, *rules.ENDED)
    ]


async def durations(session: AsyncSession, period: Period) -> list[DurationRow]:
    measured = await repository.durations(session, _span(period))
    nothing = {"stays": 0, "median_s": None, "p90_s": None, "longest_s": None}
    return [DurationRow.model_validate({**nothing, **measured.get(state, {}), "state": state}) for state in rules.TIMED]


async def outcomes(session: AsyncSession, period: Period, by: Dimension) -> list[OutcomeRow]:
    rows = await repository.outcomes(session, _span(period), by)
    return [OutcomeRow.model_validate(dict(row)) for row in rows]
