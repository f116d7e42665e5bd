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
from notify.deliveries.news import KINDS, News

log = structlog.get_logger()
MATCHES = Consumption(stream="MATCHER", durable="notify", subject="matcher.match.*")
INTERESTS = Consumption(stream="MATCHER", durable="notify-interests", subject="matcher.interest.*")
DOCKINGS = Consumption(stream="MATCHER", durable="notify-dockings", subject="matcher.docking.*")
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


def hearing_of_news(database: Database, what: Consumption, clock: Callable[[], datetime]) -> Handler:
    """A handler that turns each event of an interest or a docking into the deliveries it is worth, once."""

    async def handle(envelope: Envelope) -> None:
        kind = KINDS.get(envelope.type)
        if kind is None:
            # Announced by a later matcher: kept until this service knows what it means.
            raise Unreadable("type: unknown")
        with being_read():
            news = News(kind.read(envelope.data))
        async with database.begin() as session:
            if not await is_first_time(session, what.durable, envelope.id):
                return
            count = await service.tell_news(session, news, clock())
        log.info("news_heard_of", news=envelope.type, match_id=str(news.parties.match_id), delivery_count=count)

    return handle


def handlers(database: Database) -> Mapping[str, Handler]:
    news = {what.durable: hearing_of_news(database, what, now) for what in (INTERESTS, DOCKINGS)}
    return {MATCHES.durable: hearing_of_matches(database, now), **news}
