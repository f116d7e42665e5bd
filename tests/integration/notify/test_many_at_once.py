"""What came while notify was away is applied many at once, to the same effect as one after the other."""

from common.clock import new_id
from common.contracts.envelope import Event
from common.contracts.notify import MatchNotified
from notify.consumers import MATCHES
from tests.integration.notify.matches import FIRM, PORT, a_match
from tests.integration.notify.service_under_test import World
from tests.support.eventually import eventually


async def test_events_that_came_twice_have_one_effect(notify: World) -> None:
    await notify.subject()
    again = [(a_match(), new_id()) for _ in range(3)]
    for match, event_id in again:
        await notify.computed(match, event_id=event_id)
    await notify.computed(*(a_match() for _ in range(5)))
    for match, event_id in again:
        # A newer version: what is known by the number of the match alone would be told again.
        await notify.computed(match.model_copy(update={"version": 2, "is_current": False}), event_id=event_id)
    async with notify.working():
        await notify.settled(8)
        await eventually(lambda: notify.heard_of(MATCHES.durable, 8))
    assert len(await notify.deliveries()) == 8


async def test_an_event_that_cannot_be_read_stops_none_of_those_beside_it(notify: World) -> None:
    await notify.subject()
    matches = [a_match() for _ in range(10)]
    await notify.computed(*matches[:5])
    await notify.computed_later(a_match(), change=lambda _: {})
    await notify.computed(*matches[5:])
    async with notify.working():
        told = await notify.settled(10)
    assert {each["match_id"] for each in told} == {str(match.id) for match in matches}


async def test_versions_of_one_match_that_came_at_once_are_all_told(notify: World) -> None:
    await notify.subject(versions="all")
    match = a_match()
    await notify.computed(*(match.model_copy(update={"version": version}) for version in (1, 2, 3)))
    await notify.lapsed(match.model_copy(update={"version": 3}))
    async with notify.working():
        told = await notify.settled(4)
    assert [each["match_version"] for each in reversed(told)] == [1, 2, 3, 4]


async def test_each_of_many_is_told_with_its_own_request(notify: World) -> None:
    """On both sides' subjects, the same event as one that waited for its announcement."""
    for organisation in (PORT, FIRM):
        await notify.subject(organisation)
    await notify.computed(*(a_match() for _ in range(4)))
    async with notify.working():
        deliveries = [each for organisation in (PORT, FIRM) for each in await notify.settled(4, organisation)]

        async def all_stored() -> list[dict[str, object]]:
            events = await notify.stored_events()
            assert len(events) == 8
            return events

        events = await eventually(all_stored)
    assert {each["id"] for each in deliveries} == {event["id"] for event in events}
    assert {event["correlationid"] for event in events} == {"0af7651916cd43dd8448eb211c80319c"}
    for event in events:
        read: Event = MatchNotified.read(event["data"])
        assert read.model_dump(mode="json") == event["data"]
