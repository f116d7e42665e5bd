"""The loop that sees to it that every organisation with credentials has its consumer at the broker."""

import asyncio
from datetime import datetime

import structlog

from common.bus import Bus
from common.consumption import Consumption
from common.contracts.notify import MatchNotified
from common.database import Database
from common.errors import Unavailable
from common.fields import OrganisationKey
from common.runtime import Loop
from common.waiting import first_of
from notify.credentials import repository
from notify.credentials.rules import subjects_of, user_of

log = structlog.get_logger()
POLL_S = 5.0
Seen = tuple[datetime, frozenset[OrganisationKey]]
"""When the stream was created, and for whom there are consumers on it."""


def reading_of(organisation: OrganisationKey) -> Consumption:
    """The one consumer through which an organisation reads; all its credentials share it."""
    return Consumption(MatchNotified.stream, user_of(organisation), subjects_of(organisation))


def providing_consumers(database: Database, bus: Bus) -> Loop:
    """Organisations may not make consumers themselves: who may, may read through any of that name."""

    async def loop(stop: asyncio.Event) -> None:
        seen: Seen | None = None
        while not stop.is_set():
            try:
                seen = await provide(database, bus, seen)
            except Unavailable as error:
                seen = None
                log.warning("organisation_consumers_wait", reason=str(error))
            await first_of(stop, within_s=POLL_S)

    return loop


async def provide(database: Database, bus: Bus, seen: Seen | None) -> Seen | None:
    """Make what is missing since `seen`; a stream that was made anew has lost all of them."""
    async with database.begin() as session:
        holders = await repository.holders(session)
    stream = await bus.state_of(MatchNotified.stream) if holders else None
    if stream is None or (stream.created_at, holders) == seen:
        return seen
    for organisation in holders:
        await bus.create_consumer(reading_of(organisation))
    log.info("organisation_consumers_made", organisation_count=len(holders))
    return stream.created_at, holders
