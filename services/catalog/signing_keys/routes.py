"""Signing keys over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Response

from catalog.records.changing import Changing, ChangingDep, changing
from catalog.records.steps import PlainStep, StepAsked, StepRoutes, add_history, add_steps
from catalog.signing_keys import service
from catalog.signing_keys.models import SigningKey
from catalog.signing_keys.rules import SigningKeyAction
from catalog.signing_keys.schemas import KeySetOut, SigningKeyIn, SigningKeyOut
from common.database import ReadSessionDep
from common.errors import Forbidden, NotAllowedNow, NotFound, TooLarge, Unauthenticated, Unavailable
from common.etags import set_etag
from common.fields import Code, OrganisationKey, Scheme
from common.idempotency import OnceDep
from common.problems import problems
from common.routing import GuardedRouter

router = GuardedRouter(prefix="/v1/signing-keys", tags=["validations"], responses=problems(Unavailable))
STEPS = (
    PlainStep(
        SigningKeyAction.RETIRE,
        "Retire a signing key",
        "By its organisation: it signs no more, and what it signed holds.",
    ),
    PlainStep(
        SigningKeyAction.REVOKE,
        "Revoke a signing key",
        "By its organisation or an operator: nothing it signed is trusted, until it is signed with another.",
        True,
    ),
)


def _shown(response: Response, key: SigningKey) -> SigningKeyOut:
    set_etag(response, key.version)
    return SigningKeyOut.model_validate(key)


@router.post(
    "",
    status_code=201,
    summary="Register a signing key",
    responses=problems(Unauthenticated, Forbidden, NotAllowedNow, TooLarge),
)
async def create_signing_key(body: SigningKeyIn, who: ChangingDep, once: OnceDep, response: Response) -> SigningKeyOut:
    """Of the caller's organisation: the public half of a pair made by `python -m catalog key`, or by any program for
    Ed25519. An organisation may have several; it rotates by registering one and retiring another."""
    key = await service.register(who, body)
    response.headers["Location"] = f"/v1/signing-keys/{key.id}"
    return once.keep(_shown(response, key))


@router.get("/{signing_key_id}", summary="Read a signing key", responses=problems(NotFound))
async def read_signing_key(signing_key_id: UUID, session: ReadSessionDep, response: Response) -> SigningKeyOut:
    return _shown(response, await service.SIGNING_KEYS.read(session, None, signing_key_id))


@router.get(
    "/of/{scheme}/{code}", summary="Read an organisation's public keys as a JWK Set", responses=problems(NotFound)
)
async def read_key_set(
    scheme: Annotated[Scheme, Path()], code: Annotated[Code, Path()], session: ReadSessionDep
) -> KeySetOut:
    """For everyone: what its signatures are checked with, offline too (`python -m catalog verify`)."""
    return await service.key_set(session, OrganisationKey(scheme=scheme, code=code))


async def _take(who: Changing, asked: StepAsked) -> SigningKeyOut:
    take = service.retire if asked.action == SigningKeyAction.RETIRE else service.revoke
    return _shown(asked.response, await take(who, asked.record_id, asked.reason))


add_steps(router, StepRoutes("signing_key", SigningKeyOut), STEPS, changing, _take)
add_history(router, "signing_key", "a signing key", service.SIGNING_KEYS)
