"""A published demand reaches the firm that fits it."""

import json

import standardwebhooks

from tests.e2e import texts
from tests.support.eventually import eventually
from tests.support.follower import Test, about, following
from tests.support.parties import Json, Town
from tests.support.receiver import Received, Receiver
from tests.support.stack import LiveStack

OUTCOMES = {"satisfied", "not_satisfied", "insufficient_evidence"}


async def test_the_firm_that_fits_hears_of_it_on_its_subject(stack: LiveStack, people: Town) -> None:
    agency, firm = people.agency(), people.enterprise()
    subscription = await firm.subscribe_on_nats()
    profile = await firm.save_profile(texts.fitting_profile())
    async with following(stack.broker, firm.subject) as follower:
        demand = await agency.publish(texts.demand())
        event = await follower.has(about(demand))

    assert subscription["channel"]["subject"] == firm.subject
    assert (event["specversion"], event["type"]) == ("1.0", "notify.match.notified")
    assert follower.content_types == {"application/cloudevents+json; charset=utf-8"}
    told, match = event["data"], event["data"]["match"]
    assert told["subscription_id"] == subscription["id"]
    assert told["recipient"] == firm.key
    assert event["subject"] == match["id"]
    assert (match["profile_id"], match["profile_version"]) == (profile["id"], profile["version"])
    assert (match["demand_id"], match["demand_version"]) == (demand["id"], demand["version"])
    assert match["demand_owner_name"] == agency.name
    assert match["is_current"]
    assert match["fit"] > 0
    assert match["band"] in ("强", "较强")


async def test_each_clause_has_a_verdict_with_the_words_behind_it(stack: LiveStack, people: Town) -> None:
    agency, firm = people.agency(), people.enterprise()
    await firm.subscribe_on_nats()
    profile = await firm.save_profile(texts.fitting_profile())
    async with following(stack.broker, firm.subject) as follower:
        demand = await agency.publish(texts.demand())
        match = (await follower.has(about(demand)))["data"]["match"]

    verdicts = match["verdicts"]
    assert [verdict["clause"] for verdict in verdicts] == [0, 1, 2]
    assert {verdict["outcome"] for verdict in verdicts} <= OUTCOMES
    assert verdicts[1]["outcome"] == "satisfied", verdicts[1]
    assert verdicts[2]["outcome"] == "insufficient_evidence", verdicts[2]
    assert verdicts[1]["profile_span"] is not None
    for verdict in verdicts:
        assert verdict["reason"]
        _assert_is_quoted(verdict["demand_span"], demand)
        if verdict["profile_span"]:
            _assert_is_quoted(verdict["profile_span"], profile)


def _assert_is_quoted(span: Json, demand_or_profile: Json) -> None:
    source = texts.text_at(span["source"], demand_or_profile)
    assert span["text"] == source[span["start"] : span["end"]] != ""


async def test_a_webhook_brings_it_signed(people: Town, receiver: Receiver) -> None:
    agency, firm = people.agency(), people.enterprise()
    subscription = await firm.subscribe_webhook(receiver.url("/hook"))
    await firm.save_profile(texts.fitting_profile())
    demand = await agency.publish(texts.demand())
    [request] = await eventually(lambda: _requests(receiver, about(demand)), within=20)

    event = standardwebhooks.Webhook(subscription["secret"]).verify(request.body, _signed(request))
    assert event["id"] == request.headers["webhook-id"] == event["data"]["delivery_id"]
    assert request.headers["content-type"].startswith("application/cloudevents+json")


def _requests(receiver: Receiver, told: Test) -> list[Received]:
    """The requests that told of these demands, in order."""
    return [request for request in receiver.received("/hook") if told(json.loads(request.body))]


def _signed(request: Received) -> dict[str, str]:
    return {name: value for name, value in request.headers.items() if name.startswith("webhook-")}


async def test_each_channel_gets_each_match_once(stack: LiveStack, people: Town, receiver: Receiver) -> None:
    agency, firm = people.agency(), people.enterprise()
    on_nats = await firm.subscribe_on_nats()
    hooked = await firm.subscribe_webhook(receiver.url("/hook"))
    await firm.save_profile(texts.fitting_profile())
    async with following(stack.broker, firm.subject) as follower:
        demands = [await agency.publish(texts.demand(title=f"箱体残损识别第{count}期")) for count in "一二"]
        told = about(*demands)
        await eventually(lambda: len(list(filter(told, follower.events.values()))) == 2, within=20)
        await eventually(lambda: len(_events(receiver, told)) == 2, within=20)

    matches = [match["id"] for demand in demands for match in await firm.matches(demand_id=demand["id"])]
    deliveries = [each for each in await firm.deliveries() if each["match_id"] in matches]
    assert len(deliveries) == len({each["id"] for each in deliveries}) == 4
    assert {id for id, event in follower.events.items() if told(event)} == _ids(deliveries, on_nats)
    assert {event["id"] for event in _events(receiver, told)} == _ids(deliveries, hooked)
    assert set(follower.copies.values()) == {1}


