"""Putting addresses on the list of those not written to, asking it, and taking them off."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from common.vault import subkeys
from notify.settings import NotifySettings
from notify.suppressions import repository
from notify.suppressions.models import Suppression
from notify.suppressions.rules import AddressHashes, AddressKind, SuppressionReason


def hashes_of(settings: NotifySettings) -> AddressHashes:
    return AddressHashes(subkeys([key.get_secret_value() for key in settings.secret_keys], "suppressions"))


async def suppress(
    session: AsyncSession,
    hashes: AddressHashes,
    address: str,
    reason: SuppressionReason,
    at: datetime,
    *,
    kind: AddressKind = AddressKind.EMAIL,
) -> bool:
    """Write to an address no more; False when it was on the list. Raises LookupError without a key to hash it with,
    ValueError when it is no address."""
    if await is_suppressed(session, hashes, address, kind=kind):
        return False
    hashed = hashes.newest(kind, address)
    row = Suppression(hash=hashed, kind=kind, key_id=hashes.key_ids[0], reason=reason, suppressed_at=at)
    return await repository.add(session, row)


async def is_suppressed(
    session: AsyncSession, hashes: AddressHashes, address: str, *, kind: AddressKind = AddressKind.EMAIL
) -> bool:
    """Whoever is about to write asks this in the transaction that claims what is to be sent."""
    return await repository.found(session, hashes.every(kind, address)) is not None


async def lift(
    session: AsyncSession, hashes: AddressHashes, address: str, *, kind: AddressKind = AddressKind.EMAIL
) -> bool:
    """Write to an address again; False when it was not on the list."""
    return await repository.remove(session, hashes.every(kind, address)) > 0
