"""SQL of mandates."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from common.errors import NotFound
from common.fields import OrganisationKey
from common.pagination import PageRequest
from matcher.mandates.models import Mandate


def add(session: AsyncSession, mandate: Mandate) -> None:
    session.add(mandate)


async def own(session: AsyncSession, organisation: OrganisationKey, mandate_id: UUID, *, lock: bool = False) -> Mandate:
    """A mandate that this organisation gave or holds; NotFound when it is others'.

    lock  until the transaction ends, so that a mandate is not revoked between an act and its commit
    """
    rows = select(Mandate).where(Mandate.id == mandate_id, _gave_or_holds(organisation))
    found = await session.scalar(rows.with_for_update() if lock else rows)
    if found is None:
        raise NotFound(f"You have no mandate {mandate_id}", f"您没有编号为 {mandate_id} 的委托")
    return found


async def held(session: AsyncSession, broker: OrganisationKey, mandate_id: UUID) -> Mandate:
    """A mandate that this organisation holds, safe from being revoked until the transaction ends."""
    rows = select(Mandate).where(
        Mandate.id == mandate_id, Mandate.broker_scheme == broker.scheme, Mandate.broker_code == broker.code
    )
    found = await session.scalar(rows.with_for_update(read=True))
    if found is None:
        raise NotFound(f"You hold no mandate {mandate_id}", f"您没有受托编号为 {mandate_id} 的委托")
    return found


async def listed(session: AsyncSession, organisation: OrganisationKey, page: PageRequest) -> Sequence[Mandate]:
    """Those it gave or holds, newest first, one more than the page holds."""
    rows = select(Mandate).where(_gave_or_holds(organisation))
    if page.after:
        rows = rows.where(tuple_(Mandate.given_at, Mandate.id) < page.after)
    return (
        await session.scalars(rows.order_by(Mandate.given_at.desc(), Mandate.id.desc()).limit(page.limit + 1))
    ).all()


def _gave_or_holds(organisation: OrganisationKey) -> ColumnElement[bool]:
    scheme, code = organisation.scheme, organisation.code
    return or_(
        and_(Mandate.giver_scheme == scheme, Mandate.giver_code == code),
        and_(Mandate.broker_scheme == scheme, Mandate.broker_code == code),
    )
