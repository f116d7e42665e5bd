"""What makes a result count: the report, the host's signature, acceptance, and what takes that away again."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from catalog.attachments.service import Upload
from catalog.attachments.store import Store
from catalog.records.changing import Changing
from catalog.signing_keys import service as signing_keys
from catalog.signing_keys.rules import Verdict
from catalog.signing_keys.service import Signature
from catalog.validations import repository, results, rules
from catalog.validations.models import Validation
from catalog.validations.rules import ValidationAction, ValidationParty
from catalog.validations.schemas import (
    PresentedResult,
    ReportOut,
    ResultDocument,
    SignatureIn,
    SignedResultOut,
    VerifiedOut,
)
from catalog.validations.service import LAPSE, VALIDATIONS, lapse_due
from common import outbox
from common.auth import Principal
from common.canonical import digest
from common.contracts.validations import ValidatedFigure, ValidationAccepted, ValidationLapsed, ValidationSnapshot
from common.contracts.words import ValidationState
from common.deadlines import Handler
from common.errors import Forbidden, NotFound
from common.fields import OrganisationKey


async def attach(changing: Changing, store: Store, record_id: UUID, upload: Upload) -> Validation:
    """The report, in place of the one before."""
    async with VALIDATIONS.step(changing, record_id, ValidationAction.ATTACH) as row:
        if row.report_place:
            await store.drop(changing.session, row.report_place)
        row.report_name, row.report_media_type = upload.name, upload.kind.media_type
        row.report_size_bytes, row.report_sha256 = upload.size_bytes, upload.sha256
        row.report_place = await store.keep(changing.session, upload.content, upload.sha256)
    return row


async def sign(changing: Changing, record_id: UUID, given: SignatureIn) -> Validation:
    """The host's signature: of the result as it is now, or anew of the one it signed before."""
    session = changing.session
    async with VALIDATIONS.step(changing, record_id, ValidationAction.SIGN) as row:
        if row.result is None:
            rules.refuse_incomplete([one["measured"] for one in row.measurements], row.report_sha256)
            row.result = results.document(row).model_dump(mode="json")
            row.result_sha256 = digest(row.result)
        rules.refuse_inactive(await signing_keys.is_active(session, row.host_key, given.key_id))
        verdict = await _verdict(session, row.host_key, row.result, given)
        rules.refuse_wrong_signature(verdict is Verdict.VALID, str(row.result_sha256))
        row.key_id, row.signature, row.signed_at = given.key_id, given.value, changing.at
        row.state_reason = None
    _tell(session, row)
    return row


async def accept(changing: Changing, record_id: UUID, reason: str | None) -> Validation:
    """By the demand's owner: the result is public from now on, and evidence."""
    async with VALIDATIONS.step(changing, record_id, ValidationAction.ACCEPT, reason) as row:
        verdict = await _verdict(changing.session, row.host_key, row.result, _signature(row))
        rules.refuse_doubtful(verdict is Verdict.VALID)
        row.accepted_at, row.state_reason = changing.at, reason
    _tell(changing.session, row)
    return row


async def annul(changing: Changing, record_id: UUID, reason: str | None) -> Validation:
    """It counts no more, for a reason that everyone reads."""
    async with VALIDATIONS.step(changing, record_id, ValidationAction.ANNUL, reason) as row:
        row.state_reason = reason
    _tell(changing.session, row)
    return row


async def doubt_due(session: AsyncSession, key_record_id: UUID, at: datetime) -> None:
    """Whatever was signed with a revoked key counts no more, until its host signs it anew."""
    key = await signing_keys.SIGNING_KEYS.read(session, None, key_record_id)
    for record_id in await repository.accepted_by(session, key.key_id):
        row = await VALIDATIONS.strike(session, record_id, ValidationAction.DOUBT, ValidationParty.CLOCK, at)
        if row is not None:
            _tell(session, row)


DUE: dict[str, Handler] = {LAPSE: lapse_due, signing_keys.REVOKED: doubt_due}
"""What the clock does for validations."""


