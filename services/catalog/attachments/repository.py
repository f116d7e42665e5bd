"""Reads and writes attachments, and their content in large objects of the database."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import LargeBinary, bindparam, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.attachments.models import Attachment
from common.contracts.words import AttachmentState
from common.pagination import PageRequest

_IS_THERE = Attachment.state == AttachmentState.ATTACHED


def add(session: AsyncSession, attachment: Attachment) -> None:
    session.add(attachment)


async def named(session: AsyncSession, demand_id: UUID, name: str) -> Attachment | None:
    """The file of that name, removed or not."""
    wanted = select(Attachment).where(Attachment.demand_id == demand_id, Attachment.name == name)
    return (await session.scalars(wanted)).one_or_none()


async def count(session: AsyncSession, demand_id: UUID) -> int:
    counted = select(func.count()).select_from(Attachment).where(Attachment.demand_id == demand_id, _IS_THERE)
    return (await session.scalars(counted)).one()


async def present(session: AsyncSession, demand_id: UUID) -> Sequence[Attachment]:
    """Files that are there, in the order of their names."""
    wanted = select(Attachment).where(Attachment.demand_id == demand_id, _IS_THERE).order_by(Attachment.name)
    return (await session.scalars(wanted)).all()


async def page(session: AsyncSession, demand_id: UUID, wanted: PageRequest) -> Sequence[Attachment]:
    """Up to `limit + 1` files that are there, newest first."""
    rows = select(Attachment).where(Attachment.demand_id == demand_id, _IS_THERE)
    if wanted.after:
        rows = rows.where(tuple_(Attachment.created_at, Attachment.id) < wanted.after)
    newest = rows.order_by(Attachment.created_at.desc(), Attachment.id.desc())
    return (await session.scalars(newest.limit(wanted.limit + 1))).all()


async def make_object(session: AsyncSession) -> int:
    return int((await session.scalars(select(func.lo_create(0)))).one())


async def write_object(session: AsyncSession, number: int, offset: int, chunk: bytes) -> None:
    await session.execute(select(func.lo_put(number, offset, bindparam("chunk", chunk, LargeBinary))))


async def read_object(session: AsyncSession, number: int, offset: int, length: int) -> bytes:
    """Raises DBAPIError when there is no such object."""
    return bytes((await session.scalars(select(func.lo_get(number, offset, length)))).one())


async def drop_object(session: AsyncSession, number: int) -> None:
    await session.execute(select(func.lo_unlink(number)))