def _events(receiver: Receiver, told: Test) -> list[Json]:
    """What the webhook brought of these demands, copies included."""
    return [json.loads(request.body) for request in _requests(receiver, told)]


def _ids(deliveries: list[Json], subscription: Json) -> set[str]:
    return {each["id"] for each in deliveries if each["subscription_id"] == subscription["id"]}


async def test_a_refused_webhook_comes_again_with_the_same_id_and_body(people: Town, receiver: Receiver) -> None:
    agency, firm = people.agency(), people.enterprise()
    receiver.always(500)
    await firm.subscribe_webhook(receiver.url("/hook"))
    await firm.save_profile(texts.fitting_profile())
    demand = await agency.publish(texts.demand())
    await eventually(lambda: _requests(receiver, about(demand)), within=20)
    receiver.always(204)
    await eventually(lambda: len(_events(receiver, about(demand))) == 2, within=30)
    first, second = _events(receiver, about(demand))
    assert first == second
    [delivery] = [each for each in await firm.deliveries() if each["id"] == first["id"]]
    detail = await firm.ask("GET", "notify", f"/v1/deliveries/{delivery['id']}")
    assert [attempt["status"] for attempt in detail["attempts"]] == [500, 204]


async def test_a_late_reader_finds_what_was_announced_before(stack: LiveStack, people: Town) -> None:
    agency, firm = people.agency(), people.enterprise()
    await firm.subscribe_on_nats()
    await firm.save_profile(texts.fitting_profile())
    demand = await agency.publish(texts.demand())
    async with following(stack.broker, firm.subject) as early:
        first = await early.has(about(demand))
    async with following(stack.broker, firm.subject) as late:
        again = await late.has(about(demand))
    assert again == first


async def test_the_owner_of_the_demand_hears_of_it_too(stack: LiveStack, people: Town) -> None:
    agency, firm = people.agency(), people.enterprise()
    await agency.subscribe_on_nats()
    profile = await firm.save_profile(texts.fitting_profile())
    async with following(stack.broker, agency.subject) as follower:
        demand = await agency.publish(texts.demand())
        event = await follower.has(about(demand, profile=profile))
    assert event["data"]["match"]["profile_organisation_name"] == firm.name


async def test_a_firm_that_does_not_fit_hears_nothing(stack: LiveStack, people: Town) -> None:
    agency, firm, stranger = people.agency(), people.enterprise(), people.enterprise("示例餐饮公司")
    for one in (firm, stranger):
        await one.subscribe_on_nats()
    await stranger.save_profile(texts.strange_profile())
    await firm.save_profile(texts.fitting_profile())
    async with (
        following(stack.broker, firm.subject) as heard,
        following(stack.broker, stranger.subject) as unheard,
    ):
        demand = await agency.publish(texts.demand())
        # Both are ranked at once, so once the one has heard, the other has been passed over.
        await heard.has(about(demand))
        assert unheard.events == {}
    assert await stranger.matches() == []
    assert await stranger.deliveries() == []


async def test_a_subscriber_who_wants_better_fits_hears_nothing(stack: LiveStack, people: Town) -> None:
    agency, firm = people.agency(), people.enterprise()
    await firm.subscribe_on_nats(least_fit=100)
    everything = await firm.subscribe_on_nats()
    await firm.save_profile(texts.fitting_profile())
    async with following(stack.broker, firm.subject) as follower:
        demand = await agency.publish(texts.demand())
        await follower.has(about(demand))
    # One transaction makes the deliveries of a match for all subscriptions.
    assert {each["subscription_id"] for each in await firm.deliveries()} == {everything["id"]}


async def test_a_request_is_followed_from_the_demand_to_the_webhook(
    stack: LiveStack, people: Town, receiver: Receiver
) -> None:
    agency, firm = people.agency(), people.enterprise()
    await firm.subscribe_on_nats()
    await firm.subscribe_webhook(receiver.url("/hook"))
    trace = "0af7651916cd43dd8448eb211c80319c"
    traced = {"traceparent": f"00-{trace}-b7ad6b7169203331-01"}
    # Of two that arrive at once, either may be the one whose ranking finds the other: both belong to the trace.
    await firm.save_profile(texts.fitting_profile(), traced)
    async with following(stack.broker, firm.subject) as follower:
        demand = await agency.publish(texts.demand(), traced)
        event = await follower.has(about(demand))
    [request] = await eventually(lambda: _requests(receiver, about(demand)), within=20)
    assert event["correlationid"] == trace
    assert json.loads(request.body)["correlationid"] == trace
    assert request.headers["traceparent"].split("-")[1] == trace
