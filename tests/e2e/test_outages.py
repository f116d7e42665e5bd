"""What goes on while a part is away, and what is kept when everything stops."""

import asyncio
import json
import signal

import httpx

from tests.e2e import texts
from tests.support.eventually import eventually
from tests.support.follower import about, following
from tests.support.parties import Json, Party, Town
from tests.support.stack import LiveStack


async def test_the_matcher_answers_while_the_catalog_is_down(stack: LiveStack, people: Town) -> None:
    agency, firm = people.agency(), people.enterprise()
    demand = await agency.publish(texts.demand(division="370283"))
    first = await firm.save_profile(texts.fitting_profile())
    await eventually(lambda: firm.matches(demand_id=demand["id"]), within=20)
    for process in ("catalog-serve", "catalog-work"):
        stack.stop(process)
    try:
        second = await firm.save_profile(texts.fitting_profile())
        await eventually(lambda: firm.matches(demand_id=demand["id"], profile_id=second["id"]), within=20)
        fits = await firm.ask("POST", "matcher", "/v1/fits", {"text": first["summary"], "division": "370283"})
        assert demand["id"] in [fit["demand_id"] for fit in fits["fits"]]
    finally:
        for process in ("catalog-serve", "catalog-work"):
            stack.start(process)


async def test_demands_are_taken_while_the_broker_is_down_and_told_once_it_is_back(
    stack: LiveStack, people: Town
) -> None:
    agency, firm = people.agency(), people.enterprise()
    await firm.subscribe_on_nats()
    await firm.save_profile(texts.fitting_profile())
    stack.kill_broker()
    try:
        demand = await agency.publish(texts.demand())
    finally:
        stack.start_broker()
    async with following(stack.broker, firm.subject) as follower:
        await follower.has(about(demand), within=40)


async def test_a_request_in_hand_is_answered_when_the_server_is_told_to_stop(stack: LiveStack, people: Town) -> None:
    agency = people.agency()
    body = json.dumps(texts.demand()).encode()
    url = httpx.URL(stack.url("catalog", "/v1/demands"))
    reader, writer = await asyncio.open_connection(url.host, url.port)
    writer.write(_head(url, agency, body) + body[:100])
    assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
    stopping = asyncio.create_task(asyncio.to_thread(stack.stop, "catalog-serve"))
    try:
        await eventually(lambda: _refuses_connections(url), within=10)
        assert not stopping.done()
        writer.write(body[100:])
        head = await reader.readuntil(b"\r\n\r\n")
    finally:
        writer.close()
        exit_code = await stopping
        stack.start("catalog-serve")
    assert head.startswith(b"HTTP/1.1 201 "), head
    # The server ends itself with the signal it was given, once it has finished.
    assert exit_code in (0, -signal.SIGTERM)
    assert len(await agency.listed("catalog", "/v1/demands", mine="true")) == 1


def _head(url: httpx.URL, agency: Party, body: bytes) -> bytes:
    """Asks to be told to continue, so that the client knows when the server has the request in hand."""
    headers = {"Host": url.host, "Content-Type": "application/json", "Content-Length": len(body), **agency.token}
    lines = [f"POST {url.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "Expect: 100-continue", "", ""]).encode()


async def _refuses_connections(url: httpx.URL) -> bool:
    try:
        _, writer = await asyncio.open_connection(url.host, url.port)
    except ConnectionRefusedError:
        return True
    writer.close()
    return False


async def test_a_restart_keeps_everything(stack: LiveStack, people: Town) -> None:
    agency, firm = people.agency(), people.enterprise()
    await firm.subscribe_on_nats()
    profile = await firm.save_profile(texts.fitting_profile())
    async with following(stack.broker, firm.subject) as follower:
        demand = await agency.publish(texts.demand())
        told = await follower.has(about(demand))
    before = await _all_that_is_kept(firm, demand, profile)
    stack.restart()
    assert await _all_that_is_kept(firm, demand, profile) == before
    async with following(stack.broker, firm.subject) as follower:
        assert await follower.has(about(demand)) == told
        await follower.has(about(await agency.publish(texts.demand())))


async def _all_that_is_kept(firm: Party, demand: Json, profile: Json) -> list[object]:
    return [
        await firm.ask("GET", "catalog", f"/v1/demands/{demand['id']}"),
        await firm.ask("GET", "matcher", f"/v1/profiles/{profile['id']}"),
        await firm.matches(demand_id=demand["id"]),
        await firm.listed("notify", "/v1/subscriptions"),
    ]
