"""What organisations do with their signing keys, and what a signature is worth."""

from collections.abc import Collection
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from catalog.records.changing import Changing
from catalog.records.records import Records
from catalog.signing_keys import repository, rules
from catalog.signing_keys.models import SigningKey
from catalog.signing_keys.rules import SigningKeyAction, SigningKeyParty, Verdict
from catalog.signing_keys.schemas import JsonWebKey, KeySetOut, RevokedKey, SigningKeyIn, SigningKeyOut
from common import deadlines, signatures
from common.auth import Principal
from common.contracts.words import SigningKeyState
from common.fields import OrganisationKey
from common.roles import Role

REVOKED = "signing_key.revoked"
"""A kind of deadline, due at once: what was signed with the key is in doubt."""


class Signature(NamedTuple):
    """`value` is in base64url."""

    key_id: str
    value: str


def _parties(key: SigningKey, caller: Principal) -> Collection[SigningKeyParty]:
    parties = {SigningKeyParty.OWNER} if key.owner_key == caller.organisation else set()
    return parties | ({SigningKeyParty.OPERATOR} if Role.OPERATOR in caller.roles else set())


def _text(key: SigningKey) -> dict[str, Any]:
    return SigningKeyOut.model_validate(key).model_dump(mode="json")


SIGNING_KEYS = Records(SigningKey, rules.LIFE, _parties, _text)


async def register(changing: Changing, body: SigningKeyIn) -> SigningKey:
    """A key of the caller's organisation, to sign with from now on beside those it has."""
    try:
        signatures.public_key(body.x)
    except ValueError as error:
        raise rules.no_key() from error
    key_id = signatures.thumbprint(body.x)
    rules.refuse_registered(await repository.named(changing.session, key_id))
    return await SIGNING_KEYS.begin(changing, SigningKeyParty.OWNER, key_id=key_id, x=body.x)


async def retire(changing: Changing, record_id: UUID, reason: str | None) -> SigningKey:
    """Sign with it no more; what was signed holds."""
    async with SIGNING_KEYS.step(changing, record_id, SigningKeyAction.RETIRE, reason) as key:
        pass
    return key


async def revoke(changing: Changing, record_id: UUID, reason: str | None) -> SigningKey:
    """Trust nothing by it any more, for a reason that everyone reads."""
    async with SIGNING_KEYS.step(changing, record_id, SigningKeyAction.REVOKE, reason) as key:
        key.revoked_at, key.state_reason = changing.at, reason
    await deadlines.put(changing.session, REVOKED, key.id, changing.at)
    return key


async def verdict(session: AsyncSession, owner: OrganisationKey, document: Any, given: Signature) -> Verdict:
    """What a signature is worth as this organisation's of the document, now."""
    key = await repository.named(session, given.key_id)
    if key is None or key.owner_key != owner or not signatures.is_signed(key.x, document, given.value):
        return Verdict.WRONG
    return Verdict.KEY_REVOKED if key.state is SigningKeyState.REVOKED else Verdict.VALID


async def is_active(session: AsyncSession, owner: OrganisationKey, key_id: str) -> bool:
    """Whether an organisation signs with this key."""
    key = await repository.named(session, key_id)
    return key is not None and key.owner_key == owner and key.state is SigningKeyState.ACTIVE


async def key_set(session: AsyncSession, owner: OrganisationKey) -> KeySetOut:
    """Empty for an organisation that has registered none."""
    keys = await repository.all_of(session, owner)
    return KeySetOut(
        keys=tuple(JsonWebKey(kid=key.key_id, x=key.x) for key in keys if key.revoked_at is None),
        revoked=tuple(
            RevokedKey(kid=key.key_id, revoked_at=key.revoked_at, reason=key.state_reason or "")
            for key in keys
            if key.revoked_at is not None
        ),
    )
