"""What the platform promises when its parts die, seen from outside: each promise here fails when its one place breaks.

CONTRIBUTING.md names the places; `make prove` breaks them one by one.
"""

import asyncio
import json
from typing import Any
from uuid import uuid4

import httpx

from tests.e2e import texts
from tests.support.eventually import eventually
from tests.support.follower import about, following
from tests.support.parties import Json, Party, Town
from tests.support.stack import LiveStack


async def test_a_reply_is_a_promise_even_if_the_server_dies_with_it(stack: LiveStack, people: Town) -> None:
    """Guarantee 1: what was answered with success is committed."""
    agency = people.agency()
    for draft in [await _submitted(agency), await _submitted(agency)]:
        reply = await _publish_and_kill(stack, agency, draft)
        stack.start("catalog-serve")
        assert reply.startswith(b"HTTP/1.1 200"), reply
        assert (await agency.ask("GET", "catalog", f"/v1/demands/{draft['id']}"))["state"] == "published"


async def _submitted(agency: Party) -> Json:
    return await agency.step(await agency.draft(texts.demand()), "submit")


async def _publish_and_kill(stack: LiveStack, agency: Party, draft: Json) -> bytes:
    """The reply's first bytes; the server is dead the moment after they arrive."""
    url = httpx.URL(stack.url("catalog", f"/v1/demands/{draft['id']}/publish"))
    reader, writer = await asyncio.open_connection(url.host, url.port)
    head = f"POST {url.path} HTTP/1.1\r\nHost: {url.host}\r\nContent-Length: 0\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in agency.token.items())
    writer.write(f"{head}\r\n".encode())
    try:
        return await reader.read(64)
    finally:
        stack.kill("catalog-serve")
        writer.close()


async def test_a_published_demand_is_announced_even_if_the_server_dies_with_the_reply(
    stack: LiveStack, people: Town
) -> None:
    """Guarantee 2: the event is written in the transaction of the change."""
    agency, firm = people.agency(), people.enterprise()
    await firm.subscribe_on_nats()
    await firm.save_profile(texts.fitting_profile())
    stack.stop("catalog-work")
    draft = await _submitted(agency)
    async with following(stack.broker, firm.subject) as follower:
        await _publish_and_kill(stack, agency, draft)
        stack.start("catalog-serve")
        stack.start("catalog-work")
        await follower.has(about(draft))


async def test_an_event_that_comes_again_has_no_second_effect(stack: LiveStack, people: Town) -> None:
    """Guarantee 3: events are known by their id. The copy claims a newer version, which alone would let it pass."""
    agency, firm = people.agency(), people.enterprise()
    await firm.subscribe_on_nats(versions="all")
    profile = await firm.save_profile(texts.fitting_profile())
    async with (
        following(stack.broker, firm.subject) as follower,
        following(stack.broker, "matcher.match.computed", stream="MATCHER") as matcher,
    ):
        demand = await agency.publish(texts.demand())
        told = about(demand, profile=profile)
        await follower.has(told)
        seen = await matcher.has(told)
        copy, fresh = _newer(seen, by=1), {**_newer(seen, by=2), "id": str(uuid4())}
        await _publish(stack, "matcher.match.computed", copy, fresh)
        await follower.has(lambda event: told(event) and _version(event) == _version(fresh))
    versions = [_version(event) for event in follower.events.values() if told(event)]
    assert _version(copy) not in versions
    assert versions == [_version(seen), _version(fresh)]


async def test_a_demand_that_comes_again_has_no_second_effect(stack: LiveStack, people: Town) -> None:
    agency, firm = people.agency(), people.enterprise()
    await firm.subscribe_on_nats(versions="all")
    profile = await firm.save_profile(texts.fitting_profile())
    async with (
        following(stack.broker, firm.subject) as follower,
        following(stack.broker, "catalog.demand.published", stream="CATALOG") as catalog,
    ):
        demand = await agency.publish(texts.demand())
        told = about(demand, profile=profile)
        await follower.has(told)
        seen = await catalog.has(lambda event: bool(event["subject"] == demand["id"]))
        copy, fresh = _newer(seen, by=1), {**_newer(seen, by=2), "id": str(uuid4())}
        await _publish(stack, "catalog.demand.amended", copy)
        # Demands are ranked in the order of their events: once the next one is told, the copy has been passed over.
        await follower.has(about(await agency.publish(texts.demand())))
        await _publish(stack, "catalog.demand.amended", fresh)
        await follower.has(lambda event: told(event) and _demand_version(event) == fresh["data"]["demand"]["version"])
    versions = [_demand_version(event) for event in follower.events.values() if told(event)]
    assert versions == [seen["data"]["demand"]["version"], fresh["data"]["demand"]["version"]]


