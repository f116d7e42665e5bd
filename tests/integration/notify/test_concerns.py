"""What becomes of a demand is told to those whom it concerns, calls for solutions also to who subscribed to all of
them; what is between two parties is told to them alone."""

import asyncio
from functools import partial
from uuid import uuid4

import pytest

from common.clock import now
from common.contracts.catalog import DemandCancelled, DemandPublished
from common.contracts.dockings import DockingFailed, DockingState
from common.contracts.solicitations import (
    SolicitationAdvanced,
    SolicitationConcluded,
    SolicitationEvent,
    SolicitationReminded,
)
from common.contracts.words import SolutionState
from common.fields import OrganisationKey
from tests.integration.notify.matches import FIRM, PORT, STRANGER, a_match
from tests.integration.notify.news import answered, by, called, demanded, mandated, objected, opened, solved, stepped
from tests.integration.notify.service_under_test import World
from tests.support.eventually import eventually
from tests.support.postgres import migrate
from tests.support.rewind import rewind

BROKER = OrganisationKey(scheme="duns", code="987654321")
NEWS = {"topics": ["demand", "solicitation", "mandate"]}


async def concerned(notify: World, count: int) -> None:
    """Until notify has heard whom demands concern."""

    async def heard() -> bool:
        return bool(await notify.one("SELECT count(*) = $1 FROM concerns", count))

    await eventually(heard)


async def ended(notify: World, count: int) -> bool:
    return bool(await notify.one("SELECT count(*) = $1 FROM concerns WHERE ended_at IS NOT NULL", count))


async def test_an_amendment_is_told_to_who_is_matched_docks_or_submitted_a_solution(notify: World) -> None:
    docked, demand_id = opened(by(BROKER)), uuid4()
    docking = docked.docking.model_copy(update={"demand_id": demand_id, "enterprise": BROKER})
    other = OrganisationKey(scheme="duns", code="555555555")
    for organisation in (PORT, FIRM, BROKER, other, STRANGER):
        await notify.subject(organisation, **NEWS)
    async with notify.working():
        await notify.computed(a_match(demand_id=demand_id))
        await notify.announced(docked.model_copy(update={"docking": docking}))
        await notify.announced(solved((), demand_id=demand_id, owner=other))
        await concerned(notify, 3)
        told = demanded(id=demand_id)
        await notify.announced(told)
        for organisation in (FIRM, BROKER, other):
            [delivery] = await notify.settled(1, organisation)
            assert (delivery["news_type"], delivery["match_id"]) == ("catalog.demand.amended", None)

        async def stored() -> list[dict[str, object]]:
            found = await notify.stored_events()
            assert len(found) == 3
            return found

        events = await eventually(stored)
    assert {event["type"] for event in events} == {"notify.demand.notified"}
    assert {event["subject"] for event in events} == {str(demand_id)}
    assert events[0]["data"]["changes"] == [told.changes[0].model_dump(mode="json")]  # type: ignore[index]
    for organisation in (PORT, STRANGER):
        assert await notify.deliveries(organisation) == []


async def test_who_is_no_longer_concerned_hears_nothing_more(notify: World) -> None:
    demand_id, docked = uuid4(), opened(by(FIRM))
    docking = docked.docking.model_copy(update={"demand_id": demand_id, "enterprise": BROKER})
    failed = docking.model_copy(update={"version": 2, "state": DockingState.FAILED})
    solution = solved((), demand_id=demand_id, owner=STRANGER)
    withdrawn = solution.solution.model_copy(update={"version": 2, "state": SolutionState.WITHDRAWN})
    match = a_match(demand_id=demand_id)
    for organisation in (FIRM, BROKER, STRANGER):
        await notify.subject(organisation, **NEWS)
    async with notify.working():
        await notify.computed(match)
        await notify.announced(docked.model_copy(update={"docking": docking}), solution)
        await concerned(notify, 3)
        await notify.announced(demanded(id=demand_id))
        for organisation in (FIRM, BROKER, STRANGER):
            await notify.settled(1, organisation)
        await notify.lapsed(match)
        await notify.announced(DockingFailed(docking=failed, act=by(None, "lapse")))
        await notify.announced(solution.model_copy(update={"solution": withdrawn}))
        await eventually(partial(ended, notify, 3))
        last = demanded(DemandCancelled, id=demand_id)
        await notify.announced(last)
        await eventually(partial(notify.heard_of, "notify-demands", 2))
    for organisation in (FIRM, BROKER, STRANGER):
        assert len(await notify.deliveries(organisation)) == 1


