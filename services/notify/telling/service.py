"""Telling subscriptions of matches: of many matches at once, by a few statements however many there are."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import correlation, outbox, tracing
from common.clock import new_id
from common.contracts.envelope import Envelope
from common.contracts.matcher import MatchSnapshot
from common.contracts.notify import MatchNotified
from common.fields import OrganisationKey
from common.outbox import Written
from notify.concerns import repository as concerns
from notify.concerns.rules import of_match
from notify.deliveries.beginning import STANDING_STILL
from notify.deliveries.rules import DeliveryState
from notify.subscriptions import repository as subscriptions
from notify.subscriptions.filters import SubscriptionFilters, should_hear
from notify.subscriptions.models import Subscription
from notify.subscriptions.rules import Channel
from notify.telling import repository
from notify.telling.repository import NewDelivery, Version


@dataclass(frozen=True)
class HeardMatch:
    """A match, when its event was announced, and the request and span that the event belongs to."""

    match: MatchSnapshot
    announced_at: datetime
    correlation_id: str | None
    traceparent: str | None

    @classmethod
    def in_hand(cls, match: MatchSnapshot, announced_at: datetime) -> Self:
        """It belongs to the request and span in hand."""
        return cls(match, announced_at, correlation.current(), tracing.traceparent())


@dataclass(frozen=True)
class _Listener:
    """A subscription with its filters, read once for all matches."""

    subscription: Subscription
    wishes: SubscriptionFilters


async def tell(session: AsyncSession, heard: Sequence[HeardMatch], at: datetime) -> list[NewDelivery]:
    """Make a delivery for every subscription of either side of each match that should hear of this version.

    heard  none of one match twice; a version that is not newer than the newest known makes no delivery

    What goes on a subject at once is recorded for it and settled here, what waits for anything by the announcer.
    """
    await concerns.note_many(session, [(of_match(each.match), each.announced_at) for each in heard])
    await subscriptions.hold_wishes(session, _owners(heard))
    texts = {each.match.id: each.match.model_dump_json() for each in heard}
    newest = await repository.newest(session, [Version(each.match, texts[each.match.id]) for each in heard], at)
    new = [each for each in heard if each.match.id in newest]
    made = await _made(session, new, at)
    added = await repository.add(session, made, texts)
    going = [each for each in added if each.state is DeliveryState.SENT]
    await outbox.record_written(session, MatchNotified.stream, list(map(_Events(texts).of, going)), at)
    await repository.note_sent(session, going)
    return added


def _owners(heard: Sequence[HeardMatch]) -> set[OrganisationKey]:
    return {key for each in heard for key in (each.match.demand_owner, each.match.profile_organisation)}


async def _made(session: AsyncSession, heard: Sequence[HeardMatch], at: datetime) -> list[NewDelivery]:
    """The deliveries that the matches are worth, not stored yet."""
    listening = _by_owner(await subscriptions.listening(session, _owners(heard))) if heard else {}
    told = await _told_before(session, heard, listening)
    return [
        _delivery(each, subscription, at)
        for each in heard
        for key in dict.fromkeys((each.match.demand_owner, each.match.profile_organisation))
        for subscription in _hearing(each.match, key, listening.get(key, ()), told)
    ]


def _by_owner(listening: Iterable[Subscription]) -> Mapping[OrganisationKey, Sequence[_Listener]]:
    """Filters that say the same are one object."""
    wishes: dict[str, SubscriptionFilters] = {}
    found: dict[OrganisationKey, list[_Listener]] = defaultdict(list)
    for each in listening:
        said = json.dumps(each.filters)
        if said not in wishes:
            wishes[said] = each.wishes
        found[each.organisation].append(_Listener(each, wishes[said]))
    return found


def _hearing(
    match: MatchSnapshot,
    organisation: OrganisationKey,
    listening: Sequence[_Listener],
    told: Mapping[tuple[UUID, UUID], MatchSnapshot],
) -> Iterator[Subscription]:
    """Those that should hear of a match; equal filters are asked once, unless it matters what was told before."""
    answers: dict[int, bool] = {}
    for each in listening:
        before = told.get((each.subscription.id, match.id))
        if before is not None:
            hears = should_hear(each.wishes, match, organisation, before)
        else:
            hears = answers.get(id(each.wishes), False)
            if id(each.wishes) not in answers:
                hears = answers[id(each.wishes)] = should_hear(each.wishes, match, organisation, None)
        if hears:
            yield each.subscription


async def _told_before(
    session: AsyncSession, heard: Sequence[HeardMatch], listening: Mapping[OrganisationKey, Sequence[_Listener]]
) -> Mapping[tuple[UUID, UUID], MatchSnapshot]:
    """By subscription and match. Of a first version nobody can have been told before."""
    later = [each.match.id for each in heard if each.match.version > 1]
    if not later:
        return {}
    ids = [listener.subscription.id for listeners in listening.values() for listener in listeners]
    return await repository.last_told(session, later, ids)


def _delivery(heard: HeardMatch, subscription: Subscription, at: datetime) -> NewDelivery:
    match = heard.match
    return NewDelivery(
        id=new_id(),
        subscription=subscription,
        match=match,
        ordering_key=str(match.demand_id) if subscription.is_ordered else None,
        correlation_id=heard.correlation_id,
        traceparent=heard.traceparent,
        state=_state(subscription),
        created_at=at,
    )


def _state(subscription: Subscription) -> DeliveryState:
    if subscription.state in STANDING_STILL:
        return DeliveryState.HELD
    goes_at_once = subscription.channel is Channel.NATS and not subscription.cadence and not subscription.is_ordered
    return DeliveryState.SENT if goes_at_once else DeliveryState.PENDING


class _Events:
    """The events for organisations' subjects, the same as of `notification_of`. Rendered once for each match and
    organisation: what many subscriptions are told differs by two ids."""

    def __init__(self, texts: Mapping[UUID, str]) -> None:
        """texts  each match as JSON, by its id"""
        self._texts = texts
        self._delivery_id, self._subscription_id = new_id(), new_id()
        self._rendered: dict[tuple[UUID, OrganisationKey], tuple[str, str]] = {}

    def of(self, delivery: NewDelivery) -> Written:
        subscription = delivery.subscription
        key = delivery.match_id, subscription.organisation
        if key not in self._rendered:
            self._rendered[key] = self._render(delivery, subscription.organisation)
        subject, text = self._rendered[key]
        envelope = text.replace(str(self._delivery_id), str(delivery.id))
        envelope = envelope.replace(str(self._subscription_id), str(subscription.id))
        return Written(delivery.id, subject, envelope, delivery.traceparent)

    def _render(self, delivery: NewDelivery, recipient: OrganisationKey) -> tuple[str, str]:
        """The subject, and the envelope with ids that nothing else has in the places of the delivery's own."""
        told = MatchNotified.model_construct(
            delivery_id=self._delivery_id,
            subscription_id=self._subscription_id,
            recipient=recipient,
            match=delivery.match,
        )
        envelope = Envelope(
            id=self._delivery_id,
            source=MatchNotified.source(),
            type=MatchNotified.type,
            subject=told.about(),
            time=delivery.created_at,
            correlationid=delivery.correlation_id,
            data={},
        )
        return told.subject(), envelope.with_data(told.data_with(self._texts[delivery.match_id]))
