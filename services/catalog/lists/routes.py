"""Scenario lists over HTTP."""

import asyncio
import base64
import hashlib
from typing import Annotated, Any, Literal, NamedTuple
from uuid import UUID

from fastapi import Depends, Path, Query, Request, Response

from catalog.demands.schemas import EditsRequest
from catalog.lists import entries, publication, service
from catalog.lists.entries import EntryPage
from catalog.lists.exports.edition import PublishedEdition
from catalog.lists.exports.forms import BY_ENDING, BY_NAME, FORMS, Form, accepted
from catalog.lists.filters import ListFilters
from catalog.lists.models import ScenarioList
from catalog.lists.publication import PublisherNames
from catalog.lists.records import LISTS
from catalog.lists.rules import ListAction
from catalog.lists.schemas import (
    Arrangement,
    EntryOut,
    ListContent,
    ListCorrection,
    ListDifferenceOut,
    ListOut,
    ListTerms,
    OwnListOut,
)
from catalog.records.changing import Changing, ChangingDep, changing
from catalog.records.steps import TAKING, PlainStep, StepAsked, StepRoutes, add_history, add_steps
from common.auth import Principal, VisitorDep
from common.database import Database, ReadSessionDep
from common.errors import (
    Forbidden,
    NotAcceptable,
    NotAllowedNow,
    NotFound,
    PreconditionRequired,
    Stale,
    TooLarge,
    Unauthenticated,
    Unavailable,
)
from common.etags import IfMatchDep, IfNoneMatch, is_known, set_etag
from common.idempotency import OnceDep
from common.listing import ListingDep, listed
from common.pagination import (
    DEFAULT_LIMIT,
    CursorParameter,
    LimitParameter,
    Page,
    decode_number,
    link_next,
    page_of,
)
from common.problems import problems
from common.routing import GuardedRouter

router = GuardedRouter(prefix="/v1/lists", tags=["lists"], responses=problems(Unavailable))
_BEGINNING = problems(Unauthenticated, Forbidden, NotAllowedNow, TooLarge)
_REWRITING = TAKING | problems(TooLarge, Stale, PreconditionRequired)
_READING = problems(Unauthenticated, NotFound)
_TOKEN_OPTIONAL: dict[str, Any] = {"security": [{}]}
STEPS = (
    PlainStep(ListAction.DRAFT, "End a survey", "By an editor; nobody puts demands forward any more."),
    PlainStep(
        ListAction.SUBMIT,
        "Submit a list to review",
        "By an editor, when each entry has all that it needs and each proposal an answer; what lacks is named.",
    ),
    PlainStep(ListAction.APPROVE, "Approve and freeze a list", "By a reviewer: it has its digest and changes no more."),
    PlainStep(
        ListAction.PUBLISH, "Publish a frozen list", "By an editor: for everyone, in place of the edition it corrects."
    ),
    PlainStep(ListAction.CANCEL, "Cancel a list", "By an editor, before it is published.", True),
)


def _shown(response: Response, row: ScenarioList) -> OwnListOut:
    set_etag(response, row.version)
    return OwnListOut.model_validate(row)


@router.post("", status_code=201, summary="Begin the list of a year and batch", responses=_BEGINNING)
async def create_list(body: ListContent, who: ChangingDep, once: OnceDep, response: Response) -> OwnListOut:
    """With the role list_editor, for the token's organisation. It begins with a survey: publishers see it and put
    demands of theirs forward, until an editor or `collect_by` ends it."""
    row = await service.begin(who, body)
    response.headers["Location"] = f"/v1/lists/{row.id}"
    return once.keep(_shown(response, row))


@router.get("", summary="List scenario lists, newest first", responses=problems(Unauthenticated))
async def list_lists(
    listing: ListingDep, visitor: VisitorDep, filters: Annotated[ListFilters, Query()]
) -> Page[ListOut]:
    """Published editions; with a token also surveys, those of one's own organisation, and for reviewers those to be
    reviewed."""
    rows = await service.page(listing.session, listing.page, filters, visitor)
    return listed(listing, rows, ListOut.model_validate)


@router.get("/{list_id}", summary="Read a list", responses=_READING, openapi_extra=_TOKEN_OPTIONAL)
async def read_list(
    list_id: UUID, visitor: VisitorDep, session: ReadSessionDep, response: Response
) -> OwnListOut | ListOut:
    """What is said of it as a whole, and its digest once it is frozen. Those who edit or review it also read the last
    review's comments."""
    row = await LISTS.read(session, visitor, list_id)
    shown = _shown(response, row)
    is_party = visitor is not None and bool(LISTS.parties(row, visitor))
    return shown if is_party else ListOut.model_validate(row)


@router.put("/{list_id}", summary="Replace what is said of a list", responses=_REWRITING)
async def replace_list(
    list_id: UUID, body: ListTerms, who: ChangingDep, expected: IfMatchDep, response: Response
) -> OwnListOut:
    """Title, note and the end of the survey, by an editor, until the list is submitted."""
    return _shown(response, await service.replace(who, list_id, body, expected))


async def _entry_page(limit: LimitParameter = DEFAULT_LIMIT, cursor: CursorParameter = None) -> EntryPage:
    return EntryPage(limit, decode_number(cursor) if cursor else None)


EntryPageDep = Annotated[EntryPage, Depends(_entry_page)]


