"""Validations over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Query, Request, Response
from fastapi.responses import StreamingResponse

from catalog.attachments import rules as files
from catalog.attachments import service as attachments
from catalog.attachments.routes import FILE_BODY, FILE_REPLY, file_headers
from catalog.records.changing import Changing, ChangingDep, changing
from catalog.records.steps import TAKING, PlainStep, StepAsked, StepRoutes, add_history, add_steps
from catalog.validations import service, signing
from catalog.validations.filters import ValidationFilters
from catalog.validations.models import Validation
from catalog.validations.rules import ValidationAction
from catalog.validations.schemas import (
    Appointment,
    MeasuredValues,
    PresentedResult,
    SignatureIn,
    SignedResultOut,
    ValidationContent,
    ValidationOut,
    ValidationRequest,
    VerifiedOut,
)
from common.auth import PrincipalDep, VisitorDep
from common.clock import now
from common.database import Database, ReadSessionDep
from common.errors import (
    Forbidden,
    NotAllowedNow,
    NotFound,
    PreconditionRequired,
    Stale,
    TooLarge,
    Unauthenticated,
    Unavailable,
    UnsupportedMediaType,
)
from common.etags import IfMatchDep, set_etag
from common.idempotency import OnceDep
from common.listing import ListingDep, listed
from common.pagination import Page
from common.problems import problems
from common.routing import GuardedRouter

router = GuardedRouter(prefix="/v1/validations", tags=["validations"], responses=problems(Unavailable))
_OPTIONAL: dict[str, Any] = {"security": [{}]}
_EDITING = TAKING | problems(PreconditionRequired, Stale, TooLarge)
_Do = ValidationAction
STEPS = (
    PlainStep(_Do.APPROVE, "Agree to a validation", "By the host: it may be scheduled."),
    PlainStep(_Do.REFUSE, "Refuse a validation", "By the host.", True),
    PlainStep(_Do.START, "Start a validation", "By the host, whenever both are there."),
    PlainStep(_Do.ACCEPT, "Accept a result", "By the demand's owner: it is public from now on, and evidence."),
    PlainStep(_Do.REJECT, "Reject a result", "By the demand's owner; it stays private.", True),
    PlainStep(_Do.ANNUL, "Annul a result", "By the host or the demand's owner: it is evidence no more.", True),
    PlainStep(_Do.CANCEL, "Cancel a validation", "By the enterprise or the host, until there is a result.", True),
)
_SIGNING = {_Do.ACCEPT: signing.accept, _Do.ANNUL: signing.annul}


def _shown(response: Response, row: Validation) -> ValidationOut:
    set_etag(response, row.version)
    return ValidationOut.model_validate(row)


@router.post(
    "",
    status_code=201,
    summary="Ask for a validation",
    responses=problems(Unauthenticated, Forbidden, NotFound, NotAllowedNow, TooLarge),
)
async def create_validation(
    body: ValidationRequest, who: ChangingDep, once: OnceDep, response: Response
) -> ValidationOut:
    """With the role enterprise: something of the caller's is to be measured at a test bed against a public demand.
    Until the demand's owner accepts the result, only the enterprise, the host and that owner see it."""
    row = await service.request(who, body)
    response.headers["Location"] = f"/v1/validations/{row.id}"
    return once.keep(_shown(response, row))


@router.get("", summary="List validations, newest first", responses=problems(Unauthenticated), openapi_extra=_OPTIONAL)
async def list_validations(
    listing: ListingDep, visitor: VisitorDep, filters: Annotated[ValidationFilters, Query()]
) -> Page[ValidationOut]:
    """Those accepted, and with a token those that concern the caller."""
    rows = await service.page(listing.session, visitor, listing.page, filters)
    return listed(listing, rows, ValidationOut.model_validate)


@router.post("/verify", summary="Check a signed result", responses=problems(TooLarge))
async def verify_result(body: PresentedResult, session: ReadSessionDep) -> VerifiedOut:
    """For everyone: whether the host named in a result signed it, `valid`, `wrong` or `key_revoked`."""
    return await signing.verify(session, body)


@router.get(
    "/{validation_id}",
    summary="Read a validation",
    responses=problems(Unauthenticated, NotFound),
    openapi_extra=_OPTIONAL,
)
async def read_validation(
    validation_id: UUID, visitor: VisitorDep, session: ReadSessionDep, response: Response
) -> ValidationOut:
    return _shown(response, await service.VALIDATIONS.read(session, visitor, validation_id))


@router.put("/{validation_id}", summary="Change what is to be validated", responses=_EDITING)
async def replace_validation(
    validation_id: UUID, body: ValidationContent, who: ChangingDep, expected: IfMatchDep, response: Response
) -> ValidationOut:
    """By the enterprise, before the host has answered."""
    return _shown(response, await service.replace(who, validation_id, body, expected))


