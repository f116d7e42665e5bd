"""What notify does with the events of other services."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import structlog

from common.clock import now
from common.consumption import Arrived, Consumption, Handler
from common.contracts.envelope import Envelope, Unreadable, being_read
from common.contracts.matcher import MatchComputed, MatchEvent, MatchLapsed, MatchSnapshot
from common.database import Database
from common.inbox import first_times, is_first_time
from notify import reporting
from notify.deliveries import service
from notify.deliveries.news import KINDS
from notify.telling.repository import NewDelivery
from notify.telling.service import HeardMatch, tell

log = structlog.get_logger()
MATCHES = Consumption(stream="MATCHER", durable="notify", subject="matcher.match.*")
NEWS = (
    Consumption(stream="MATCHER", durable="notify-interests", subject="matcher.interest.*"),
    Consumption(stream="MATCHER", durable="notify-dockings", subject="matcher.docking.*"),
    Consumption(stream="MATCHER", durable="notify-mandates", subject="matcher.mandate.*"),
    Consumption(stream="MATCHER", durable="notify-objections", subject="matcher.objection.*"),
    # CATALOG holds contacts, too: who may fetch events of it by their place could read them.
    Consumption(stream="CATALOG", durable="notify-demands", subject="catalog.demand.*", may_fetch=False),
    Consumption(stream="CATALOG", durable="notify-questions", subject="catalog.question.*", may_fetch=False),
    Consumption(stream="CATALOG", durable="notify-solicitations", subject="catalog.solicitation.*", may_fetch=False),
    Consumption(stream="CATALOG", durable="notify-solutions", subject="catalog.solution.*", may_fetch=False),
    Consumption(stream="CATALOG", durable="notify-steps", subject="catalog.step.*", may_fetch=False),
)
CONSUMPTIONS = (MATCHES, *NEWS)
_KINDS: dict[str, type[MatchEvent]] = {kind.type: kind for kind in (MatchComputed, MatchLapsed)}


def _match_of(envelope: Envelope) -> MatchSnapshot:
    kind = _KINDS.get(envelope.type)
    if kind is None:
        # Announced by a later matcher: kept until this service knows what it means.
        raise Unreadable("type: unknown")
    with being_read():
        return kind.read(envelope.data).match


class MatchesHeard:
    """Turns match events into the deliveries they are worth, each once."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database, self._clock = database, clock

    async def one(self, envelope: Envelope) -> None:
        await self._tell({envelope.id: HeardMatch.in_hand(_match_of(envelope), envelope.time)})

    async def many(self, arrived: Sequence[Arrived]) -> None:
        """Versions of one match in the order in which they came, each in a transaction after the one before."""
        rounds: list[dict[UUID, HeardMatch]] = []
        seen: Counter[UUID] = Counter()
        for each in arrived:
            with each.in_hand():
                heard = HeardMatch.in_hand(_match_of(each.envelope), each.envelope.time)
            turn, seen[heard.match.id] = seen[heard.match.id], seen[heard.match.id] + 1
            rounds += [{}] if turn == len(rounds) else []
            rounds[turn][each.envelope.id] = heard
        for heard_at_once in rounds:
            await self._tell(heard_at_once)

    async def _tell(self, heard: Mapping[UUID, HeardMatch]) -> None:
        at = self._clock()
        async with self._database.begin() as session:
            new = await first_times(session, MATCHES.durable, heard)
            told = [heard[event_id] for event_id in heard if event_id in new]
            deliveries = await tell(session, told, at) if told else []
        by_match: dict[UUID, list[NewDelivery]] = defaultdict(list)
        for delivery in deliveries:
            by_match[delivery.match_id].append(delivery)
        for each in told:
            reporting.heard_of(each, by_match[each.match.id])


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
    return {MATCHES.durable: MatchesHeard(database, now).one, **news}