async def test_an_older_version_never_overwrites_a_newer_one(stack: LiveStack, people: Town) -> None:
    """Guarantee 3: events may overtake each other; the higher version wins."""
    agency, firm, late = people.agency(), people.enterprise(), people.enterprise()
    await firm.subscribe_on_nats(versions="all")
    profile = await firm.save_profile(texts.fitting_profile())
    async with (
        following(stack.broker, firm.subject) as follower,
        following(stack.broker, "catalog.demand.published", stream="CATALOG") as catalog,
    ):
        demand = await agency.publish(texts.demand())
        told = about(demand, profile=profile)
        older = await catalog.has(lambda event: bool(event["subject"] == demand["id"]))
        newer = await agency.amend(demand, texts.demand(title="箱体残损识别（修订）"), "改题")
        await follower.has(lambda event: told(event) and _demand_version(event) == newer["version"])
        await _publish(stack, "catalog.demand.published", {**older, "id": str(uuid4())})
        # Events are taken in their order: once the next demand is told, the old one has been passed over.
        await follower.has(about(await agency.publish(texts.demand())))
    await late.save_profile(texts.fitting_profile())
    [match] = await eventually(lambda: late.matches(demand_id=demand["id"]), within=20)
    assert (match["demand_version"], match["demand_title"]) == (newer["version"], newer["title"])


async def test_a_broker_that_loses_its_disk_loses_no_demand(stack: LiveStack, people: Town) -> None:
    """Guarantee 4: the relay fills a stream again that has forgotten what was announced."""
    agency, firm = people.agency(), people.enterprise()
    await firm.subscribe_on_nats()
    await firm.save_profile(texts.fitting_profile())
    stack.stop("matcher-work")
    async with following(stack.broker, "catalog.demand.*", stream="CATALOG") as catalog:
        demand = await agency.publish(texts.demand())
        await catalog.has(lambda event: bool(event["subject"] == demand["id"]))
    stack.wipe_broker()
    stack.start("matcher-work")
    async with following(stack.broker, firm.subject) as follower:
        await follower.has(about(demand), within=40)


async def test_a_broker_that_loses_its_disk_keeps_what_was_told(stack: LiveStack, people: Town) -> None:
    agency, firm = people.agency(), people.enterprise()
    await firm.subscribe_on_nats()
    await firm.save_profile(texts.fitting_profile())
    demand = await agency.publish(texts.demand())
    async with following(stack.broker, firm.subject) as before:
        told = await before.has(about(demand))
    stack.wipe_broker()
    async with following(stack.broker, firm.subject) as after:
        again = await after.has(about(demand), within=40)
    assert again == told
    assert len([each for each in await firm.deliveries() if each["id"] == told["id"]]) == 1


def _newer(event: Json, *, by: int) -> Json:
    """The same event, claiming a later version of what it is about."""
    copy: Json = json.loads(json.dumps(event))
    state: Any = copy["data"].get("match") or copy["data"]["demand"]
    state["version"] += by
    return copy


def _version(event: Json) -> int:
    version: int = event["data"]["match"]["version"]
    return version


def _demand_version(event: Json) -> int:
    version: int = event["data"]["match"]["demand_version"]
    return version


async def _publish(stack: LiveStack, subject: str, *events: Json) -> None:
    """As whose subject it is could; without a message id, so the broker itself sees no copies."""
    client = await stack.broker.as_service(subject.partition(".")[0])
    try:
        for event in events:
            await client.jetstream().publish(subject, json.dumps(event, ensure_ascii=False).encode())
    finally:
        await client.close()
