"""Notify by steps: what is due at a moment of the test's own, without loops and without waiting."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete

from common import deadlines
from common.contracts.envelope import Event
from common.contracts.matcher import MatchSnapshot
from common.contracts.notify import Notified
from common.database import Database
from common.fields import OrganisationKey
from common.pagination import PageRequest
from common.tracks import QINGDAO
from common.vault import Vault
from notify.app import DUE
from notify.channels import registry
from notify.deliveries import repository, service
from notify.deliveries.filters import DeliveryFilters
from notify.deliveries.models import Delivery
from notify.deliveries.news import KINDS
from notify.deliveries.rules import DeliveryState
from notify.deliveries.schemas import notification_of
from notify.digests import service as digests
from notify.settings import NotifySettings
from notify.subscriptions import repository as subscriptions
from notify.subscriptions import service as subscribing
from notify.subscriptions.schemas import SubscriptionChange, SubscriptionIn
from notify.telling.service import HeardMatch, tell
from tests.integration.notify.matches import FIRM

ALL = PageRequest(limit=10_000, after=None)


def china(text: str) -> datetime:
    """A time of day in Shanghai, such as 2026-03-02T09:00."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC)


class Steps:
    """Each is a transaction of its own, at a moment that the caller names."""

    def __init__(self, database: Database, settings: NotifySettings) -> None:
        self.database = database
        self._gone: list[Notified] = []
        self._terms = subscribing.Policy(
            addresses=registry.addresses(settings),
            vault=Vault([]),
            subscriptions_limit=20,
            tracks=QINGDAO,
            secret_overlap=timedelta(days=1),
        )

    async def subscribed(self, at: datetime, by: OrganisationKey = FIRM, **said: Any) -> UUID:
        """By NATS; `said` is what the request says beside the channel."""
        asked = SubscriptionIn.model_validate({"channel": {"type": "nats"}, **said})
        async with self.database.begin() as session:
            created = await subscribing.subscribe(session, by, asked, self._terms, at)
            return created.subscription.id

    async def tell(self, at: datetime, *matches: MatchSnapshot) -> None:
        for match in matches:
            async with self.database.begin() as session:
                told = await tell(session, [HeardMatch.in_hand(match, at)], at)
                deliveries = [await session.get_one(Delivery, each.id) for each in told]
                self._gone += [notification_of(each) for each in deliveries if each.state is DeliveryState.SENT]

    async def tell_news(self, at: datetime, *events: Event) -> None:
        for event in events:
            async with self.database.begin() as session:
                await service.tell_news(session, KINDS[event.type].news(event), at, at)

    async def announce(self, at: datetime, *, limit: int = 200) -> list[Notified]:
        """What goes at a moment, in its order, after what went as it was heard of."""
        gone, self._gone = self._gone, []
        async with self.database.begin() as session:
            announced = await service.announce_due(session, registry.RECORDERS, at, limit=limit)
            return gone + [notification_of(each) for each in announced.deliveries]

    async def strike(self, at: datetime) -> list[Notified]:
        """Everything that is due is done, and goes."""
        while await deadlines.run_due(self.database, DUE, at):
            pass
        return await self.announce(at)

    async def replan(self) -> None:
        async with self.database.begin() as session:
            await digests.replan(session)

    async def states(self) -> dict[str, int]:
        """How many deliveries there are in each state."""
        found: dict[str, int] = {}
        for each in await self.deliveries():
            found[each.state] = found.get(each.state, 0) + 1
        return found

    async def deliveries(self, by: OrganisationKey = FIRM) -> list[Delivery]:
        """Oldest first."""
        async with self.database.reading() as session:
            return list(reversed(await repository.page(session, by, DeliveryFilters(), ALL)))

    async def next_at(self, what: str) -> datetime | None:
        async with self.database.reading() as session:
            return await deadlines.next_at(session, [what])

    async def change(self, subscription_id: UUID, at: datetime, by: OrganisationKey = FIRM, **said: Any) -> None:
        async with self.database.begin() as session:
            version = (await subscriptions.own(session, by, subscription_id)).version
            revision = subscribing.Revision(by, subscription_id, version)
            asked = SubscriptionChange.model_validate(said)
            await subscribing.change(session, revision, asked, self._terms, at)

    async def pause(self, subscription_id: UUID, at: datetime) -> None:
        async with self.database.begin() as session:
            await subscribing.pause(session, FIRM, subscription_id, at)

    async def resume(self, subscription_id: UUID, at: datetime) -> None:
        async with self.database.begin() as session:
            await subscribing.resume(session, FIRM, subscription_id, at)

    async def disable(self, subscription_id: UUID, at: datetime) -> None:
        async with self.database.begin() as session:
            await subscribing.end(session, subscription_id, at)

    async def unsubscribe(self, subscription_id: UUID, at: datetime) -> None:
        async with self.database.begin() as session:
            await subscribing.unsubscribe(session, FIRM, subscription_id, at)

    async def forget_deadlines(self) -> None:
        async with self.database.begin() as session:
            await session.execute(delete(deadlines.DeadlineRow))
