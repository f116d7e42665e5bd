"""Finds signing keys by their id and by whose they are."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.signing_keys.models import SigningKey
from common.fields import OrganisationKey

MOST = 200
"""Keys of one organisation that its set shows, the newest."""


async def named(session: AsyncSession, key_id: str) -> SigningKey | None:
    return (await session.scalars(select(SigningKey).where(SigningKey.key_id == key_id))).one_or_none()


async def all_of(session: AsyncSession, owner: OrganisationKey) -> Sequence[SigningKey]:
    """Newest first."""
    wanted = select(SigningKey).where(SigningKey.owned_by(owner))
    newest = wanted.order_by(SigningKey.created_at.desc(), SigningKey.id.desc())
    return (await session.scalars(newest.limit(MOST))).all()
