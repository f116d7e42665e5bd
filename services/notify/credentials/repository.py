"""The look-ups of credentials."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from common.fields import OrganisationKey
from notify.credentials.models import Credential


def add(session: AsyncSession, credential: Credential) -> None:
    session.add(credential)


async def every(session: AsyncSession) -> Sequence[Credential]:
    """In the order in which they were issued."""
    return (await session.scalars(select(Credential).order_by(Credential.issued_at, Credential.public_key))).all()


async def holders(session: AsyncSession) -> frozenset[OrganisationKey]:
    """Organisations with a credential that is not revoked."""
    columns = (Credential.organisation_scheme, Credential.organisation_code)
    rows = await session.execute(select(*columns).where(Credential.revoked_at.is_(None)).distinct())
    return frozenset(OrganisationKey(scheme=row[0], code=row[1]) for row in rows)


async def revoke(session: AsyncSession, organisation: OrganisationKey, at: datetime) -> int:
    """Mark every credential of an organisation; returns how many were not marked before."""
    held = and_(_of(organisation), Credential.revoked_at.is_(None))
    marked = update(Credential).where(held).values(revoked_at=at).returning(Credential.public_key)
    return len((await session.execute(marked)).all())


async def revoked(session: AsyncSession) -> dict[str, datetime]:
    """When each revoked public key was revoked."""
    rows = await session.scalars(select(Credential).where(Credential.revoked_at.is_not(None)))
    return {row.public_key: row.revoked_at for row in rows if row.revoked_at}


def _of(organisation: OrganisationKey) -> ColumnElement[bool]:
    return and_(
        Credential.organisation_scheme == organisation.scheme, Credential.organisation_code == organisation.code
    )
