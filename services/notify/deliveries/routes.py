"""The HTTP door to deliveries."""

from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Header, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import Field

from common.auth import PrincipalDep, bearer_token
from common.clock import now
from common.database import ReadSessionDep, SessionDep
from common.errors import InvalidInput, NotAllowedNow, NotFound, TooMany, Unauthenticated
from common.idempotency import OnceDep
from common.listing import ListingDep, listed
from common.pagination import CursorParameter, Page, decode
from common.problems import problems
from common.routing import GuardedRouter
from notify.channels.inbox import Inbox, StreamReader
from notify.deliveries import service
from notify.deliveries.filters import AttemptFilters, DeliveryFilters, RedeliveryFilters
from notify.deliveries.schemas import DeliveryDetail, DeliveryOut, FoundAttemptOut, RedeliveredOut
from notify.redelivery.service import redeliver_many

router = GuardedRouter(prefix="/v1/deliveries", tags=["deliveries"], responses=problems(Unauthenticated))


@router.get("")
async def list_deliveries(
    caller: PrincipalDep, listing: ListingDep, filters: Annotated[DeliveryFilters, Query()]
) -> Page[DeliveryOut]:
    """Deliveries to your organisation, newest first."""
    found = await service.page(listing.session, caller.organisation, filters, listing.page)
    return listed(listing, found, DeliveryOut.model_validate)


attempting = GuardedRouter(prefix="/v1/attempts", tags=["deliveries"], responses=problems(Unauthenticated))


@attempting.get("")
async def list_attempts(
    caller: PrincipalDep, listing: ListingDep, filters: Annotated[AttemptFilters, Query()]
) -> Page[FoundAttemptOut]:
    """Attempts to reach your organisation's receivers, newest first, with what they answered."""
    found = await service.attempts_page(listing.session, caller.organisation, filters, listing.page)
    return listed(listing, found, FoundAttemptOut.of, lambda each: each.key)


@router.post("/redeliver", status_code=202, responses=problems(InvalidInput))
async def redeliver_deliveries(
    wanted: RedeliveryFilters, caller: PrincipalDep, session: SessionDep, once: OnceDep, cursor: CursorParameter = None
) -> RedeliveredOut:
    """Begin a new series of attempts for all settled deliveries that pass, the oldest first and a thousand at most,
    with the same ids; the next request goes on at `cursor`. Of disabled subscriptions nothing is sent; what NATS and
    the inbox keep is read again there."""
    after = decode(cursor) if cursor else None
    done = await redeliver_many(session, caller.organisation, wanted, after, now())
    return once.keep(RedeliveredOut(count=done.sent_count, cursor=done.cursor))


Place = Annotated[int, Field(ge=0, le=2**63 - 1)]
_STREAM: dict[int | str, dict[str, Any]] = {
    200: {"description": "Server-sent events, each a CloudEvent as other channels bring it"}
}


async def _seat(request: Request, caller: PrincipalDep) -> AsyncIterator[StreamReader]:
    inbox: Inbox = request.app.state.inbox
    with inbox.seat(caller, bearer_token(request)) as reader:
        yield reader


async def _place(
    request: Request,
    caller: PrincipalDep,
    last_event_id: Annotated[Place | None, Header(description="Of the last event that arrived.")] = None,
    after: Annotated[Place | None, Query(description="The same for who cannot set a header: a `place`.")] = None,
) -> int:
    inbox: Inbox = request.app.state.inbox
    given = after if last_event_id is None else last_event_id
    return await inbox.last_place(caller.organisation) if given is None else given


@router.get("/stream", response_class=EventSourceResponse, responses=_STREAM | problems(TooMany))
async def read_inbox(
    reader: Annotated[StreamReader, Depends(_seat)], place: Annotated[int, Depends(_place)], request: Request
) -> AsyncIterator[ServerSentEvent]:
    """What comes to your organisation's inbox, as it comes, for as long as your token holds: deliveries of its
    subscriptions with the channel `browser`. The id of an event is its `place`: with `Last-Event-ID` a stream goes on
    after it; without, it begins now."""
    inbox: Inbox = request.app.state.inbox
    async for event in inbox.events(reader, place):
        yield event


@router.get("/{delivery_id}", responses=problems(NotFound))
async def read_delivery(delivery_id: UUID, caller: PrincipalDep, session: ReadSessionDep) -> DeliveryDetail:
    """One delivery with every attempt made."""
    return DeliveryDetail.of(*await service.shown(session, caller.organisation, delivery_id))


@router.post("/{delivery_id}/redeliver", status_code=202, responses=problems(NotFound, NotAllowedNow))
async def redeliver_delivery(
    delivery_id: UUID, caller: PrincipalDep, session: SessionDep, once: OnceDep
) -> DeliveryOut:
    """Begin a new series of attempts at once, with the same id; the attempts made stay on record."""
    delivery = await service.redeliver(session, caller.organisation, delivery_id, now())
    return once.keep(DeliveryOut.model_validate(delivery))
