"""Telling subscriptions of matches: of many matches at once, by a few statements however many there are."""

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
from notify.subscriptions.repository import Listener
from notify.subscriptions.rules import Channel
from notify.telling import repository
from notify.telling.repository import NewDelivery, ToldMatch


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
class _Hearer:
    """A subscription with its filters, read once for all that say the same."""

    listener: Listener
    wishes: SubscriptionFilters


async def tell(session: AsyncSession, heard: Sequence[HeardMatch], at: datetime) -> Sequence[NewDelivery]:
    """Make a delivery for every subscription of either side of each match that should hear of this version.

    heard  none of one match twice; a version that is not newer than the newest known makes no delivery

    What goes on a subject at once is recorded for it and settled here, what waits for anything by the announcer.
    """
    await concerns.note_many(session, [(of_match(each.match), each.announced_at) for each in heard])
    await subscriptions.hold_wishes(session, _owners(heard))
    told = {each.match.id: _told(each) for each in heard}
    newest = await repository.newest(session, list(told.values()), at)
    new = [each.match for each in heard if each.match.id in newest]
    added = await repository.add(session, await _made(session, new), told, at)
    going = [each for each in added if each.state is DeliveryState.SENT]
    events = _Events(told, at)
    await outbox.record_written(session, MatchNotified.stream, [events.of(each) for each in going], at)
    await repository.note_sent(session, going, at)
    return added


def _told(heard: HeardMatch) -> ToldMatch:
    return ToldMatch(heard.match, heard.match.model_dump_json(), heard.correlation_id, heard.traceparent)


def _owners(heard: Sequence[HeardMatch]) -> set[OrganisationKey]:
    return {key for each in heard for key in _sides(each.match)}


def _sides(match: MatchSnapshot) -> tuple[OrganisationKey, ...]:
    return tuple(dict.fromkeys((match.demand_owner, match.profile_organisation)))


async def _made(session: AsyncSession, matches: Sequence[MatchSnapshot]) -> list[NewDelivery]:
    """The deliveries that the matches are worth, not stored yet."""
    owners = {key for match in matches for key in _sides(match)}
    listening = _by_owner(await subscriptions.listeners(session, owners)) if matches else {}
    told = await _told_before(session, matches, listening)
    return [
        NewDelivery(new_id(), listener, match.id, _state(listener))
        for match in matches
        for key in _sides(match)
        for listener in _hearing(match, key, listening.get((key.scheme, key.code), ()), told)
    ]


_ByOwner = Mapping[tuple[str, str], Sequence[_Hearer]]
"""By scheme and code of their organisation."""


def _by_owner(listening: Iterable[Listener]) -> _ByOwner:
    """Filters that say the same are one object."""
    wishes: dict[str, SubscriptionFilters] = {}
    found: dict[tuple[str, str], list[_Hearer]] = defaultdict(list)
    for each in listening:
        if each.filters not in wishes:
            wishes[each.filters] = SubscriptionFilters.read(each.filters)
        found[each.scheme, each.code].append(_Hearer(each, wishes[each.filters]))
    return found


def _hearing(
    match: MatchSnapshot,
    organisation: OrganisationKey,
    listening: Sequence[_Hearer],
    told: Mapping[tuple[UUID, UUID], MatchSnapshot],
) -> Iterator[Listener]:
    """Those that should hear of a match; equal filters are asked once, unless it matters what was told before."""
    answers: dict[int, bool] = {}
    for each in listening:
        before = told.get((each.listener.id, match.id)) if told else None
        if before is not None:
            hears = should_hear(each.wishes, match, organisation, before)
        else:
            hears = answers.get(id(each.wishes), False)
            if id(each.wishes) not in answers:
                hears = answers[id(each.wishes)] = should_hear(each.wishes, match, organisation, None)
        if hears:
            yield each.listener


async def _told_before(
    session: AsyncSession, matches: Sequence[MatchSnapshot], listening: _ByOwner
) -> Mapping[tuple[UUID, UUID], MatchSnapshot]:
    """By subscription and match. Of a first version nobody can have been told before."""
    later = [match.id for match in matches if match.version > 1]
    if not later:
        return {}
    ids = [hearer.listener.id for hearers in listening.values() for hearer in hearers]
    return await repository.last_told(session, later, ids)


def _state(listener: Listener) -> DeliveryState:
    if listener.state in STANDING_STILL:
        return DeliveryState.HELD
    goes_at_once = listener.channel is Channel.NATS and not listener.is_timed and not listener.is_ordered
    return DeliveryState.SENT if goes_at_once else DeliveryState.PENDING


class _Events:
    """The events for organisations' subjects, the same as of `notification_of`. Rendered once for each match and
    organisation: what many subscriptions are told differs by two ids."""

    def __init__(self, told: Mapping[UUID, ToldMatch], at: datetime) -> None:
        """told  of each match, by its id"""
        self._told, self._at = told, at
        self._delivery_id, self._subscription_id = new_id(), new_id()
        self._places = str(self._delivery_id), str(self._subscription_id)
        self._rendered: dict[tuple[UUID, str, str], tuple[str, str]] = {}

    def of(self, delivery: NewDelivery) -> Written:
        listener = delivery.listener
        key = delivery.match_id, listener.scheme, listener.code
        told = self._told[delivery.match_id]
        if key not in self._rendered:
            self._rendered[key] = self._render(told, OrganisationKey(scheme=listener.scheme, code=listener.code))
        subject, envelope = self._rendered[key]
        for place, said in zip(self._places, (delivery.id, listener.id), strict=True):
            envelope = envelope.replace(place, str(said))
        return Written(delivery.id, subject, envelope, told.traceparent)

    def _render(self, told: ToldMatch, recipient: OrganisationKey) -> tuple[str, str]:
        """The subject, and the envelope with ids that nothing else has in the places of the delivery's own."""
        said = MatchNotified.model_construct(
            delivery_id=self._delivery_id,
            subscription_id=self._subscription_id,
            recipient=recipient,
            match=told.match,
        )
        envelope = Envelope(
            id=self._delivery_id,
            source=MatchNotified.source(),
            type=MatchNotified.type,
            subject=said.about(),
            time=self._at,
            correlationid=told.correlation_id,
            data={},
        )
        return said.subject(), envelope.with_data(said.data_with(told.text))
