"""Pages by keyset: a cursor remembers the last row shown, so pages neither skip nor repeat under writes."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, Generic, Protocol, TypeVar
from uuid import UUID

from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel
from starlette.datastructures import URL

from common.errors import FieldFault, invalid
from common.fields import is_in_reach

DEFAULT_LIMIT, MAX_LIMIT = 20, 200
Row = TypeVar("Row")
Item = TypeVar("Item", bound=BaseModel)
Key = TypeVar("Key")


class Page(BaseModel, Generic[Item]):
    """Some items and, when there are more, the `cursor` that the next page is asked with (`Link: rel="next"`, RFC 8288,
    holds the whole address)."""

    items: list[Item]
    cursor: str | None = None


class PageRequest(BaseModel):
    limit: int
    after: tuple[datetime, UUID] | None
    """Sort moment and id of the last row already seen."""


class Limited(Protocol):
    """How many items a page may have."""

    @property
    def limit(self) -> int: ...


def encode(key: datetime | int, row_id: UUID) -> str:
    """The cursor of the page after a row: what the list is sorted by, and the row's id."""
    written = key if isinstance(key, int) else key.isoformat()
    return base64.urlsafe_b64encode(json.dumps([written, str(row_id)]).encode()).decode().rstrip("=")


def decode(cursor: str) -> tuple[datetime, UUID]:
    """Of a list by time. Raises InvalidInput naming the parameter when the cursor is not of such a list."""
    return _decoded(cursor, _moment)


def decode_number(cursor: str) -> tuple[int, UUID]:
    """The same of a list by a whole number of 32 bits."""
    return _decoded(cursor, _number)


def decode_position(cursor: str, parameter: str) -> tuple[int, UUID]:
    """The same of a list by a whole number of 64 bits, given as another parameter."""
    return _decoded(cursor, _position, parameter)


def _moment(written: Any) -> datetime:
    moment = datetime.fromisoformat(written)
    if moment.tzinfo is None or not is_in_reach(moment):
        raise ValueError("no time zone, or a year that no row has")
    return moment


def _number(written: Any) -> int:
    if type(written) is not int or abs(written) >= 2**31:
        raise ValueError("no whole number of 32 bits")
    return written


def _position(written: Any) -> int:
    if type(written) is not int or not 0 <= written < 2**63:
        raise ValueError("no position")
    return written


def _decoded(cursor: str, read: Callable[[Any], Key], parameter: str = "cursor") -> tuple[Key, UUID]:
    try:
        written, row_id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return read(written), UUID(row_id)
    except (ValueError, TypeError, AttributeError, binascii.Error, RecursionError) as error:
        fault = FieldFault(
            "take it from `cursor` of the previous page, unchanged", "请原样使用上一页的 cursor", parameter=parameter
        )
        raise invalid(fault) from error


LimitParameter = Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Items per page.")]
CursorParameter = Annotated[str | None, Query(max_length=300, description="`cursor` of the previous page.")]


# Coroutines though they await nothing: FastAPI sends plain functions to a thread.
async def _page_request(limit: LimitParameter = DEFAULT_LIMIT, cursor: CursorParameter = None) -> PageRequest:
    return PageRequest(limit=limit, after=decode(cursor) if cursor else None)


PageDep = Annotated[PageRequest, Depends(_page_request)]


def link_next(request: Request, response: Response, cursor: str | None, parameter: str = "cursor") -> None:
    if cursor:
        response.headers["Link"] = next_link(request.url.path, request.scope["query_string"], cursor, parameter)


def next_link(path: str, query: bytes, cursor: str, parameter: str = "cursor") -> str:
    """The value of a header Link (RFC 8288) that leads to the next page of what `path` and `query` asked for."""
    target = URL(f"{path}?{query.decode('latin-1')}").include_query_params(**{parameter: cursor})
    return f'<{target.path}?{target.query}>; rel="next"'


def cut(
    rows: Sequence[Row], wanted: Limited, key: Callable[[Row], tuple[datetime | int, UUID]]
) -> tuple[Sequence[Row], str | None]:
    """What a page shows of up to `limit + 1` rows, and the cursor of the next; the extra row only proves that there is
    one.

    key  what the list is sorted by, and the id
    """
    shown = rows[: wanted.limit]
    return shown, encode(*key(shown[-1])) if len(rows) > wanted.limit else None


def page_of(
    rows: Sequence[Row], wanted: Limited, key: Callable[[Row], tuple[datetime | int, UUID]], show: Callable[[Row], Item]
) -> Page[Item]:
    """A page from up to `limit + 1` rows."""
    shown, cursor = cut(rows, wanted, key)
    return Page(items=[show(row) for row in shown], cursor=cursor)
