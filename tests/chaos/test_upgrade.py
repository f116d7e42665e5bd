"""A new release takes over while demands are published: nothing is lost, nothing is made twice, nobody is cut off."""

import asyncio
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.chaos import storm
from tests.chaos import upgrade as upgrades
from tests.chaos.releases import PREVIOUS, NoHistory, World, world
from tests.chaos.upgrade import Upgrade, upgraded
from tests.support.receiver import Receiver

# The webhooks of a release before this one reach loopback by another variable.
ENV = {**storm.ENV, "NOTIFY_ALLOW_PRIVATE_ADDRESSES": "true"}
pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]


@pytest.fixture(scope="module", params=["previous", "this"])
def upgrade(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Upgrade]:
    """From the previous release, and from this one to itself."""
    with world(tmp_path_factory.mktemp("upgrade"), ENV) as here, Receiver() as receiver:
        yield asyncio.run(_told(here, receiver, PREVIOUS if request.param == "previous" else None))


async def _told(here: World, receiver: Receiver, commit: str | None) -> Upgrade:
    try:
        old, new = here.release("old", commit), here.release("new")
    except NoHistory as reason:
        pytest.skip(str(reason))
    await old.migrate()
    await old.start()
    return await upgraded(here, old, new, receiver)


def test_every_demand_was_published_once(upgrade: Upgrade) -> None:
    owned = Counter((demand["id"], demand["state"]) for demand in upgrade.aftermath.owned)
    promised = (*upgrade.aftermath.stormy, *upgrade.aftermath.calm)
    assert owned == Counter((demand_id, "published") for demand_id in promised)


def test_every_match_was_made_and_told_once(upgrade: Upgrade) -> None:
    aftermath = upgrade.aftermath
    assert all(aftermath.profiles_matched().values())
    states = Counter(each["state"] for subscriber in aftermath.subscribers for each in subscriber.deliveries)
    assert aftermath.is_told(), states
    for subscriber in aftermath.subscribers:
        for subscription in (subscriber.on_nats, subscriber.hooked):
            told = Counter((each["match_id"], each["match_version"]) for each in subscriber.recorded(subscription))
            assert set(told.values()) == {1}


def test_every_demand_has_the_matches_of_a_calm_day(upgrade: Upgrade, request: pytest.FixtureRequest) -> None:
    """Two releases may rank otherwise: only of one with itself is it known which matches there would have been."""
    if "this" in request.node.callspec.id:
        assert upgrade.aftermath.is_complete(), (upgrade.aftermath.expected(), upgrade.aftermath.profiles_matched())


def test_both_releases_answered(upgrade: Upgrade) -> None:
    assert min(upgrade.answered.values()) > upgrades.STEPS_EACH


def test_a_release_that_drains_has_nobody_ask_again(upgrade: Upgrade, request: pytest.FixtureRequest) -> None:
    """The one of before closed connections at once: there some requests were sent again."""
    if "this" in request.node.callspec.id:
        assert upgrade.repeats == {}
