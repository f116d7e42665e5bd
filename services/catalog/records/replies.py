"""How records are shown over HTTP: one with its ETag, several with the address of the next page."""

from collections.abc import Sequence
from typing import Annotated, NamedTuple, TypeVar

from fastapi import Depends, Request, Response
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.nouns import NounRow
from common.database import ReadSessionDep
from common.etags import set_etag
from common.pagination import Page, PageDep, PageRequest, link_next, page_of

Out = TypeVar("Out", bound=BaseModel)


class RecordListing(NamedTuple):
    """What a route that lists records needs to find and show them."""

    session: AsyncSession
    page: PageRequest
    request: Request
    response: Response


async def _listing(session: ReadSessionDep, page: PageDep, request: Request, response: Response) -> RecordListing:
    return RecordListing(session, page, request, response)


ListingDep = Annotated[RecordListing, Depends(_listing)]


def shown(response: Response, row: NounRow, out: type[Out]) -> Out:
    set_etag(response, row.version)
    return out.model_validate(row)


def begun(response: Response, path: str, row: NounRow, out: type[Out]) -> Out:
    """path  of the list that the new record is in"""
    response.headers["Location"] = f"{path}/{row.id}"
    return shown(response, row, out)


def listed(listing: RecordListing, rows: Sequence[NounRow], out: type[Out]) -> Page[Out]:
    """rows  up to `limit + 1`, newest first"""
    page = page_of(rows, listing.page, lambda row: (row.created_at, row.id), out.model_validate)
    link_next(listing.request, listing.response, page.cursor)
    return page