@router.get(
    "/{list_id}/entries", summary="List the entries of a list", responses=_READING, openapi_extra=_TOKEN_OPTIONAL
)
async def list_entries(
    list_id: UUID,
    visitor: VisitorDep,
    session: ReadSessionDep,
    page: EntryPageDep,
    request: Request,
    response: Response,
) -> Page[EntryOut]:
    """In the order of the list, each as its demand was at that version."""
    rows = await entries.page(session, visitor, list_id, page)
    shown = page_of(rows, page, lambda row: (row.position, row.demand_id), entries.shown_entry)
    link_next(request, response, shown.cursor)
    return shown


@router.put("/{list_id}/entries", summary="Replace the entries of a list", responses=_REWRITING)
async def replace_entries(
    list_id: UUID, body: Arrangement, who: ChangingDep, expected: IfMatchDep, response: Response
) -> OwnListOut:
    """All of them, in this order, by an editor. Each keeps the text of its demand at one version; `demand_version`
    takes another. Of two editors at once one is refused with 412."""
    return _shown(response, await entries.arrange(who, list_id, body.entries, expected))


@router.post("/{list_id}/request-edits", summary="Send a list back for edits", responses=TAKING | problems(TooLarge))
async def request_list_edits(
    list_id: UUID, body: EditsRequest, who: ChangingDep, once: OnceDep, response: Response
) -> OwnListOut:
    """By a reviewer, with comments on entries that editors alone read, such as `#/entries/2/docking`."""
    return once.keep(_shown(response, await service.request_edits(who, list_id, body.comments, body.reason)))


@router.post("/{list_id}/correct", status_code=201, summary="Correct a published list", responses=_REWRITING)
async def correct_list(
    list_id: UUID, body: ListCorrection, who: ChangingDep, once: OnceDep, response: Response
) -> OwnListOut:
    """A draft of the next edition with the same entries, and the reason that everyone will read. The published one
    stands, and never changes; it is superseded when this one is published."""
    row = await service.correct(who, list_id, body.reason)
    response.headers["Location"] = f"/v1/lists/{row.id}"
    return once.keep(_shown(response, row))


@router.get("/{list_id}/difference", summary="Read what differs from another list", responses=problems(NotFound))
async def read_list_difference(
    list_id: UUID,
    session: ReadSessionDep,
    since: Annotated[UUID | None, Query(description="Another published list; left out, the one it corrects.")] = None,
) -> ListDifferenceOut:
    """Entries added, removed and changed, field by field, between any two published lists."""
    before, after, found = await publication.difference(session, list_id, since)
    sides = {"before": ListOut.model_validate(before), "after": ListOut.model_validate(after)}
    return ListDifferenceOut.model_validate({**found, **sides})


_EXPORTED: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file", "content": {form.media_type: {} for form in FORMS}},
    304: {"description": "The reader has it already"},
}


@router.get(
    "/{list_id}/export",
    summary="Export a published list",
    responses=_EXPORTED | _READING | problems(NotAllowedNow, NotAcceptable),
    response_class=Response,
    openapi_extra=_TOKEN_OPTIONAL,
)
async def read_list_export(
    list_id: UUID,
    visitor: VisitorDep,
    request: Request,
    format: Annotated[
        Literal["json", "jsonld", "xlsx", "docx", "ocds"] | None, Query(description="Left out, what Accept asks for.")
    ] = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """As canonical JSON, whose SHA-256 is the list's digest; as linked data (schema.org); as a workbook that imports
    read back; as a document for printing; as a release package of open contracting (OCDS 1.1). The same bytes
    whenever it is asked for."""
    form = BY_NAME[format] if format else accepted(request.headers.get("accept"))
    return await _exported(Exporting(request, visitor, if_none_match), list_id, form)


@router.get(
    "/{list_id}/export.{ending}",
    summary="Export a published list as a file",
    responses=_EXPORTED | _READING | problems(NotAllowedNow),
    response_class=Response,
    openapi_extra=_TOKEN_OPTIONAL,
)
async def read_list_file(
    list_id: UUID,
    ending: Annotated[Literal["json", "jsonld", "xlsx", "docx", "ocds.json"], Path(description="Says the form.")],
    visitor: VisitorDep,
    request: Request,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """The same, at an address that says what is behind it, for links and for browsers."""
    return await _exported(Exporting(request, visitor, if_none_match), list_id, BY_ENDING[ending])


class Exporting(NamedTuple):
    """Who wants a list, and what they have of it."""

    request: Request
    visitor: Principal | None
    if_none_match: str | None


async def _exported(asked: Exporting, list_id: UUID, form: Form) -> Response:
    settings, database = asked.request.app.state.settings, _database(asked.request)
    async with database.reading() as session:
        naming = PublisherNames(settings.ocid_prefix, settings.public_url)
        edition = await publication.handed_out(session, asked.visitor, list_id, naming)
    # Tables of hundreds of entries take a processor for tenths of a second.
    content = await asyncio.to_thread(form.render, edition)
    return _file(form, edition, content, asked.if_none_match)


def _file(form: Form, edition: PublishedEdition, content: bytes, if_none_match: str | None) -> Response:
    digest = hashlib.sha256(content).digest()
    headers = {
        "ETag": f'"{digest.hex()}"',
        "Content-Digest": f"sha-256=:{base64.b64encode(digest).decode()}:",
        "Cache-Control": "public, no-cache",
        "Vary": "Accept",
    }
    if is_known(if_none_match, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    headers["Content-Disposition"] = f'attachment; filename="{edition.name}.{form.ending}"'
    return Response(content, headers=headers, media_type=form.media_type)


def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


async def _take(who: Changing, asked: StepAsked) -> OwnListOut:
    return _shown(asked.response, await service.take(who, asked.record_id, ListAction(asked.action), asked.reason))


add_steps(router, StepRoutes("list", OwnListOut), STEPS, changing, _take)
add_history(router, "list", "a list", LISTS)
