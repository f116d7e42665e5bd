"""What a subscription would have told in the last week is answered, and nothing of it is stored."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import pytest

from common.clock import now
from common.database import Database
from deploy.embedded.tokens import TokenIssuer
from notify.deliveries.beginning import begun
from notify.deliveries.news import CONFIRMATION
from notify.deliveries.rules import DeliveryState
from notify.settings import NotifySettings
from notify.subscriptions import repository as subscriptions
from tests.integration.notify.matches import FIRM, PORT, a_match
from tests.integration.notify.news import by, demanded, opened
from tests.integration.notify.service_under_test import World, settings_for
from tests.integration.notify.service_under_test import opened as running
from tests.integration.notify.timed import Steps

WHERE = "/v1/subscriptions/preview"


@pytest.fixture
def settings(database_of: Callable[[str], str], issuer: TokenIssuer) -> NotifySettings:
    """Without a broker: these requests need none."""
    return settings_for(database_of("notify"), "nats://127.0.0.1:9", issuer.settings)


@pytest.fixture
async def notify(settings: NotifySettings, issuer: TokenIssuer) -> AsyncIterator[World]:
    async with running(settings, issuer) as world:
        yield world


@pytest.fixture
async def steps(settings: NotifySettings) -> AsyncIterator[Steps]:
    database = Database(settings)
    yield Steps(database, settings)
    await database.close()


async def asked(notify: World, **said: Any) -> Any:
    reply = await notify.post(WHERE, said)
    assert reply.status_code == 200, reply.text
    return reply.json()


async def test_a_preview_counts_what_passes_and_what_the_cadence_makes_of_it(notify: World, steps: Steps) -> None:
    at = now()
    await steps.subscribed(at, filters={"least_fit": 0})
    strong, weak = a_match(fit=80), a_match(fit=60)
    await steps.tell(at - timedelta(days=8), a_match())
    await steps.tell(at - timedelta(days=2), strong, weak)
    await steps.tell_news(at - timedelta(days=1), demanded(id=strong.demand_id), opened(by(PORT)))
    plain = await asked(notify)
    assert (plain["matches_count"], plain["news_count"], plain["messages_count"]) == (2, 2, 4)
    assert {match["fit"] for match in plain["latest"]} == {80, 60}
    assert sum(day["messages_count"] for day in plain["days"]) == 4
    narrow = await asked(notify, filters={"least_fit": 70, "topics": ["match", "docking"]})
    assert (narrow["matches_count"], narrow["news_count"]) == (1, 1)
    gathered = await asked(notify, cadence={"pace": "weekly"})
    assert gathered["digests_count"] == gathered["messages_count"]
    assert 1 <= gathered["messages_count"] <= 2
    capped = await asked(notify, cadence={"monthly_cap": 1})
    assert capped["over_cap_count"] >= 2


async def test_a_question_whether_an_address_is_right_is_no_news(notify: World, steps: Steps) -> None:
    at = now()
    subscription_id = await steps.subscribed(at)
    async with steps.database.begin() as session:
        subscription = await subscriptions.own(session, FIRM, subscription_id)
        asking = begun(subscription, None, at)
        asking.news_type, asking.news, asking.state = CONFIRMATION, {}, DeliveryState.PENDING
        session.add(asking)
    assert (await asked(notify))["news_count"] == 0


async def test_a_preview_stores_nothing_and_shows_only_ones_own(notify: World, steps: Steps) -> None:
    await steps.tell(now(), a_match(), a_match(profile_organisation=PORT))
    assert (await asked(notify))["matches_count"] == 1
    for table in ("subscriptions", "deliveries", "deadlines"):
        assert await notify.one(f"SELECT count(*) FROM {table}") == 0
    assert (await notify.get("/v1/subscriptions", FIRM))["items"] == []


async def test_what_makes_no_sense_is_named(notify: World) -> None:
    for said, pointer in (
        ({"filters": {"tracks": ["炼金术"]}}, "#/filters/tracks/0"),
        ({"cadence": {"time_zone": "Mars/Olympus"}}, "#/cadence/time_zone"),
        ({"cadence": {"quiet": {"begins": "7", "ends": "08:00"}}}, "#/cadence/quiet/begins"),
        ({"channel": {"type": "nats"}}, "#/channel"),
    ):
        reply = await notify.post(WHERE, said)
        assert (reply.status_code, reply.json()["errors"][0]["pointer"]) == (422, pointer)
