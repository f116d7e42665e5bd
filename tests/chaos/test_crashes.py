"""Every part is killed while demands are published: nothing is lost, and nothing is applied twice."""

import asyncio
import os
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.chaos import storm
from tests.chaos.storm import Aftermath, Subscriber
from tests.support.parties import Json
from tests.support.receiver import Receiver
from tests.support.stack import LiveStack, live_stack

SEED = int(os.environ.get("CHAOS_SEED", "20260119"))


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveStack]:
    with live_stack(tmp_path_factory.mktemp("stack"), storm.ENV) as running:
        yield running


@pytest.fixture(scope="module")
def aftermath(stack: LiveStack) -> Aftermath:
    with Receiver() as receiver:
        return asyncio.run(storm.weathered(stack, receiver, SEED))


def test_every_demand_was_published_once(aftermath: Aftermath) -> None:
    assert len(aftermath.stormy) == storm.DEMANDS
    assert aftermath.repeats > 0, "the storm touched no request"
    owned = Counter((demand["id"], demand["state"]) for demand in aftermath.owned)
    assert owned == Counter((demand_id, "published") for demand_id in (*aftermath.stormy, *aftermath.calm))


def test_every_demand_has_its_matches(aftermath: Aftermath) -> None:
    expected, found = aftermath.expected(), aftermath.profiles_matched()
    assert all(expected.values()), "the texts of this test no longer fit their profiles"
    assert {one: lost for one, wanted in expected.items() if (lost := wanted - found[one])} == {}
    assert {one: surplus for one, wanted in expected.items() if (surplus := found[one] - wanted)} == {}


def test_no_match_was_made_twice(aftermath: Aftermath) -> None:
    pairs = Counter(
        (match["demand_id"], match["profile_id"]) for each in aftermath.subscribers for match in each.matches
    )
    assert {pair: count for pair, count in pairs.items() if count > 1} == {}


def test_every_match_is_delivered_on_every_channel_once(aftermath: Aftermath) -> None:
    for subscriber in aftermath.subscribers:
        wanted = Counter((match["id"], match["version"]) for match in subscriber.matches)
        for subscription in (subscriber.on_nats, subscriber.hooked):
            recorded = subscriber.recorded(subscription)
            assert Counter((each["match_id"], each["match_version"]) for each in recorded) >= wanted
            _assert_none_twice(recorded)


def _assert_none_twice(deliveries: list[Json]) -> None:
    versions = Counter((each["match_id"], each["match_version"]) for each in deliveries)
    assert max(versions.values()) == 1
    assert len({each["id"] for each in deliveries}) == len(deliveries)


def test_every_subscriber_got_each_delivery(aftermath: Aftermath) -> None:
    for subscriber in aftermath.subscribers:
        assert {each["state"] for each in subscriber.deliveries} == {"sent"}
        assert set(subscriber.heard()) == _ids(subscriber, subscriber.on_nats)
        assert set(subscriber.called()) == _ids(subscriber, subscriber.hooked)


def _ids(subscriber: Subscriber, subscription: Json) -> set[str]:
    return {each["id"] for each in subscriber.recorded(subscription)}
