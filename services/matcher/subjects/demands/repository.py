"""SQL of demand copies."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.catalog import DemandSnapshot
from common.contracts.words import DemandState
from common.errors import NotFound
from common.fields import OrganisationKey
from matcher.subjects.demands.models import DemandCopy


async def keep_newer(session: AsyncSession, snapshot: DemandSnapshot, state: DemandState, at: datetime) -> bool:
    """Store the snapshot, with the state it counts as here, unless the same or a newer version is there; whether it was
    stored."""
    fresh = insert(DemandCopy).values(
        id=snapshot.id,
        version=snapshot.version,
        kind=snapshot.kind,
        state=state,
        owner_scheme=snapshot.owner.scheme,
        owner_code=snapshot.owner.code,
        closes_at=snapshot.closes_at,
        snapshot=snapshot.model_dump(mode="json"),
        received_at=at,
    )
    columns = [column.key for column in DemandCopy.__table__.columns if column.key != "id"]
    newer = fresh.on_conflict_do_update(
        index_elements=["id"],
        set_={name: fresh.excluded[name] for name in columns},
        where=DemandCopy.version < fresh.excluded.version,
    )
    return (await session.execute(newer.returning(DemandCopy.id))).first() is not None


async def own(session: AsyncSession, organisation: OrganisationKey, demand_id: UUID) -> DemandCopy:
    """A demand of this organisation; NotFound when it is another's, or has not arrived yet."""
    rows = select(DemandCopy).where(
        DemandCopy.id == demand_id,
        DemandCopy.owner_scheme == organisation.scheme,
        DemandCopy.owner_code == organisation.code,
    )
    demand = await session.scalar(rows)
    if demand is None:
        raise NotFound(
            f"You have no published demand {demand_id}; one published a moment ago arrives here within seconds",
            f"您没有编号为 {demand_id} 的已发布需求；如刚刚发布，请几秒后再试",
        )
    return demand


async def by_ids(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, DemandCopy]:
    rows = await session.scalars(select(DemandCopy).where(DemandCopy.id.in_(ids)))
    return {demand.id: demand for demand in rows}


async def versions_held(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, int]:
    """The versions of those that are published; none of them can change before the caller's transaction ends."""
    rows = select(DemandCopy.id, DemandCopy.version).where(
        DemandCopy.id.in_(ids), DemandCopy.state == DemandState.PUBLISHED
    )
    found = await session.execute(rows.order_by(DemandCopy.id).with_for_update(read=True))
    return dict(found.all())
