"""Reads and writes public versions and audit entries."""

from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.history.models import AuditEntry, PublicVersion
from common.pagination import PageRequest
from common.rawjson import Stored, plain, stored

_VERSIONS = select(*(plain(column) for column in PublicVersion.__table__.columns))
_STEPS = select(*AuditEntry.__table__.columns)


def add(session: AsyncSession, row: PublicVersion | AuditEntry) -> None:
    session.add(row)


async def versions(session: AsyncSession, subject_id: UUID, wanted: PageRequest) -> list[Stored]:
    """Up to `limit + 1` public versions of something, newest first; `snapshot` is JSON text."""
    rows = _VERSIONS.where(PublicVersion.subject_id == subject_id)
    if wanted.after:
        rows = rows.where(tuple_(PublicVersion.changed_at, PublicVersion.id) < wanted.after)
    newest = rows.order_by(PublicVersion.changed_at.desc(), PublicVersion.id.desc())
    return [stored(row) for row in (await session.execute(newest.limit(wanted.limit + 1))).mappings()]


async def steps(session: AsyncSession, subject_id: UUID, wanted: PageRequest) -> list[dict[str, Any]]:
    """Up to `limit + 1` audit entries of something, newest first."""
    rows = _STEPS.where(AuditEntry.subject_id == subject_id)
    if wanted.after:
        rows = rows.where(tuple_(AuditEntry.at, AuditEntry.id) < wanted.after)
    newest = rows.order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
    return [stored(row) for row in (await session.execute(newest.limit(wanted.limit + 1))).mappings()]
