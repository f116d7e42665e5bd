"""What happens to deliveries: a match makes them, channels take them, outcomes settle them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import new_id
from common.contracts.catalog import DemandEvent
from common.contracts.matcher import MatchSnapshot
from common.errors import NotAllowedNow
from common.fields import OrganisationKey
from common.pagination import PageRequest
from notify.attempts import repository as attempts
from notify.attempts.repository import FoundAttempt
from notify.concerns import repository as concerns
from notify.deliveries import endpoints, repository, rules
from notify.deliveries.beginning import STANDING_STILL, begun
from notify.deliveries.filters import AttemptFilters, DeliveryFilters
from notify.deliveries.models import Attempt, Delivery
from notify.deliveries.news import CONFIRMATION, ENTERPRISE, Audience, News, Sides
from notify.deliveries.repository import Due
from notify.deliveries.rules import AttemptResult, DeliveryAction, DeliveryParty
from notify.digests.service import admit
from notify.reminders import service as reminders
from notify.subscriptions import repository as subscriptions
from notify.subscriptions.confirming import take_turn_of_webhook
from notify.subscriptions.filters import should_hear, wants, wants_call, wants_news
from notify.subscriptions.models import Subscription
from notify.subscriptions.rules import Channel, SubscriptionState, Topic


async def tell_news(session: AsyncSession, news: News, announced_at: datetime, at: datetime) -> int:
    """Make a delivery for every subscription that should hear of an event; returns how many. Those of others than the
    audience cannot hear of it."""
    if news.heard is not None:
        await concerns.note(session, news.heard, announced_at)
    if isinstance(news.event, DemandEvent):
        await reminders.note(session, news.event.demand, at)
    hearers = await _hearers(session, news.audience, announced_at)
    hearing = await _hearing(session, news.topic, hearers)
    if news.audience.filing is not None:
        told = {each.id for each in hearing}
        others = await subscriptions.hearing_all_calls(session)
        hearing += [
            each
            for each in others
            if each.id not in told
            and each.organisation not in news.audience.but
            and wants_call(each.wishes, news.audience.filing)
        ]
    await repository.add(session, [_news(news, subscription, at) for subscription in hearing])
    return len(hearing)


async def _hearers(session: AsyncSession, audience: Audience, at: datetime) -> dict[OrganisationKey, Sides]:
    """Who is told, with the part each has: who is named, and whom the demand concerned at that moment."""
    concerned: set[OrganisationKey] = set()
    if audience.demand_id is not None:
        concerned = await concerns.concerned(session, audience.demand_id, at) - audience.but
    return {**dict.fromkeys(concerned, ENTERPRISE), **audience.named}


async def _hearing(session: AsyncSession, topic: Topic, hearers: Mapping[OrganisationKey, Sides]) -> list[Subscription]:
    if not hearers:
        return []
    await subscriptions.hold_wishes(session, hearers)
    listening = await subscriptions.listening(session, hearers)
    return [each for each in listening if wants_news(each.wishes, topic, hearers[each.organisation])]


def _news(news: News, subscription: Subscription, at: datetime) -> Delivery:
    delivery = begun(subscription, news.match_id, at)
    delivery.news_type, delivery.news = news.event.type, news.data
    delivery.ordering_key = news.matter if subscription.is_ordered else None
    return delivery


async def backfill(session: AsyncSession, at: datetime, *, limit: int) -> bool:
    """Tell one subscription that asked for it of the next `limit` matches that stand; False when none asks.

    Matches are locked before the subscription, as in `tell`: a version that comes meanwhile waits, and then finds what
    was told of the one before.
    """
    asking = await subscriptions.asking_for_standing(session)
    if asking is None or asking.backfill_after is None:
        return False
    after = asking.backfill_after
    matches = await repository.standing(session, asking.organisation, after=after, limit=limit)
    subscription = await subscriptions.locked(session, asking.id)
    # Otherwise it is gone, or somebody else was faster.
    if subscription is not None and subscription.backfill_after == after:
        told = await repository.last_told_to(session, subscription.id, [match.id for match in matches])
        wishes, own = subscription.wishes, subscription.organisation
        wanted = [
            match
            for match in matches
            if wants(wishes, match, own) and should_hear(wishes, match, own, told.get(match.id))
        ]
        await repository.add(session, [_delivery(match, subscription, at) for match in wanted])
        subscription.backfill_after = matches[-1].id if len(matches) == limit else None
    return True


def _delivery(match: MatchSnapshot, subscription: Subscription, at: datetime) -> Delivery:
    delivery = begun(subscription, match.id, at)
    delivery.match_version, delivery.match = match.version, match.model_dump(mode="json")
    delivery.ordering_key = str(match.demand_id) if subscription.is_ordered else None
    return delivery


Recorders = Mapping[Channel, Callable[[AsyncSession, Sequence[Delivery]], Awaitable[None]]]
"""What records deliveries in the transaction that settles them, of each channel that does so."""


@dataclass(frozen=True)
class AnnouncedBatch:
    """Deliveries that were recorded; where it `is_full`, there may be more that are due."""

    deliveries: Sequence[Delivery]
    is_full: bool


async def announce_due(session: AsyncSession, recorders: Recorders, at: datetime, *, limit: int) -> AnnouncedBatch:
    """Record due deliveries that may go now and settle them, all in the caller's transaction; of each channel at most
    `limit` are looked at."""
    announced: list[Delivery] = []
    is_full = False
    for channel, record in recorders.items():
        due = await repository.due(session, channel, at, limit=limit)
        is_full |= len(due) == limit
        going = [each.delivery for each in await admit(session, due, at)]
        await record(session, going)
        for delivery in going:
            _conclude(session, delivery, rules.Sent(status=None, took_s=0.0), at, jitter=0.0)
        announced += going
    return AnnouncedBatch(announced, is_full)


@dataclass(frozen=True)
class Claim:
    """Deliveries taken in hand. `left_count` of those that may go found no place in their lane; where it `is_full`,
    there may be more that were not looked at."""

    taken: Sequence[Due]
    left_count: int
    is_full: bool


@dataclass(frozen=True)
class ClaimRoom:
    """Deliveries of a channel that a process has room for: `limit` at most, few in each lane and of each organisation,
    at some pace."""

    channel: Channel
    limit: int
    lanes: rules.Lanes
    organisations: rules.Lanes
    pace: rules.EndpointPace | None


async def claim(session: AsyncSession, room: ClaimRoom, at: datetime, *, lease_s: float) -> Claim:
    """Take due deliveries that may go now in hand, as many as lanes and pace let in; nobody else gets them before the
    lease ends."""
    limit, pace = room.limit, room.pace
    full = repository.Full(room.lanes.full(), room.organisations.full())
    due = await repository.due(session, room.channel, at, limit=limit, full=full, pace=pace)
    going = await admit(session, due, at)
    taken = [going[position] for position in room.lanes.let_in([each.subscription.lane for each in going])]
    taken = [taken[position] for position in room.organisations.let_in([_owner(each) for each in taken])]
    if pace is not None:
        taken = await _in_turn(session, taken, pace, at)
    if taken:
        await repository.lease(session, [each.delivery.id for each in taken], at + timedelta(seconds=lease_s))
    return Claim(taken, left_count=len(going) - len(taken), is_full=len(due) == limit)


def _owner(due: Due) -> str:
    return repository.written(due.subscription.organisation)


async def _in_turn(session: AsyncSession, due: Sequence[Due], pace: rules.EndpointPace, at: datetime) -> list[Due]:
    """Those whose endpoint has a turn left. Endpoints are asked in one order by everybody, so that none waits for
    another in a circle."""
    ordered = sorted(due, key=lambda each: each.subscription.lane)
    return [each for each in ordered if await repository.take_turn(session, each.subscription.lane, pace, at)]


@dataclass(frozen=True)
class Settling:
    """jitter     0.0 … 1.0, where in the spread of a delay to land
    endurance  how long an endpoint may fail
    """

    jitter: float
    endurance: rules.Endurance


async def settle(
    session: AsyncSession, due: Due, outcome: AttemptResult, at: datetime, how: Settling
) -> Delivery | None:
    """Put an attempt on record and move its delivery on; returns it as it stands then, None when it is gone.

    A delivery that was settled meanwhile (the lease ran out, the subscription was deleted) keeps its state.
    """
    # The subscription's lock before the delivery's, in the order of every other use case.
    touches = endpoints.touches(due, outcome)
    subscription = await subscriptions.locked(session, due.subscription.id) if touches else None
    delivery = await repository.locked(session, due.delivery.id)
    if delivery is not None:
        _conclude(session, delivery, outcome, at, jitter=how.jitter)
        if delivery.ordering_key is not None:
            await repository.wake(session)
    if subscription is not None and endpoints.concerns(due, delivery, subscription):
        await endpoints.note(session, subscription, outcome, at, how.endurance)
        if delivery is not None and endpoints.is_challenge(delivery):
            await endpoints.answered(session, subscription, delivery, at)
    return delivery


async def settle_many(
    session: AsyncSession, attempted: Sequence[tuple[Due, AttemptResult]], at: datetime
) -> dict[UUID, Delivery]:
    """The same for many attempts that no other follows and that say nothing of their endpoints, none of one delivery
    twice; by delivery, without those that are gone."""
    found = await repository.locked_many(session, [due.delivery.id for due, _ in attempted])
    for due, outcome in attempted:
        if delivery := found.get(due.delivery.id):
            _conclude(session, delivery, outcome, at, jitter=0.0)
    if any(delivery.ordering_key is not None for delivery in found.values()):
        await repository.wake(session)
    return found


def _conclude(
    session: AsyncSession, delivery: Delivery, outcome: AttemptResult, at: datetime, *, jitter: float
) -> None:
    repository.add_attempt(session, _attempt(delivery.id, outcome, at))
    delivery.leased_until = None
    if delivery.state not in rules.OPEN:
        return
    standing = rules.after(outcome, state=delivery.state, failures_count=delivery.failures_count, at=at, jitter=jitter)
    delivery.state, delivery.failures_count = standing.state, standing.failures_count
    delivery.due_at, delivery.reason = standing.due_at, standing.reason
    delivery.settled_at = at if standing.state not in rules.OPEN else None


def _attempt(delivery_id: UUID, outcome: AttemptResult, at: datetime) -> Attempt:
    kind, status, reason = rules.recorded(outcome)
    took_ms = round(outcome.took_s * 1000)
    return Attempt(
        id=new_id(),
        delivery_id=delivery_id,
        outcome=kind,
        status=status,
        reason=reason,
        answer=rules.answer_of(outcome),
        took_ms=took_ms,
        at=at,
    )


async def page(
    session: AsyncSession, organisation: OrganisationKey, filters: DeliveryFilters, wanted: PageRequest
) -> Sequence[Delivery]:
    return await repository.page(session, organisation, filters, wanted)


async def attempts_page(
    session: AsyncSession, organisation: OrganisationKey, filters: AttemptFilters, wanted: PageRequest
) -> Sequence[FoundAttempt]:
    return await attempts.page(session, organisation, filters, wanted)


async def shown(
    session: AsyncSession, organisation: OrganisationKey, delivery_id: UUID
) -> tuple[Delivery, Sequence[Attempt]]:
    """A delivery to the organisation with every attempt made."""
    delivery = await repository.own(session, organisation, delivery_id)
    return delivery, await repository.attempts_of(session, delivery.id)


async def redeliver(session: AsyncSession, organisation: OrganisationKey, delivery_id: UUID, at: datetime) -> Delivery:
    """Begin a new series of attempts now, whatever came of the last; the id stays."""
    delivery = await repository.own(session, organisation, delivery_id)
    if delivery.channel is Channel.NATS:
        raise NotAllowedNow(
            "The stream NOTIFY keeps events of NATS deliveries; read it again from there",
            "NATS 投递的事件保存在 NOTIFY 流中，请从该流重新读取",
        )
    is_challenge = endpoints.is_challenge(delivery)
    if delivery.news_type == CONFIRMATION and not is_challenge:
        raise NotAllowedNow(
            "An address is asked once; delete the subscription and subscribe again",
            "确认邮件只发送一次，请删除后重新订阅",
        )
    subscription = await subscriptions.locked(session, delivery.subscription_id)
    if subscription is None or subscription.state is SubscriptionState.DISABLED:
        raise NotAllowedNow("Its subscription is disabled or deleted", "该投递所属的订阅已停用或删除")
    if is_challenge:
        await take_turn_of_webhook(session, subscription, at)
    delivery = await repository.own(session, organisation, delivery_id, lock=True)
    actions = [DeliveryAction.REDELIVER]
    if subscription.state in STANDING_STILL and not is_challenge:
        actions.append(DeliveryAction.HOLD)
    for action in actions:
        delivery.state = rules.LIFE.moved(delivery.state, action, by={DeliveryParty.SUBSCRIBER}, at=at).after
    delivery.failures_count, delivery.due_at = 0, at
    delivery.reason = delivery.settled_at = None
    await repository.wake(session)
    return delivery
