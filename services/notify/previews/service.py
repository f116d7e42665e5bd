"""Answering what a subscription would have told; nothing is stored."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.dockings import Parties
from common.contracts.matcher import MatchSnapshot
from common.contracts.notify import DockingNotified, InterestNotified
from common.fields import OrganisationKey
from notify.deliveries.models import Delivery
from notify.deliveries.news import NO_SIDE, TOPICS
from notify.deliveries.schemas import notification_of
from notify.previews import repository
from notify.previews.rules import Simulation, simulate
from notify.previews.schemas import PreviewDay, PreviewIn, PreviewMatch, PreviewOut
from notify.subscriptions.filters import SubscriptionFilters, wants, wants_news
from notify.subscriptions.rules import part_of

WEEK = timedelta(days=7)
MOST_LOOKED_AT, MOST_SHOWN = 1000, 10


class WeekTold(NamedTuple):
    """What passes the filters, each with the moment it came at."""

    matches: list[tuple[datetime, MatchSnapshot]]
    news: list[datetime]
    is_cut: bool


async def preview(session: AsyncSession, organisation: OrganisationKey, asked: PreviewIn, at: datetime) -> PreviewOut:
    """What the last week would have brought an organisation. `asked.filters` names tracks as they are stored."""
    told = await _told(session, organisation, asked.filters, at - WEEK)
    came = [moment for moment, _ in told.matches]
    found = simulate(asked.cadence, [*came, *told.news])
    return PreviewOut(
        since=at - WEEK,
        until=at,
        matches_count=len(came),
        news_count=len(told.news),
        messages_count=len(found.messages),
        digests_count=sum(message.is_gathered for message in found.messages),
        waited_count=found.waited_count,
        over_cap_count=found.over_cap_count,
        is_cut=told.is_cut,
        days=tuple(_days(ZoneInfo(asked.cadence.time_zone), came, told.news, found)),
        latest=tuple(PreviewMatch.model_validate(match) for _, match in told.matches[:MOST_SHOWN]),
    )


async def _told(
    session: AsyncSession, organisation: OrganisationKey, filters: SubscriptionFilters, since: datetime
) -> WeekTold:
    matches = await repository.matches(session, organisation, since=since, limit=MOST_LOOKED_AT)
    news = await repository.news(session, organisation, since=since, limit=MOST_LOOKED_AT)
    wanted = [(moment, match) for moment, match in matches if wants(filters, match, organisation)]
    heard = [each.created_at for each in _once(news) if _wants(filters, each, organisation)]
    return WeekTold(wanted, heard, is_cut=MOST_LOOKED_AT in (len(matches), len(news)))


def _once(news: Sequence[Delivery]) -> Iterator[Delivery]:
    """The same news, told to several subscriptions, once."""
    seen: set[tuple[str | None, str]] = set()
    for each in news:
        key = (each.news_type, json.dumps(each.news, sort_keys=True))
        if key not in seen:
            seen.add(key)
            yield each


def _wants(filters: SubscriptionFilters, delivery: Delivery, organisation: OrganisationKey) -> bool:
    told = notification_of(delivery)
    parties: Parties | None = None
    if isinstance(told, InterestNotified):
        parties = told.interest
    elif isinstance(told, DockingNotified):
        parties = told.docking
    sides = part_of(parties, organisation) if parties else NO_SIDE
    return wants_news(filters, TOPICS[delivery.news_type or ""], sides)


def _days(
    zone: ZoneInfo, matches: Iterable[datetime], news: Iterable[datetime], found: Simulation
) -> Iterator[PreviewDay]:
    def by_day(moments: Iterable[datetime]) -> Counter[date]:
        return Counter(moment.astimezone(zone).date() for moment in moments)

    counts = by_day(matches), by_day(news), by_day(message.at for message in found.messages)
    for day in sorted({day for each in counts for day in each}):
        matches_count, news_count, messages_count = (each[day] for each in counts)
        yield PreviewDay(on=day, matches_count=matches_count, news_count=news_count, messages_count=messages_count)