async def test_who_was_matched_when_it_was_amended_hears_of_it_although_the_match_lapsed_with_it(notify: World) -> None:
    match = a_match()
    await notify.subject(FIRM, **NEWS)
    async with notify.working():
        await notify.computed(match)
        await concerned(notify, 1)
        amended_at = now()
        await notify.lapsed(match)
        await eventually(partial(ended, notify, 1))
        await notify.announced(demanded(id=match.demand_id), at=amended_at)
        await notify.settled(1)


async def test_a_new_demand_is_news_to_nobody(notify: World) -> None:
    match = a_match()
    await notify.subject(FIRM, **NEWS)
    async with notify.working():
        await notify.computed(match)
        await concerned(notify, 1)
        await notify.announced(demanded(DemandPublished, id=match.demand_id), demanded(id=match.demand_id))
        [delivery] = await notify.settled(1)
    assert delivery["news_type"] == "catalog.demand.amended"


async def test_an_answer_is_told_to_who_asked_and_to_who_is_concerned_and_does_not_say_who_asked(
    notify: World,
) -> None:
    match = a_match()
    for organisation in (FIRM, BROKER, STRANGER):
        await notify.subject(organisation, **NEWS)
    async with notify.working():
        await notify.computed(match)
        await concerned(notify, 1)
        await notify.announced(answered(match.demand_id, asker=BROKER))
        [told] = await notify.settled(1, FIRM)
        await notify.settled(1, BROKER)
    shown = await notify.delivery(told["id"], FIRM)
    assert shown["news"]["question"]["answer"] == "包含。"
    assert BROKER.code not in str(shown)
    assert await notify.deliveries(STRANGER) == []


@pytest.mark.parametrize("kind", [SolicitationAdvanced, SolicitationConcluded])
async def test_a_call_is_told_to_who_is_matched_and_to_who_hears_all_calls_of_its_kind(
    notify: World, kind: type[SolicitationEvent]
) -> None:
    match = a_match()
    await notify.subject(FIRM)
    await notify.subject(BROKER, calls="all", tracks=["空天信息"], domains=["port"])
    await notify.subject(STRANGER, calls="all", kinds=["financing"])
    await notify.subject(PORT, calls="all")
    async with notify.working():
        await notify.computed(match)
        await concerned(notify, 1)
        await notify.announced(called(kind, demand_id=match.demand_id))
        [first] = await notify.settled(1, BROKER)
        assert {each["news_type"] for each in await notify.settled(2, FIRM)} == {None, kind.type}
    shown = await notify.delivery(first["id"], BROKER)
    assert shown["news"]["solicitation"]["title"] == "集装箱码头岸桥远程操控"
    assert await notify.deliveries(STRANGER) == []
    assert [each["news_type"] for each in await notify.deliveries(PORT)] == [None]


@pytest.mark.parametrize("is_overdue", [False, True], ids=["near", "past"])
async def test_the_owner_is_reminded_of_the_promised_date_and_others_when_it_has_passed(
    notify: World, is_overdue: bool
) -> None:
    match = a_match()
    for organisation in (PORT, FIRM):
        await notify.subject(organisation, **NEWS)
    async with notify.working():
        await notify.computed(match)
        await concerned(notify, 1)
        reminded = called(SolicitationReminded, {"is_overdue": is_overdue}, demand_id=match.demand_id)
        await notify.announced(reminded)
        await notify.settled(1, PORT)
        if is_overdue:
            await notify.settled(1, FIRM)
    assert len(await notify.deliveries(FIRM)) == int(is_overdue)


