"""The one way in which routes list: what they need for it, and the page with the address of the next."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, NamedTuple
from uuid import UUID

from fastapi import Depends, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from common.database import ReadSessionDep
from common.pagination import Item, Page, PageDep, PageRequest, Row, link_next, page_of


class RecordListing(NamedTuple):
    """What a route that lists rows needs to find and show them."""

    session: AsyncSession
    page: PageRequest
    request: Request
    response: Response


async def _listing(session: ReadSessionDep, page: PageDep, request: Request, response: Response) -> RecordListing:
    return RecordListing(session, page, request, response)


ListingDep = Annotated[RecordListing, Depends(_listing)]


def _newest(row: Any) -> tuple[datetime, UUID]:
    return row.created_at, row.id


def listed(
    listing: RecordListing,
    rows: Sequence[Row],
    show: Callable[[Row], Item],
    key: Callable[[Row], tuple[datetime, UUID]] = _newest,
) -> Page[Item]:
    """A page, and in the reply's headers the address of the next.

    rows  up to `limit + 1`
    key   what they are sorted by, and the id
    """
    shown = page_of(rows, listing.page, key, show)
    link_next(listing.request, listing.response, shown.cursor)
    return shown