def _tell(session: AsyncSession, row: Validation) -> None:
    """Have the matcher know what counts as evidence now, and what no longer does."""
    if row.state not in rules.PUBLIC:
        return
    snapshot = ValidationSnapshot(
        id=row.id,
        version=row.version,
        state=row.state,
        owner=row.owner_key,
        owner_name=row.owner_name,
        host=row.host_key,
        host_name=row.host_name,
        demand_id=row.demand_id,
        profile_id=row.profile_id,
        result_sha256=str(row.result_sha256),
        accepted_at=row.accepted_at or row.updated_at,
        figures=tuple(map(_figure, row.measurements)),
    )
    event = ValidationAccepted if row.state is ValidationState.ACCEPTED else ValidationLapsed
    outbox.record(session, event(validation=snapshot))


def _figure(measurement: dict[str, Any]) -> ValidatedFigure:
    return ValidatedFigure(**{name: measurement[name] for name in ValidatedFigure.model_fields})


async def report(session: AsyncSession, caller: Principal, record_id: UUID) -> tuple[ReportOut, str]:
    """The report and where its content is kept. Raises Forbidden for who is no party, NotFound without one."""
    row = await VALIDATIONS.read(session, caller, record_id)
    if not VALIDATIONS.parties(row, caller):
        raise Forbidden(
            "Only the parties read the report; its hash is in the result", "报告仅相关各方可读，其哈希见验证结果"
        )
    found = results.report(row)
    if found is None or row.report_place is None:
        raise NotFound("The validation has no report yet", "该应用验证尚无报告")
    return found, row.report_place


async def signed_result(session: AsyncSession, visitor: Principal | None, record_id: UUID) -> SignedResultOut:
    """For whoever may see the validation."""
    row = await VALIDATIONS.read(session, visitor, record_id)
    document = ResultDocument.model_validate(row.result) if row.result else results.document(row)
    signature = SignatureIn(**_signature(row)._asdict()) if row.signature else None
    sha256 = row.result_sha256 or digest(document.model_dump(mode="json"))
    return SignedResultOut(result=document, sha256=sha256, signature=signature, signed_at=row.signed_at)


async def verified(session: AsyncSession, visitor: Principal | None, record_id: UUID) -> VerifiedOut:
    """What the signature on record is worth. Raises NotFound for a validation that has none."""
    row = await VALIDATIONS.read(session, visitor, record_id)
    if row.result is None or row.signature is None:
        raise NotFound("The validation has no signed result yet", "该应用验证尚无签署的结果")
    return await _verified(session, row.host_key, row.result, _signature(row), row.state)


async def verify(session: AsyncSession, presented: PresentedResult) -> VerifiedOut:
    """What a signature is worth that somebody has in hand, on record here or not."""
    document = presented.result.model_dump(mode="json")
    host = OrganisationKey(scheme=presented.result.host.scheme, code=presented.result.host.code)
    state = await _public_state(session, presented.result.validation_id)
    return await _verified(session, host, document, Signature(**presented.signature.model_dump()), state)


async def _public_state(session: AsyncSession, record_id: UUID) -> ValidationState | None:
    try:
        return (await VALIDATIONS.read(session, None, record_id)).state
    except NotFound:
        return None


async def _verified(
    session: AsyncSession, host: OrganisationKey, document: Any, given: Signature, state: ValidationState | None
) -> VerifiedOut:
    return VerifiedOut(
        verdict=await signing_keys.verdict(session, host, document, given),
        sha256=digest(document),
        key_id=given.key_id,
        host=host,
        keys=f"/v1/signing-keys/of/{host.scheme}/{host.code}",
        state=state,
    )


def _signature(row: Validation) -> Signature:
    return Signature(row.key_id or "", row.signature or "")


async def _verdict(
    session: AsyncSession, host: OrganisationKey, document: Any, given: Signature | SignatureIn
) -> Verdict:
    return await signing_keys.verdict(session, host, document, Signature(given.key_id, given.value))
