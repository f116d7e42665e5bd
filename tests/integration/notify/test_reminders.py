"""Whoever a demand concerns is reminded of its closing date, once for each offset, wherever the date moves."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from common.contracts.catalog import DemandAmended, DemandClosed, DemandPublished
from common.contracts.notify import DemandNotified
from common.contracts.words import DemandState
from common.database import Database
from deploy.embedded.tokens import TokenIssuer
from tests.integration.notify.matches import FIRM, PORT, a_match
from tests.integration.notify.news import by, demanded, opened
from tests.integration.notify.service_under_test import settings_for
from tests.integration.notify.timed import Steps, china

PUBLISHED, CLOSES = china("2026-03-02T09:00"), china("2026-03-20T17:00")
DAY = timedelta(days=1)
ONLY = {"topics": ["demand"]}


@pytest.fixture
async def notify(database_of: Callable[[str], str], issuer: TokenIssuer) -> AsyncIterator[Steps]:
    settings = settings_for(database_of("notify"), "nats://127.0.0.1:9", issuer.settings)
    database = Database(settings)
    yield Steps(database, settings)
    await database.close()


class Demand:
    """One that FIRM is matched with."""

    def __init__(self, notify: Steps) -> None:
        self.notify, self.match = notify, a_match(demand_id=uuid4())

    async def published(self, **changes: Any) -> None:
        await self.notify.tell_news(PUBLISHED, demanded(DemandPublished, **self._said(version=1, **changes)))
        await self.notify.tell(PUBLISHED, self.match)
        await self.notify.announce(PUBLISHED)

    def _said(self, **changes: Any) -> dict[str, Any]:
        return {"id": self.match.demand_id, "closes_at": CLOSES, **changes}

    async def amended(self, at: Any, **changes: Any) -> None:
        await self.notify.tell_news(at, demanded(DemandAmended, **self._said(**changes)))
        await self.notify.announce(at)

    async def reminded(self, at: Any) -> list[int | None]:
        """How many days were left in the reminders that go at a moment."""
        gone = [each for each in await self.notify.strike(at) if isinstance(each, DemandNotified)]
        return [each.closes_in_days for each in gone if each.news == "notify.demand.closing"]


@pytest.fixture
def demand(notify: Steps) -> Demand:
    return Demand(notify)


async def test_three_days_before_it_closes_whom_it_concerns_is_reminded_once(notify: Steps, demand: Demand) -> None:
    await notify.subscribed(PUBLISHED, filters=ONLY)
    await notify.subscribed(PUBLISHED, by=PORT, filters=ONLY)
    await demand.published()
    assert await demand.reminded(CLOSES - 4 * DAY) == []
    assert await demand.reminded(CLOSES - 3 * DAY) == [3], "its owner knows"
    for moment in (CLOSES - 3 * DAY, CLOSES - 2 * DAY, CLOSES - DAY, CLOSES, CLOSES + DAY):
        assert await demand.reminded(moment) == []


async def test_each_subscription_has_offsets_of_its_own(notify: Steps, demand: Demand) -> None:
    await notify.subscribed(PUBLISHED, filters=ONLY, cadence={"remind_days": [7, 1]})
    await notify.subscribed(PUBLISHED, filters=ONLY, cadence={"remind_days": []})
    await demand.published()
    days = [left for left in range(10, 0, -1) for _ in await demand.reminded(CLOSES - left * DAY)]
    assert days == [7, 1]


async def test_a_date_that_moves_is_reminded_of_where_it_is(notify: Steps, demand: Demand) -> None:
    await notify.subscribed(PUBLISHED, filters=ONLY)
    await demand.published()
    later = CLOSES + 10 * DAY
    assert await demand.reminded(CLOSES - 3 * DAY) == [3]
    await demand.amended(CLOSES - 2 * DAY, version=2, closes_at=later)
    assert await demand.reminded(CLOSES - DAY) == []
    assert await demand.reminded(later - 3 * DAY) == [3], "the new date is another one"


async def test_an_amendment_that_leaves_the_date_reminds_nobody_again(notify: Steps, demand: Demand) -> None:
    await notify.subscribed(PUBLISHED, filters=ONLY)
    await demand.published()
    assert await demand.reminded(CLOSES - 3 * DAY) == [3]
    await demand.amended(CLOSES - 2 * DAY, version=2, title="岸桥远程操控（修订）")
    assert await demand.reminded(CLOSES - DAY) == []


async def test_an_older_version_that_comes_late_moves_nothing(notify: Steps, demand: Demand) -> None:
    await notify.subscribed(PUBLISHED, filters=ONLY)
    await demand.published()
    await demand.amended(PUBLISHED, version=3, closes_at=CLOSES)
    await demand.amended(PUBLISHED, version=2, closes_at=CLOSES + 10 * DAY)
    assert await demand.reminded(CLOSES - 3 * DAY) == [3]


async def test_of_a_demand_that_closed_early_nobody_is_reminded(notify: Steps, demand: Demand) -> None:
    await notify.subscribed(PUBLISHED, filters=ONLY)
    await demand.published()
    closed = demanded(DemandClosed, id=demand.match.demand_id, version=2, state=DemandState.CLOSED, closes_at=CLOSES)
    await notify.tell_news(PUBLISHED, closed)
    assert await notify.next_at("closing") is None
    assert await demand.reminded(CLOSES - 3 * DAY) == []


async def test_whose_match_lapsed_is_not_reminded_and_who_docks_is(notify: Steps, demand: Demand) -> None:
    await notify.subscribed(PUBLISHED, filters=ONLY)
    await demand.published()
    await notify.tell(PUBLISHED, demand.match.model_copy(update={"version": 2, "is_current": False}))
    assert await demand.reminded(CLOSES - 3 * DAY) == []
    docked = opened(by(FIRM))
    docking = docked.docking.model_copy(update={"demand_id": demand.match.demand_id})
    await notify.tell_news(PUBLISHED, docked.model_copy(update={"docking": docking}))
    await notify.subscribed(PUBLISHED, filters=ONLY, cadence={"remind_days": [2]})
    assert await demand.reminded(CLOSES - 2 * DAY) == [2]


async def test_nobody_is_reminded_of_a_demand_whose_match_they_did_not_want(notify: Steps, demand: Demand) -> None:
    await notify.subscribed(PUBLISHED, filters={**ONLY, "least_fit": 90})
    await notify.subscribed(PUBLISHED, filters={"topics": ["match"]})
    await demand.published()
    assert await demand.reminded(CLOSES - 3 * DAY) == []


async def test_a_worker_that_was_away_reminds_once(notify: Steps, demand: Demand) -> None:
    await notify.subscribed(PUBLISHED, filters=ONLY, cadence={"remind_days": [7, 5, 3]})
    await demand.published()
    assert await demand.reminded(CLOSES - 2 * DAY - timedelta(hours=5)) == [3]
    assert await demand.reminded(CLOSES - 2 * DAY) == []


async def test_a_reminder_waits_for_the_end_of_quiet_hours_and_for_no_digest(notify: Steps, demand: Demand) -> None:
    quiet = {"begins": "16:00", "ends": "18:00"}
    await notify.subscribed(PUBLISHED, filters=ONLY, cadence={"pace": "weekly", "quiet": quiet})
    await demand.published()
    assert await demand.reminded(CLOSES - 3 * DAY) == []
    assert await demand.reminded(CLOSES - 3 * DAY + timedelta(hours=1)) == [3]
