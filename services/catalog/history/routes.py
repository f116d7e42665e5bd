"""The feed of public changes over HTTP."""

from typing import Annotated

from fastapi import Query, Request, Response

from catalog.history.feed import Feed
from catalog.history.schemas import FeedOut, change_json
from common.errors import Expired, Unavailable
from common.hot import json_reply
from common.pagination import LimitParameter, encode, link_next
from common.problems import problems
from common.rawjson import page_json
from common.routing import GuardedRouter

LONGEST_WAIT_S = 30.0
router = GuardedRouter(prefix="/v1/feed", tags=["feed"], responses=problems(Unavailable, Expired))
_After = Annotated[
    str | None, Query(max_length=300, description="`cursor` of an earlier reply; left out, the beginning.")
]
_Wait = Annotated[
    float, Query(ge=0, le=LONGEST_WAIT_S, description="Seconds to wait for a change when there is none yet.")
]


@router.get("", summary="List public changes, oldest first", response_model=FeedOut)
async def list_changes(
    request: Request, after: _After = None, limit: LimitParameter = 100, wait_s: _Wait = 0.0
) -> Response:
    """Every public change of everything, each once, in an order that never changes: keep the cursor and ask for what
    comes after it. A change is never put before one that was shown. With `wait_s` the reply waits for the next change.
    Nothing that is not public is among it."""
    feed: Feed = request.app.state.feed
    rows = await feed.read(after, limit, wait_s=wait_s)
    shown = rows[:limit]
    cursor = encode(shown[-1]["position"], shown[-1]["id"]) if shown else after
    reply = json_reply(page_json(map(change_json, shown), cursor), {"Cache-Control": "no-cache"})
    if len(rows) > limit:
        link_next(request, reply, cursor, parameter="after")
    return reply
