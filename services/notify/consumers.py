"""What notify does with the events of other services."""

from collections.abc import Callable, Mapping
from datetime import datetime

import structlog

from common.bus import Consumption, Handler
from common.clock import now
from common.contracts.envelope import Envelope, Unreadable, being_read
from common.contracts.matcher import MatchComputed, MatchEvent, MatchLapsed
from common.database import Database
from common.inbox import is_first_time
from notify.deliveries import service

log = structlog.get_logger()
MATCHES = Consumption(stream="MATCHER", durable="notify", subject="matcher.match.*")
_KINDS: dict[str, type[MatchEvent]] = {kind.type: kind for kind in (MatchComputed, MatchLapsed)}


def hearing_of_matches(database: Database, clock: Callable[[], datetime]) -> Handler:
    """A handler that turns each match event into the deliveries it is worth, once."""

    async def handle(envelope: Envelope) -> None:
        kind = _KINDS.get(envelope.type)
        if kind is None:
            # Announced by a later matcher: kept until this service knows what it means.
            raise Unreadable("type: unknown")
        with being_read():
            match = kind.read(envelope.data).match
        async with database.begin() as session:
            if not await is_first_time(session, MATCHES.durable, envelope.id):
                return
            count = await service.tell(session, match, clock())
        log.info("match_heard_of", match_id=str(match.id), match_version=match.version, delivery_count=count)

    return handle


def handlers(database: Database) -> Mapping[str, Handler]:
    return {MATCHES.durable: hearing_of_matches(database, now)}
