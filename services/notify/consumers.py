"""What notify does with the events of other services."""

from collections.abc import Callable
from datetime import datetime

import structlog

from common.bus import Consumption, Handler
from common.contracts.envelope import Envelope
from common.contracts.matcher import MatchComputed, MatchEvent, MatchLapsed
from common.database import Database
from common.inbox import is_first_time
from notify.deliveries import service

log = structlog.get_logger()
MATCHES = Consumption(stream="MATCHER", durable="notify", subject="matcher.match.*")
_KINDS: dict[str, type[MatchEvent]] = {kind.type: kind for kind in (MatchComputed, MatchLapsed)}


def hearing_of_matches(database: Database, now: Callable[[], datetime]) -> Handler:
    """A handler that turns each match event into the deliveries it is worth, once."""

    async def handle(envelope: Envelope) -> None:
        kind = _KINDS.get(envelope.type)
        if kind is None:
            return
        match = kind.read(envelope.data).match
        async with database.begin() as session:
            if not await is_first_time(session, MATCHES.durable, envelope.id):
                return
            count = await service.tell(session, match, now())
        log.info("match_heard_of", match_id=str(match.id), match_version=match.version, delivery_count=count)

    return handle
