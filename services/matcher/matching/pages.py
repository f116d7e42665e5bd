"""Which page of a list of matches is asked for, and in which order."""

from typing import Annotated

from fastapi import Depends, Query

from common.pagination import DEFAULT_LIMIT, CursorParameter, LimitParameter, decode, decode_number
from matcher.matching.filters import Sort, Window

SortParameter = Annotated[Sort, Query(description="`best` fit first, or `newest` first.")]


def _window(sort: Sort, limit: int, cursor: str | None) -> Window:
    if not cursor:
        return Window(limit, sort, None)
    return Window(limit, sort, decode_number(cursor) if sort is Sort.BEST else decode(cursor))


# Coroutines though they await nothing: FastAPI sends plain functions to a thread.
async def _best_first(
    sort: SortParameter = Sort.BEST, limit: LimitParameter = DEFAULT_LIMIT, cursor: CursorParameter = None
) -> Window:
    return _window(sort, limit, cursor)


async def _newest_first(
    sort: SortParameter = Sort.NEWEST, limit: LimitParameter = DEFAULT_LIMIT, cursor: CursorParameter = None
) -> Window:
    return _window(sort, limit, cursor)


BestFirstDep = Annotated[Window, Depends(_best_first)]
NewestFirstDep = Annotated[Window, Depends(_newest_first)]
