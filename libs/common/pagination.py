"""Pages by keyset: a cursor remembers the last row shown, so pages neither skip nor repeat under writes."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Generic, TypeVar
from uuid import UUID

from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel

from common.errors import FieldFault, invalid
from common.fields import is_in_reach

MAX_LIMIT = 200
Row = TypeVar("Row")
Item = TypeVar("Item", bound=BaseModel)


class Page(BaseModel, Generic[Item]):
    """Some items and, when there are more, the `cursor` that the next page is asked with (`Link: rel="next"`, RFC 8288,
    holds the whole address)."""

    items: list[Item]
    cursor: str | None = None


class PageRequest(BaseModel):
    limit: int
    after: tuple[datetime, UUID] | None
    """Sort moment and id of the last row already seen."""


def encode(moment: datetime, row_id: UUID) -> str:
    return base64.urlsafe_b64encode(json.dumps([moment.isoformat(), str(row_id)]).encode()).decode().rstrip("=")


def decode(cursor: str) -> tuple[datetime, UUID]:
    """Raises InvalidInput naming the parameter when the cursor was not made by `encode`."""
    try:
        moment, row_id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        parsed = datetime.fromisoformat(moment)
        if parsed.tzinfo is None or not is_in_reach(parsed):
            raise ValueError("no time zone, or a year that no row has")
        return parsed, UUID(row_id)
    except (ValueError, TypeError, AttributeError, binascii.Error, RecursionError) as error:
        fault = FieldFault(
            "take it from `cursor` of the previous page, unchanged", "请原样使用上一页的 cursor", parameter="cursor"
        )
        raise invalid(fault) from error


# Coroutines though they await nothing: FastAPI sends plain functions to a thread.
async def _page_request(
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Items per page.")] = 20,
    cursor: Annotated[str | None, Query(max_length=300, description="`cursor` of the previous page.")] = None,
) -> PageRequest:
    return PageRequest(limit=limit, after=decode(cursor) if cursor else None)


PageDep = Annotated[PageRequest, Depends(_page_request)]


def link_next(request: Request, response: Response, cursor: str | None) -> None:
    if cursor:
        target = request.url.include_query_params(cursor=cursor)
        response.headers["Link"] = f'<{target.path}?{target.query}>; rel="next"'


def page_of(
    rows: Sequence[Row], wanted: PageRequest, key: Callable[[Row], tuple[datetime, UUID]], show: Callable[[Row], Item]
) -> Page[Item]:
    """A page from up to `limit + 1` rows: the extra row only proves that there are more."""
    shown = rows[: wanted.limit]
    more = len(rows) > wanted.limit
    return Page(items=[show(row) for row in shown], cursor=encode(*key(shown[-1])) if more else None)
