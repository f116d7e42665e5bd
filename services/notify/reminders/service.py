"""Remembering when demands close, and reminding of it whom they concern."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import deadlines
from common.contracts.catalog import DemandSnapshot
from common.contracts.matcher import MatchSnapshot
from common.deadlines import Handler
from common.fields import OrganisationKey
from notify.concerns import repository as concerns
from notify.concerns.rules import ConcernSource
from notify.deliveries import repository as deliveries
from notify.deliveries.beginning import begun
from notify.deliveries.models import Delivery
from notify.deliveries.news import ENTERPRISE
from notify.reminders import repository, rules
from notify.reminders.models import KnownDemand
from notify.subscriptions import repository as subscriptions
from notify.subscriptions.filters import passes, wants_news
from notify.subscriptions.models import Subscription
from notify.subscriptions.rules import Topic

CLOSING = "closing"
"""The deadline at which a demand is looked at next; its key is the demand's id."""
Reasons = Mapping[OrganisationKey, list[MatchSnapshot] | None]
"""Whom a demand concerns, each with the matches it has with it; None: by more than matches."""


async def note(session: AsyncSession, demand: DemandSnapshot, at: datetime) -> None:
    """Remember when a demand closes. A date that moves is reminded of anew, one that is gone no more; offsets that
    have passed when the date is set are not made up for."""
    known = await repository.held(session, demand.id, at)
    if demand.version <= known.version:
        return
    closes_at = demand.closes_at if demand.is_open else None
    if closes_at != known.closes_at:
        known.closes_at = closes_at
        known.handled_days = rules.days_left(closes_at, at) if closes_at else None
        await deadlines.put(session, CLOSING, demand.id, rules.next_at(closes_at, at) if closes_at else None)
    known.version, known.heard_at = demand.version, at
    known.demand = demand.model_dump(mode="json") if closes_at else None


async def remind(session: AsyncSession, demand_id: UUID, at: datetime) -> None:
    """Tell whoever wants to be reminded on one of the days that have come since this was done last."""
    known = await repository.locked(session, demand_id)
    if known is None or known.closes_at is None or known.handled_days is None or known.closes_at <= at:
        return
    reached = rules.days_left(known.closes_at, at)
    reasons = await _reasons(session, demand_id, at)
    if reasons and reached < known.handled_days:
        await subscriptions.hold_wishes(session, reasons)
        hearing = [
            each
            for each in await subscriptions.listening(session, reasons)
            if rules.are_due(each.timing.remind_days, reached=reached, handled=known.handled_days)
            and _hears(each, reasons[each.organisation])
        ]
        await deliveries.add(session, [_reminder(known, each, reached, at) for each in hearing])
    known.handled_days = min(known.handled_days, reached)
    await deadlines.put(session, CLOSING, demand_id, rules.next_at(known.closes_at, at))


async def _reasons(session: AsyncSession, demand_id: UUID, at: datetime) -> Reasons:
    """Why the demand concerns each organisation."""
    found = await concerns.concerning(session, demand_id, at)
    match_ids = [each.source_id for each in found if each.source is ConcernSource.MATCH]
    matches = await deliveries.known(session, match_ids)
    by_more = {each.organisation for each in found if each.source is not ConcernSource.MATCH}
    organisations = {each.organisation for each in found}
    return {
        each: None if each in by_more else [match for match in matches if match.profile_organisation == each]
        for each in organisations
    }


def _hears(subscription: Subscription, matches: list[MatchSnapshot] | None) -> bool:
    """Nobody is reminded of a demand whose match they did not want to hear of."""
    wishes = subscription.wishes
    return wants_news(wishes, Topic.DEMAND, ENTERPRISE) and (
        matches is None or any(passes(wishes, match, subscription.organisation) for match in matches)
    )


def _reminder(known: KnownDemand, subscription: Subscription, days: int, at: datetime) -> Delivery:
    delivery = begun(subscription, None, at)
    delivery.news_type, delivery.news = rules.CLOSING, {"demand": known.demand, "closes_in_days": days}
    return delivery


DUE: Mapping[str, Handler] = {CLOSING: remind}