async def test_a_solution_is_told_to_its_audience_alone(notify: World) -> None:
    for organisation in (PORT, FIRM, STRANGER):
        await notify.subject(organisation, calls="all")
    async with notify.working():
        await notify.announced(solved((FIRM,)), solved((FIRM, PORT), state=SolutionState.COMPLETE))
        await notify.settled(2, FIRM)
        [told] = await notify.settled(1, PORT)
    shown = await notify.delivery(told["id"], PORT)
    assert (shown["news_type"], shown["news"]["solution"]["state"]) == ("catalog.solution.advanced", "complete")
    assert await notify.deliveries(STRANGER) == []


async def test_a_broker_hears_of_a_mandate_that_it_is_given(notify: World) -> None:
    for organisation in (FIRM, BROKER, STRANGER):
        await notify.subject(organisation)
    async with notify.working():
        await notify.announced(mandated(FIRM, BROKER))
        [told] = await notify.settled(1, BROKER)
    assert told["news_type"] == "matcher.mandate.given"
    for organisation in (FIRM, STRANGER):
        assert await notify.deliveries(organisation) == []


async def test_who_objects_hears_how_it_goes_on_and_nobody_else_does(notify: World) -> None:
    for organisation in (FIRM, BROKER):
        await notify.subject(organisation)
    async with notify.working():
        await notify.announced(objected(by(FIRM, "withdraw")), objected(by(BROKER, "accept")))
        [told] = await notify.settled(1, FIRM)
    shown = await notify.delivery(told["id"], FIRM)
    assert (shown["news_type"], shown["news"]["act"]["action"]) == ("matcher.objection.advanced", "accept")
    assert await notify.deliveries(BROKER) == []


async def test_hearing_all_calls_is_another_wish(notify: World) -> None:
    first, second = await notify.subject(FIRM), await notify.subject(FIRM, calls="all")
    assert first["id"] != second["id"]


async def test_matches_heard_of_before_and_subscriptions_for_everything_go_on_when_migrated(notify: World) -> None:
    match = a_match()
    subscription = await notify.subject(FIRM)
    async with notify.working():
        await notify.computed(match)
        await notify.settled(1)
    then = """jsonb_set(filters, '{topics}', '["match", "interest", "docking"]')"""
    await notify.execute(f"UPDATE subscriptions SET filters = {then}")
    await rewind("notify", notify.settings.database_url, "0007")
    await asyncio.to_thread(migrate, "notify", notify.settings.database_url)
    shown = await notify.get(f"/v1/subscriptions/{subscription['id']}")
    assert shown["filters"] == subscription["filters"]
    noted = "SELECT organisation_code FROM concerns WHERE demand_id = $1 AND ended_at IS NULL"
    assert await notify.one(noted, match.demand_id) == FIRM.code


async def test_a_step_is_told_to_its_owner_and_whom_it_concerns_but_not_to_who_took_it(notify: World) -> None:
    for organisation in (PORT, FIRM, BROKER, STRANGER):
        await notify.subject(organisation)
    async with notify.working():
        await notify.announced(stepped(FIRM, PORT, BROKER, actor=PORT), stepped(FIRM, actor=FIRM))
        [told] = await notify.settled(1, FIRM)
        await notify.settled(1, BROKER)

        async def stored() -> list[dict[str, object]]:
            return await notify.stored_events()

        [event, _] = await eventually(stored)
    shown = await notify.delivery(told["id"], FIRM)
    assert (shown["news"]["step"]["noun"], shown["news"]["step"]["after"]) == ("validation", "booked")
    assert (event["type"], PORT.code in str(event)) == ("notify.step.notified", False)
    for organisation in (PORT, STRANGER):
        assert await notify.deliveries(organisation) == []
