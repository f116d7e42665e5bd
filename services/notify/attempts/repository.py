"""Attempts, found by where they went, what came of them and when."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from common.fields import OrganisationKey
from common.forgetting import forget_some
from common.pagination import PageRequest
from notify.deliveries.filters import AttemptFilters
from notify.deliveries.models import Attempt, Delivery


class FoundAttempt(NamedTuple):
    """An attempt with the delivery it was made for."""

    attempt: Attempt
    delivery: Delivery

    @property
    def key(self) -> tuple[datetime, UUID]:
        return self.attempt.at, self.attempt.id


async def page(
    session: AsyncSession, organisation: OrganisationKey, filters: AttemptFilters, wanted: PageRequest
) -> Sequence[FoundAttempt]:
    """Newest first; one more than the page holds, when there is one."""
    rows = select(Attempt, Delivery).join(Delivery, Delivery.id == Attempt.delivery_id)
    rows = _narrowed(rows, filters).where(
        Delivery.organisation_scheme == organisation.scheme, Delivery.organisation_code == organisation.code
    )
    if wanted.after is not None:
        rows = rows.where(tuple_(Attempt.at, Attempt.id) < wanted.after)
    rows = rows.order_by(Attempt.at.desc(), Attempt.id.desc()).limit(wanted.limit + 1)
    return [FoundAttempt(attempt, delivery) for attempt, delivery in (await session.execute(rows)).all()]


def _narrowed(rows: Select[Attempt, Delivery], filters: AttemptFilters) -> Select[Attempt, Delivery]:
    equal = {
        Delivery.subscription_id: filters.subscription_id,
        Delivery.channel: filters.channel,
        Attempt.delivery_id: filters.delivery_id,
        Attempt.outcome: filters.outcome,
        Attempt.status: filters.status,
        Attempt.reason: filters.reason,
    }
    rows = rows.where(*(column == value for column, value in equal.items() if value is not None))
    if filters.since is not None:
        rows = rows.where(Attempt.at >= filters.since)
    if filters.until is not None:
        rows = rows.where(Attempt.at < filters.until)
    if filters.answer is not None:
        rows = rows.where(Attempt.answer.icontains(filters.answer, autoescape=True))
    return rows


async def forget(session: AsyncSession, before: datetime, *, limit: int) -> int:
    return await forget_some(session, Attempt, Attempt.at < before, limit)
