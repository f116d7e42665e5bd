"""Puts the parts of notify together: its HTTP app, and the loops of its background work."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import structlog
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from common import clock
from common.bus import Bus
from common.database import Database
from common.deadlines import keeping
from common.figures import Measurement
from common.permissions.table import of_service
from common.runtime import Loop, consuming, relaying
from common.vault import Vault
from common.web import Api, build_app
from notify.backfill import backfilling
from notify.channels import registry
from notify.channels.announcer import Announcer
from notify.channels.confirmation import ConfirmationLinks
from notify.channels.inbox import Inbox
from notify.consumers import MATCHES, NEWS, MatchesHeard, hearing_of_news
from notify.credentials.upkeep import providing_consumers
from notify.deliveries import routes as deliveries
from notify.digests import service as digests
from notify.egress import Egress, Guard, GuardedTransport, Transport
from notify.figures import figures as of_database
from notify.reminders import service as reminders
from notify.sender import Sender
from notify.settings import NotifySettings
from notify.subscriptions import routes as subscriptions
from notify.subscriptions.service import Policy
from notify.subscriptions.unsubscribe import UnsubscribeLinks
from notify.tidying import tidying

log = structlog.get_logger()
LOOK_EVERY_S = 5.0
DUE = {**digests.DUE, **reminders.DUE}
"""What the clock does, by the kind of deadline."""
DESCRIPTION = (
    "Tells organisations of what concerns them, from matches to dockings: on NATS subjects, by webhook, by robots of "
    "DingTalk, WeCom and Feishu, by e-mail and in browsers."
)


def create_app(settings: NotifySettings) -> FastAPI:
    terms = Policy(
        addresses=registry.addresses(settings),
        vault=_vault(settings),
        subscriptions_limit=settings.subscriptions_limit,
        tracks=settings.platform.tracks,
        secret_overlap=timedelta(seconds=settings.secret_overlap_s),
    )
    routers = [subscriptions.router, subscriptions.unsubscribing, subscriptions.confirming]
    routers += [deliveries.router, deliveries.attempting]
    api = Api(routers, of_service("notify"))
    app = build_app("notify", settings, api, description=DESCRIPTION, extra=_streaming)
    app.state.terms = terms
    app.state.inbox = Inbox(app.state, settings)
    app.state.confirmation_links = ConfirmationLinks.of(settings)
    app.state.unsubscribe_links = UnsubscribeLinks.of(settings)
    return app


@asynccontextmanager
async def _streaming(app: FastAPI) -> AsyncIterator[None]:
    stop = asyncio.Event()
    listening = asyncio.create_task(app.state.inbox.run(stop), name="inbox")
    try:
        yield
    finally:
        # Rather than cancelled: a connection that is just being made would be left open.
        stop.set()
        await listening


def loops(
    settings: NotifySettings,
    *,
    now: Callable[[], datetime] = clock.now,
    transport: Transport | None = None,
) -> Callable[[Database, Bus], Mapping[str, Loop]]:
    """The background work. `transport` carries webhooks; without one, only public addresses are reached."""

    def named(database: Database, bus: Bus) -> Mapping[str, Loop]:
        if not settings.secret_keys:
            log.warning("webhook_secrets_unsealed", remedy="set NOTIFY_SECRET_KEYS")
        matches = MatchesHeard(database, now)
        return {
            "relay": relaying(database, bus, "NOTIFY", settings),
            "matches": consuming(database, bus, MATCHES, matches.one, matches.many),
            **{what.durable: consuming(database, bus, what, hearing_of_news(database, what, now)) for what in NEWS},
            "organisation-consumers": providing_consumers(database, bus),
            "backfill": backfilling(database, now),
            "announcer": Announcer(database, registry.RECORDERS, now).run,
            "sender": _sending(database, settings, now, transport),
            "deadlines": keeping(database, DUE, replan=_replan, every_s=LOOK_EVERY_S, now=now),
            "tidier": tidying(database, settings, now),
        }

    return named


async def _replan(session: AsyncSession, _: datetime) -> None:
    await digests.replan(session)


def figures(_: NotifySettings) -> Callable[[Database], Sequence[Measurement]]:
    return lambda database: of_database(database, clock.now)


def _sending(
    database: Database,
    settings: NotifySettings,
    now: Callable[[], datetime],
    transport: Transport | None,
) -> Loop:
    async def loop(stop: asyncio.Event) -> None:
        async with _egress(settings, transport) as egress:
            senders = registry.senders(database, egress, _vault(settings), settings)
            await Sender(database, senders, settings, now).run(stop)

    return loop


@asynccontextmanager
async def _egress(settings: NotifySettings, transport: Transport | None) -> AsyncIterator[Egress]:
    guarded = transport or GuardedTransport(Guard(allow_loopback=settings.allow_loopback))
    egress = Egress(guarded, timeout_s=settings.webhook_timeout_s)
    try:
        yield egress
    finally:
        await egress.aclose()


def _vault(settings: NotifySettings) -> Vault:
    return Vault([key.get_secret_value() for key in settings.secret_keys])
