"""A match reaches the subject of each organisation that subscribed, once, and survives a broker that forgets."""

from common.clock import new_id
from common.contracts.clauses import Locality
from common.contracts.words import DemandKind
from deploy.embedded.nats import NatsServer
from tests.integration.notify.matches import FIRM, PORT, STRANGER, a_match
from tests.integration.notify.service_under_test import World, sources_are_there
from tests.support.eventually import eventually
from tests.support.later import with_unknown_words


async def test_both_sides_hear_of_a_match_on_their_own_subjects(notify: World) -> None:
    for organisation in (PORT, FIRM, STRANGER):
        await notify.subject(organisation)
    match = a_match()
    async with notify.working():
        await notify.computed(match)
        for organisation in (PORT, FIRM):
            [delivery] = await notify.settled(1, organisation)
            assert delivery["state"] == "sent"

        async def two_stored() -> list[dict[str, object]]:
            events = await notify.stored_events()
            assert len(events) == 2
            return events

        events = await eventually(two_stored)
    assert {event["subject"] for event in events} == {str(match.id)}
    assert await notify.deliveries(STRANGER) == []


async def test_the_event_is_a_cloudevent_with_the_deliverys_id_and_the_whole_match(notify: World) -> None:
    subscription = await notify.subject()
    match = a_match()
    async with notify.working():
        await notify.computed(match)
        [delivery] = await notify.settled(1)
        [event] = await eventually(notify.stored_events)
    assert (event["specversion"], event["type"], event["id"]) == ("1.0", "notify.match.notified", delivery["id"])
    assert event["data"]["match"] == match.model_dump(mode="json")
    assert event["data"]["subscription_id"] == subscription["id"]
    assert event["correlationid"] == "0af7651916cd43dd8448eb211c80319c"


async def test_the_limit_of_a_demand_and_its_reason_reach_who_is_told(notify: World) -> None:
    await notify.subject()
    limit = Locality(divisions=("370200",), justification="设备故障后须在三十分钟内到场处置")
    async with notify.working():
        await notify.computed(a_match(locality=limit))
        await notify.settled(1)
        [event] = await eventually(notify.stored_events)
    assert event["data"]["match"]["locality"] == limit.model_dump(mode="json")


async def test_a_match_announced_before_there_were_limits_is_told_as_one_without(notify: World) -> None:
    await notify.subject()
    async with notify.working():
        await notify.computed_before("locality", a_match())
        [delivery] = await notify.settled(1)
    assert (await notify.delivery(delivery["id"]))["match"]["locality"] is None


async def test_what_a_later_matcher_says_has_its_effect(notify: World) -> None:
    await notify.subject()
    match = a_match()
    async with notify.working():
        await notify.computed_later(match)
        await notify.settled(1)
        [event] = await eventually(notify.stored_events)
    assert event["data"]["match"] == match.model_dump(mode="json")


async def test_words_that_only_a_later_matcher_knows_are_told_on(notify: World) -> None:
    """Once, and whoever limits himself to kinds that are known does not hear of one that is not."""
    told, _ = await notify.subject(), await notify.subject(kinds=["scenario"])
    match = a_match()
    async with notify.working():
        await notify.computed_later(match, change=with_unknown_words)
        [settled] = await notify.settled(1)
        [event] = await eventually(notify.stored_events)
    later = with_unknown_words(match.model_dump(mode="json"))
    assert settled["subscription_id"] == told["id"]
    assert event["data"]["match"] == (await notify.delivery(settled["id"]))["match"] == later


async def test_an_event_that_comes_twice_makes_one_delivery(notify: World) -> None:
    await notify.subject()
    match, event_id = a_match(), new_id()
    async with notify.working():
        await notify.computed(match, event_id=event_id)
        await notify.settled(1)
        await notify.computed(match, event_id=event_id)
        await notify.computed(match, event_id=(again := new_id()))
        await eventually(lambda: notify.handled(again))
    assert len(await notify.deliveries()) == 1


async def test_an_older_version_that_comes_late_makes_no_delivery(notify: World) -> None:
    await notify.subject(versions="all")
    second = a_match(version=2)
    async with notify.working():
        await notify.computed(second)
        await notify.settled(1)
        await notify.computed(second.model_copy(update={"version": 1}), event_id=(late := new_id()))
        await eventually(lambda: notify.handled(late))
        await notify.computed(second.model_copy(update={"version": 3}))
        deliveries = await notify.settled(2)
    assert [delivery["match_version"] for delivery in deliveries] == [3, 2]


