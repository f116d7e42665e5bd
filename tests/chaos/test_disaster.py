"""Databases, keys of the database and broker are lost under load; what the archive held comes back, and goes on."""

import asyncio
from collections.abc import Iterator

import pytest

from tests.chaos import disaster, storm
from tests.chaos.disaster import Disaster
from tests.support.receiver import Receiver
from tests.support.stack import LiveStack, live_stack

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveStack]:
    with live_stack(tmp_path_factory.mktemp("stack"), storm.ENV) as running:
        yield running


@pytest.fixture(scope="module")
def lived_through(stack: LiveStack, tmp_path_factory: pytest.TempPathFactory) -> Disaster:
    with Receiver() as receiver:
        return asyncio.run(disaster.survived(stack, tmp_path_factory.mktemp("backups"), receiver))


def test_every_demand_that_was_archived_is_published(lived_through: Disaster) -> None:
    owned = {demand["id"]: demand["state"] for demand in lived_through.aftermath.owned}
    assert len(lived_through.safe) > disaster.STEPS_EACH / storm.STEPS
    assert {one: owned.get(one) for one in lived_through.safe} == dict.fromkeys(lived_through.safe, "published")


def test_the_platform_goes_on_matching_and_telling(lived_through: Disaster) -> None:
    aftermath = lived_through.aftermath
    assert len(aftermath.stormy) > len(lived_through.safe), "nothing was published after the disaster"
    assert aftermath.is_complete(), (aftermath.expected(), aftermath.profiles_matched())
