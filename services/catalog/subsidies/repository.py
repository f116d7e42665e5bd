"""Which subsidy schemes a list shows, and whether there is a policy."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.fields import key_of
from catalog.policies.models import SupportPolicy
from catalog.subsidies.filters import SubsidySchemeFilters
from catalog.subsidies.models import SubsidyScheme


def listed(filters: SubsidySchemeFilters) -> Iterator[ColumnElement[bool]]:
    """What rows must be."""
    if filters.state is not None:
        yield SubsidyScheme.state == filters.state
    if filters.owner is not None:
        yield SubsidyScheme.owned_by(key_of(filters.owner))


async def has_policy(session: AsyncSession, policy_id: UUID) -> bool:
    return bool(await session.scalar(select(exists().where(SupportPolicy.id == policy_id))))
