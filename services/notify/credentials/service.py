"""Issuing and revoking the credentials with which organisations read their subjects at the broker."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from common.broker_claims import ServerClaims
from common.fields import OrganisationKey
from notify.credentials import repository
from notify.credentials.keys import BrokerKeys
from notify.credentials.models import Credential
from notify.credentials.rules import user_of


async def issue(session: AsyncSession, keys: BrokerKeys, organisation: OrganisationKey, at: datetime) -> str:
    """The credentials file of a new key. Those issued before stay good."""
    public_key, file = keys.issue(user_of(organisation), at)
    row = Credential(
        public_key=public_key,
        organisation_scheme=organisation.scheme,
        organisation_code=organisation.code,
        issued_at=at,
    )
    repository.add(session, row)
    return file


async def revoke(
    session: AsyncSession, keys: BrokerKeys, servers: ServerClaims, organisation: OrganisationKey, at: datetime
) -> int:
    """Revoke every credential of an organisation; returns how many. Its connections end at once.

    Raises Unavailable, and then nothing is revoked, when the broker does not take it.
    """
    count = await repository.revoke(session, organisation, at)
    await synchronise(session, keys, servers, at)
    return count


async def synchronise(session: AsyncSession, keys: BrokerKeys, servers: ServerClaims, at: datetime) -> None:
    """Tell the broker of every revocation there ever was: one that lost its disk has forgotten them."""
    revoked = await repository.revoked(session)
    await servers.replace(keys.account, lambda present: keys.revoking(present, revoked, at))


async def every(session: AsyncSession) -> Sequence[Credential]:
    return await repository.every(session)