@router.post("/{validation_id}/schedule", summary="Take a seat in a slot", responses=TAKING)
async def schedule_validation(
    validation_id: UUID, body: Appointment, who: ChangingDep, once: OnceDep, response: Response
) -> ValidationOut:
    """By the enterprise; another slot in place of the one before, too. When the last seat is gone, the refusal names
    slots that are free."""
    return once.keep(_shown(response, await service.schedule(who, validation_id, body.slot_id)))


@router.put("/{validation_id}/measurements", summary="Write what was measured", responses=_EDITING)
async def replace_measurements(
    validation_id: UUID, body: MeasuredValues, who: ChangingDep, expected: IfMatchDep, response: Response
) -> ValidationOut:
    """By the host, while it runs."""
    return _shown(response, await service.measure(who, validation_id, body.measured, expected))


@router.put(
    "/{validation_id}/report/{name}",
    summary="Send the report",
    responses=TAKING | problems(TooLarge, UnsupportedMediaType),
    openapi_extra=FILE_BODY,
)
async def replace_report(
    validation_id: UUID,
    name: Annotated[str, Path(description="File name with its ending.", examples=["检验报告.pdf"])],
    caller: PrincipalDep,
    request: Request,
) -> ValidationOut:
    """By the host, while it runs: the body is the file, whose hash is part of the result. Its content is for the
    parties alone."""
    settings, database = request.app.state.settings, _database(request)
    kind = files.kind_of(name, request.headers.get("content-type", "").partition(";")[0].strip().lower())
    async with database.reading() as session:
        await service.VALIDATIONS.read(session, caller, validation_id)
    limit_bytes = int(settings.attachment_mb * 2**20)
    declared = request.headers.get("content-length", "")
    if declared.isdigit():
        files.refuse_size(int(declared), limit_bytes)
    with attachments.received() as content:
        upload = await attachments.arrived(request.stream(), content, name, kind, limit_bytes=limit_bytes)
        async with database.begin() as session:
            who = Changing(session, caller, now())
            row = await signing.attach(who, request.app.state.attachments, validation_id, upload)
        return ValidationOut.model_validate(row)


@router.get(
    "/{validation_id}/report",
    summary="Read the report",
    responses=FILE_REPLY | problems(Unauthenticated, Forbidden, NotFound),
    response_class=StreamingResponse,
)
async def read_report(validation_id: UUID, caller: PrincipalDep, request: Request) -> Response:
    """The file itself, for the parties alone."""
    async with _database(request).reading() as session:
        report, place = await signing.report(session, caller, validation_id)
    headers = {
        **file_headers(report.name),
        "ETag": f'"{report.sha256}"',
        "Content-Length": str(report.size_bytes),
    }
    pieces = request.app.state.attachments.read(_database(request), place, report.size_bytes)
    return StreamingResponse(pieces, headers=headers, media_type=report.media_type)


@router.get(
    "/{validation_id}/result",
    summary="Read the result with its signature",
    responses=problems(Unauthenticated, NotFound),
    openapi_extra=_OPTIONAL,
)
async def read_result(validation_id: UUID, visitor: VisitorDep, session: ReadSessionDep) -> SignedResultOut:
    """What the host signs (`python -m catalog sign`), and what it signed. For whoever may see the validation."""
    return await signing.signed_result(session, visitor, validation_id)


@router.post("/{validation_id}/sign", summary="Sign the result", responses=TAKING | problems(TooLarge))
async def sign_validation(
    validation_id: UUID, body: SignatureIn, who: ChangingDep, once: OnceDep, response: Response
) -> ValidationOut:
    """By the host, with a key it registered: of a running validation the result as it is now, which changes no more; of
    one signed before, the same result anew."""
    return once.keep(_shown(response, await signing.sign(who, validation_id, body)))


@router.get(
    "/{validation_id}/verification",
    summary="Say what the signature is worth now",
    responses=problems(Unauthenticated, NotFound),
    openapi_extra=_OPTIONAL,
)
async def read_verification(validation_id: UUID, visitor: VisitorDep, session: ReadSessionDep) -> VerifiedOut:
    """`valid`, `wrong` or `key_revoked`; for whoever may see the validation."""
    return await signing.verified(session, visitor, validation_id)


async def _take(who: Changing, asked: StepAsked) -> ValidationOut:
    if special := _SIGNING.get(_Do(asked.action)):
        return _shown(asked.response, await special(who, asked.record_id, asked.reason))
    return _shown(asked.response, await service.take(who, asked.record_id, asked.action, asked.reason))


add_steps(router, StepRoutes("validation", ValidationOut), STEPS, changing, _take)
add_history(router, "validation", "a validation", service.VALIDATIONS)


def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database