async def test_filters_decide_who_hears(notify: World) -> None:
    pilots = await notify.subject(kinds=["pilot"])
    strong = await notify.subject(least_fit=70)
    owned = await notify.subject(roles=["demand_owner"])
    async with notify.working():
        await notify.computed(a_match(fit=75), a_match(fit=60), a_match(fit=50, demand_kind=DemandKind.PILOT))
        deliveries = await notify.settled(2)
    heard = {each["id"]: 0 for each in (pilots, strong, owned)}
    for delivery in deliveries:
        heard[delivery["subscription_id"]] += 1
    assert heard == {pilots["id"]: 1, strong["id"]: 1, owned["id"]: 0}


async def test_only_who_was_told_of_a_match_hears_that_it_lapsed(notify: World) -> None:
    told = await notify.subject(least_fit=70)
    await notify.subject(least_fit=90)
    match = a_match(fit=80)
    async with notify.working():
        await notify.computed(match)
        await notify.settled(1)
        await notify.lapsed(match)
        newest, _ = await notify.settled(2)
    assert newest["subscription_id"] == told["id"]
    assert (await notify.delivery(newest["id"]))["match"]["is_current"] is False


async def test_a_wiped_broker_is_refilled_with_the_same_ids(notify: World, nats_server: NatsServer) -> None:
    await notify.subject()
    async with notify.working():
        await notify.computed(*(a_match() for _ in range(5)))
        await notify.settled(5)

        async def five_stored() -> set[object]:
            events = await notify.stored_events()
            assert len(events) == 5
            return {event["id"] for event in events}

        before = await eventually(five_stored)
        nats_server.kill()
        nats_server.wipe_store()
        nats_server.start()
        await sources_are_there(notify.bus)
        assert await eventually(five_stored, within=20) == before
        await notify.computed(a_match())
        await notify.settled(6)
    assert {delivery["id"] for delivery in await notify.deliveries()} >= before


async def test_a_pause_holds_deliveries_and_resuming_sends_them(notify: World) -> None:
    subscription = await notify.subject()
    where = f"/v1/subscriptions/{subscription['id']}"
    async with notify.working():
        paused = await notify.post(f"{where}/pause")
        assert paused.json()["state"] == "paused"
        await notify.computed(a_match(), a_match())
        await eventually(lambda: _held(notify, 2))
        assert (await notify.post(f"{where}/resume")).json()["state"] == "active"
        deliveries = await notify.settled(2)
    assert {delivery["state"] for delivery in deliveries} == {"sent"}


async def _held(notify: World, count: int) -> bool:
    return [each["state"] for each in await notify.deliveries()] == ["held"] * count


async def test_a_subscription_that_is_deleted_hears_no_more_and_its_record_stays(notify: World) -> None:
    subscription = await notify.subject()
    where = f"/v1/subscriptions/{subscription['id']}"
    async with notify.working():
        await notify.post(f"{where}/pause")
        await notify.computed(a_match())
        await eventually(lambda: _held(notify, 1))
        assert (await notify.client.delete(where, headers=notify.token())).status_code == 204
        await notify.computed(a_match(), event_id=(later := new_id()))
        await eventually(lambda: notify.handled(later))
    [delivery] = await notify.deliveries()
    assert (delivery["state"], delivery["reason"]) == ("abandoned", "subscription_deleted")
    reply = await notify.post(f"/v1/deliveries/{delivery['id']}/redeliver")
    assert (reply.status_code, reply.json()["type"]) == (409, "/problems/not_allowed_now")


async def test_what_a_pause_held_for_over_thirty_days_is_abandoned_with_that_reason(notify: World) -> None:
    subscription = await notify.subject()
    await notify.post(f"/v1/subscriptions/{subscription['id']}/pause")
    async with notify.working():
        await notify.computed(a_match())
        await eventually(lambda: _held(notify, 1))
    notify.clock.let_pass(days=29)
    async with notify.working():
        await notify.computed(a_match())
        await eventually(lambda: _held(notify, 2))
    notify.clock.let_pass(days=2)
    async with notify.working():
        await eventually(lambda: _states(notify, "held", "abandoned"))
    _, oldest = await notify.deliveries()
    assert oldest["reason"] == "held_too_long"


async def test_settled_deliveries_are_kept_for_four_hundred_days(notify: World) -> None:
    await notify.subject()
    async with notify.working():
        await notify.computed(a_match())
        await notify.settled(1)
    notify.clock.let_pass(days=399)
    async with notify.working():
        await notify.computed(a_match())
        await notify.settled(2)
    notify.clock.let_pass(days=2)
    async with notify.working():
        await eventually(lambda: _states(notify, "sent"))
    assert await notify.known_match_count() == 1


async def _states(notify: World, *expected: str) -> bool:
    """Newest first."""
    return [each["state"] for each in await notify.deliveries()] == list(expected)
