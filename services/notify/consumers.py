"""What notify does with the events of other services."""

from collections.abc import Callable, Mapping
from datetime import datetime

import structlog

from common.clock import now
from common.consumption import Consumption, Handler
from common.contracts.envelope import Envelope, Unreadable, being_read
from common.contracts.matcher import MatchComputed, MatchEvent, MatchLapsed
from common.database import Database
from common.inbox import is_first_time
from notify.deliveries import service
from notify.deliveries.news import KINDS

log = structlog.get_logger()
MATCHES = Consumption(stream="MATCHER", durable="notify", subject="matcher.match.*")
NEWS = (
    Consumption(stream="MATCHER", durable="notify-interests", subject="matcher.interest.*"),
    Consumption(stream="MATCHER", durable="notify-dockings", subject="matcher.docking.*"),
    Consumption(stream="MATCHER", durable="notify-mandates", subject="matcher.mandate.*"),
    # CATALOG holds contacts, too: who may fetch events of it by their place could read them.
    Consumption(stream="CATALOG", durable="notify-demands", subject="catalog.demand.*", may_fetch=False),
    Consumption(stream="CATALOG", durable="notify-questions", subject="catalog.question.*", may_fetch=False),
    Consumption(stream="CATALOG", durable="notify-solicitations", subject="catalog.solicitation.*", may_fetch=False),
    Consumption(stream="CATALOG", durable="notify-solutions", subject="catalog.solution.*", may_fetch=False),
    Consumption(stream="CATALOG", durable="notify-steps", subject="catalog.step.*", may_fetch=False),
)
CONSUMPTIONS = (MATCHES, *NEWS)
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
            await service.note_match(session, match, envelope.time)
            count = await service.tell(session, match, clock())
        log.info("match_heard_of", match_id=str(match.id), match_version=match.version, delivery_count=count)

    return handle


def hearing_of_news(database: Database, what: Consumption, clock: Callable[[], datetime]) -> Handler:
    """A handler that turns each other event into the deliveries it is worth, once."""

    async def handle(envelope: Envelope) -> None:
        kind = KINDS.get(envelope.type)
        if kind is None:
            # Announced by a later release: kept until this service knows what it means.
            raise Unreadable("type: unknown")
        with being_read():
            news = kind.news(kind.event.read(envelope.data))
        if news.is_for_nobody:
            return
        async with database.begin() as session:
            if not await is_first_time(session, what.durable, envelope.id):
                return
            count = await service.tell_news(session, news, envelope.time, clock())
        log.info("news_heard_of", news=envelope.type, about=envelope.subject, delivery_count=count)

    return handle


def handlers(database: Database) -> Mapping[str, Handler]:
    news = {what.durable: hearing_of_news(database, what, now) for what in NEWS}
    return {MATCHES.durable: hearing_of_matches(database, now), **news}
