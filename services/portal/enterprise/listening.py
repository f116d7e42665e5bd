"""The inbox that fills by itself: notify's stream of an organisation, told to its browsers as that there is news."""

import asyncio
from collections.abc import AsyncIterator

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse

from portal.api import ApiDown, ApiRefused, Call, Json
from portal.notices import wishes
from portal.public.pages import MOST
from portal.visits import EnterpriseDep, FormDep, Visit, VisitDep

router = APIRouter(include_in_schema=False)
LOOKED_AT_S = 0.5
"""How often a stream looks whether the process is to stop."""
BROWSER = wishes.CHANNELS[0]


async def is_listening(visit: Visit) -> bool:
    """Whether the organisation has an inbox that anything comes to."""
    found = await visit.items("notify.list_subscriptions", Call(query={"limit": MOST}))
    return any(each["channel"]["type"] == BROWSER and each["state"] == "active" for each in found)


@router.post("/firm/listen")
async def listen(visit: EnterpriseDep, form: FormDep) -> Response:
    body: Json = {"channel": {"type": BROWSER}, "filters": {"least_fit": 0}}
    await visit.ask("notify.create_subscription", Call(body=body))
    return visit.to("/firm/matches")


@router.get("/firm/stream")
async def stream(visit: VisitDep, request: Request) -> Response:
    """Server-sent events without content, as the page asks for what it shows. 204, after which a browser does not come
    again, for who is not logged in."""
    if visit.session is None:
        return Response(status_code=204)
    after = request.headers.get("last-event-id")
    return StreamingResponse(_told(visit, request, after), media_type="text/event-stream")


async def _told(visit: Visit, request: Request, after: str | None) -> AsyncIterator[str]:
    call = Call(query={"after": after if after and after.isdecimal() else None})
    try:
        async with visit.stream("notify.read_inbox", call) as lines:
            async for line in _until_stopping(lines, request):
                if told := translated(line):
                    yield told
    except (ApiDown, ApiRefused):
        yield "retry: 10000\n\n"


def translated(line: str) -> str:
    """What a browser is told of a line of notify's stream; nothing for what it has no use for."""
    if line.startswith("id:"):
        return f"{line}\n\n"
    if line.startswith("data:"):
        return "event: news\ndata: there\n\n"
    return ": heartbeat\n\n" if line.startswith(":") else ""


async def _until_stopping(lines: AsyncIterator[str], request: Request) -> AsyncIterator[str]:
    coming = asyncio.ensure_future(anext(lines, None))
    try:
        while not request.app.state.is_stopping:
            done, _ = await asyncio.wait({coming}, timeout=LOOKED_AT_S)
            if not done:
                continue
            if (line := coming.result()) is None:
                return
            yield line
            coming = asyncio.ensure_future(anext(lines, None))
    finally:
        coming.cancel()
