"""Statistics of public demands, from the steps on record. Cost: linear in the steps of the demands counted."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from catalog.statistics import repository, rules
from catalog.statistics.filters import StatisticsFilters
from catalog.statistics.repository import TimeSpan
from catalog.statistics.rules import Dimension
from catalog.statistics.schemas import DurationRow, FunnelRow, OutcomeRow
from common import tracks
from common.days import begins_at
from common.errors import FieldFault, invalid
from common.fields import EARLIEST, END
from common.tracks import Tracks


class Group(NamedTuple):
    """Demands with the same value of what they are told apart by."""

    value: str | None
    name: str | None = None


async def funnel(session: AsyncSession, counted: StatisticsFilters, known: Tracks) -> list[FunnelRow]:
    counted = await _settled(session, counted, known)
    reached = await repository.reached(session, counted, _span(counted))
    now = await repository.standing(session, counted, _span(counted))
    states = (*rules.FUNNEL, *rules.ENDED)
    return [
        FunnelRow(**group._asdict(), state=state, reached=reached.get(key, 0), now=now.get(key, 0))
        for group in await _groups(session, counted)
        for state in states
        for key in [(group.value, str(state))]
    ]


async def durations(session: AsyncSession, counted: StatisticsFilters, known: Tracks) -> list[DurationRow]:
    counted = await _settled(session, counted, known)
    measured = await repository.durations(session, counted, _span(counted))
    nothing = {"stays": 0, "median_s": None, "p90_s": None, "longest_s": None}
    return [
        DurationRow.model_validate(
            {**nothing, **measured.get((group.value, state), {}), **group._asdict(), "state": state}
        )
        for group in await _groups(session, counted)
        for state in rules.TIMED
    ]


async def outcomes(session: AsyncSession, counted: StatisticsFilters, known: Tracks) -> list[OutcomeRow]:
    counted = await _settled(session, counted, known)
    rows = await repository.outcomes(session, counted, _span(counted))
    names = await _names(session, counted, [row["value"] for row in rows])
    return [OutcomeRow.model_validate({**row, "name": names.get(row["value"])}) for row in rows]


async def _settled(session: AsyncSession, counted: StatisticsFilters, known: Tracks) -> StatisticsFilters:
    """With the track itself in place of its English name. Raises InvalidInput for what cannot be counted by."""
    rules.refuse_backwards(counted.from_, counted.until)
    if counted.list_id is not None and not await repository.editions(session, [counted.list_id]):
        fault = FieldFault("give the id of a published list", "请填写已发布场景清单的 id", parameter="list_id")
        raise invalid(fault)
    track = counted.track and tracks.one(counted.track, known, parameter="track")
    return counted.model_copy(update={"track": track})


def _span(counted: StatisticsFilters) -> TimeSpan:
    first, last = counted.from_, counted.until
    return TimeSpan(begins_at(first) if first else EARLIEST, begins_at(last + timedelta(days=1)) if last else END)


async def _groups(session: AsyncSession, counted: StatisticsFilters) -> list[Group]:
    """The most demands first; the one group of all is there even when it is empty."""
    if counted.by is None:
        return [Group(None)]
    values = await repository.values(session, counted, _span(counted))
    names = await _names(session, counted, values)
    return [Group(value, names.get(value)) for value in values]


async def _names(session: AsyncSession, counted: StatisticsFilters, values: Sequence[str | None]) -> dict[Any, str]:
    if counted.by is not Dimension.LIST:
        return {}
    found = await repository.editions(session, [UUID(value) for value in values if value])
    return {str(row.id): rules.edition_name(row) for row in found}
