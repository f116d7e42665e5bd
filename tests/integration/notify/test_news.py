"""What one side of a match or docking does reaches the other side, and nobody else."""

from common.clock import new_id
from common.fields import OrganisationKey
from notify.subscriptions.rules import Topic
from tests.integration.notify.matches import FIRM, PORT, STRANGER, a_match
from tests.integration.notify.news import by, interested, opened
from tests.integration.notify.service_under_test import World
from tests.support.eventually import eventually
from tests.support.receiver import Receiver

BROKER = OrganisationKey(scheme="duns", code="987654321")


async def test_the_other_side_hears_of_a_docking_and_nobody_else(notify: World) -> None:
    for organisation in (PORT, FIRM, STRANGER, BROKER):
        await notify.subject(organisation)
    told = opened(by(FIRM))
    async with notify.working():
        await notify.announced(told)
        [delivery] = await notify.settled(1, PORT)

        async def stored() -> list[dict[str, object]]:
            return await notify.stored_events()

        [event] = await eventually(stored)
    assert (delivery["news_type"], delivery["match_id"]) == ("matcher.docking.opened", str(told.docking.match_id))
    assert (event["type"], event["id"]) == ("notify.docking.notified", delivery["id"])
    assert event["data"]["docking"] == told.docking.model_dump(mode="json")  # type: ignore[index]
    assert event["data"]["recipient"] == PORT.model_dump()  # type: ignore[index]
    for organisation in (FIRM, STRANGER, BROKER):
        assert await notify.deliveries(organisation) == []


async def test_both_sides_hear_of_what_a_broker_or_the_clock_does(notify: World) -> None:
    for organisation in (PORT, FIRM, STRANGER):
        await notify.subject(organisation)
    async with notify.working():
        await notify.announced(
            opened(by(BROKER, on_behalf_of=FIRM, mandate_id=new_id())), opened(by(None, "remind_due"))
        )
        for organisation in (PORT, FIRM):
            await notify.settled(2, organisation)
    assert await notify.deliveries(STRANGER) == []


async def test_what_one_does_alone_with_oneself_nobody_hears(notify: World) -> None:
    """A profile may fit a demand of its own organisation."""
    for organisation in (PORT, STRANGER):
        await notify.subject(organisation)
    async with notify.working():
        await notify.announced(interested(by(PORT, "express_interest"), enterprise=PORT), interested(by(FIRM)))
        [delivery] = await notify.settled(1, PORT)
    assert delivery["news_type"] == "matcher.interest.interested"
    assert await notify.deliveries(STRANGER) == []


async def test_a_side_hears_of_the_others_interest_by_webhook(notify: World, receiver: Receiver) -> None:
    await notify.webhook(receiver.url("/hook"), PORT)
    told = interested(by(FIRM, "express_interest"))
    async with notify.working():
        await notify.announced(told)
        [delivery] = await notify.settled(1, PORT)
    shown = await notify.delivery(delivery["id"], PORT)
    assert (shown["news_type"], shown["match"]) == ("matcher.interest.interested", None)
    assert shown["news"]["interest"]["state"] == "interested"
    [request] = receiver.received("/hook")
    assert b'"notify.interest.notified"' in request.body


async def test_a_subscription_says_which_topics_it_is_for(notify: World) -> None:
    matches = await notify.subject(PORT, topics=["match"])
    dockings = await notify.subject(PORT, topics=["docking"])
    async with notify.working():
        await notify.announced(opened(by(FIRM)), interested(by(FIRM)))
        await notify.computed(a_match())
        found = await notify.settled(2, PORT)
    told = {each["subscription_id"]: each["news_type"] for each in found}
    assert told == {matches["id"]: None, dockings["id"]: "matcher.docking.opened"}


async def test_a_subscription_for_one_part_hears_nothing_in_the_other(notify: World) -> None:
    await notify.subject(PORT, roles=["profile_owner"])
    as_owner = await notify.subject(PORT, roles=["demand_owner"])
    async with notify.working():
        await notify.announced(opened(by(FIRM)))
        [delivery] = await notify.settled(1, PORT)
    assert delivery["subscription_id"] == as_owner["id"]


async def test_an_event_that_comes_again_is_told_once(notify: World) -> None:
    await notify.subject(PORT)
    event_id, told = new_id(), opened(by(FIRM))
    async with notify.working():
        await notify.announced(told, event_id=event_id)
        await notify.announced(told, event_id=event_id)
        await notify.announced(opened(by(FIRM)))
        await notify.settled(2, PORT)


async def test_naming_every_topic_is_the_same_wish_as_naming_none(notify: World) -> None:
    first = await notify.subject(PORT)
    reply = await notify.post(
        "/v1/subscriptions",
        {"channel": {"type": "nats"}, "filters": {"topics": [*reversed(Topic)]}},
        PORT,
    )
    assert (reply.status_code, reply.json()["id"]) == (200, first["id"])
