"""Reads of profiles and of own matches from kept bytes are what the general routes say, whoever changed what."""

from itertools import product
from typing import Any

import pytest

from common.contracts.words import DemandState
from tests.integration.matcher.service_under_test import (
    DAMAGE_OFFER,
    FIRM,
    OTHER_FIRM,
    PORT,
    House,
    demand,
)


async def read(house: House, path: str, **headers: str) -> tuple[Any, str | None]:
    """A reply of the hot read: the query and the token are known by then."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    for _ in range(3):
        reply = await house.client.get(path, headers=named)
        assert reply.status_code == 200, reply.text
    return reply.json(), reply.headers.get("link")


async def matched(house: House, count: int = 3) -> str:
    """Matches of the firm with a demand of the port; its id."""
    for number in range(count):
        await house.save({**DAMAGE_OFFER, "headline": f"{DAMAGE_OFFER['headline']}第{number}版"})
    wanted = await house.hear(demand(clauses=[{"kind": "function", "text": "识别破洞、凹陷、锈蚀"}]))
    await house.work()
    return str(wanted.id)


QUERIES = ("", "?limit=2", "?sort=best&limit=2", "?least_fit=1", "?is_current=false")
ROUTED = {"Content-Length": "0"}
"""What says that it has a body is left to the route."""


@pytest.mark.parametrize("who", [FIRM, PORT])
async def test_own_matches_read_alike_from_the_hot_read_and_the_route(house: House, who: Any) -> None:
    await matched(house)
    for query, language in product(QUERIES, ("zh", "en", "fr")):
        headers = {**house.token(who), "Accept-Language": language}
        routed = await house.client.get(f"/v1/matches{query}", headers={**headers, **ROUTED})
        hot = await read(house, f"/v1/matches{query}", **headers)
        assert hot == (routed.json(), routed.headers.get("link")), (query, language)


async def test_an_organisation_sees_its_own_matches_alone(house: House) -> None:
    await matched(house)
    mine, _ = await read(house, "/v1/matches", **house.token(FIRM))
    others, _ = await read(house, "/v1/matches", **house.token(OTHER_FIRM))
    assert (len(mine["items"]), others["items"]) == (3, [])
    assert (await house.client.get("/v1/matches", headers={"Authorization": ""})).status_code == 401
    assert (await house.client.get("/v1/matches", headers={"Authorization": "Bearer x"})).status_code == 401


async def test_a_match_that_lapses_leaves_the_list_at_once(house: House) -> None:
    await matched(house)
    shown, _ = await read(house, "/v1/matches")
    profile_id = shown["items"][0]["profile_id"]
    await house.client.post(f"/v1/profiles/{profile_id}/withdraw")
    after, _ = await read(house, "/v1/matches")
    assert [one["id"] for one in after["items"]] == [one["id"] for one in shown["items"][1:]]
    lapsed, _ = await read(house, "/v1/matches?is_current=false")
    assert [one["is_current"] for one in lapsed["items"]] == [False]


async def test_a_match_computed_anew_is_shown_as_it_is_now(house: House) -> None:
    demand_id = await matched(house, 1)
    before, _ = await read(house, "/v1/matches")
    await house.hear(demand(id=demand_id, version=2, title="闸口集装箱残损识别（二期）"))
    await house.work()
    after, _ = await read(house, "/v1/matches")
    assert before["items"][0]["id"] == after["items"][0]["id"]
    assert after["items"][0]["demand_title"] == "闸口集装箱残损识别（二期）"


async def test_a_list_tells_at_once_that_something_waits_to_be_matched(house: House) -> None:
    assert (await read(house, "/v1/matches"))[0]["matching"] == "done"
    await house.save(DAMAGE_OFFER)
    waiting, _ = await read(house, "/v1/matches", Accept_Language="zh")
    assert (waiting["matching"], waiting["hint"]) == ("pending", "正在匹配，请几秒后再查询。")
    await house.work()
    assert (await read(house, "/v1/matches"))[0]["matching"] == "done"


async def test_a_profile_reads_as_it_was_saved_and_as_it_was_changed(house: House) -> None:
    saved = await house.save(DAMAGE_OFFER)
    path = f"/v1/profiles/{saved['id']}"
    first, _ = await read(house, path)
    assert first == {name: value for name, value in saved.items() if name != "twins"}
    changed = await house.client.put(path, json={**DAMAGE_OFFER, "headline": "新版"}, headers={"If-Match": '"1"'})
    assert changed.status_code == 200
    assert (await read(house, path))[0]["headline"] == "新版"


async def test_who_has_the_present_profile_is_told_so(house: House) -> None:
    path = f"/v1/profiles/{(await house.save(DAMAGE_OFFER))['id']}"
    reply = await house.client.get(path, headers={"If-None-Match": '"1"'})
    assert (reply.status_code, reply.content, reply.headers["etag"]) == (304, b"", '"1"')
    await house.client.put(path, json=DAMAGE_OFFER, headers={"If-Match": '"1"'})
    assert (await house.client.get(path, headers={"If-None-Match": '"1"'})).status_code == 200


async def test_a_withdrawn_profile_is_gone_at_once(house: House) -> None:
    path = f"/v1/profiles/{(await house.save(DAMAGE_OFFER))['id']}"
    await read(house, path)
    await house.client.post(f"{path}/withdraw")
    reply = await house.client.get(path, headers={"If-None-Match": '"1"'})
    assert (reply.status_code, reply.json()["type"]) == (404, "/problems/not_found")


async def test_a_demand_that_closes_takes_its_matches_off_the_list(house: House) -> None:
    demand_id = await matched(house)
    assert (await read(house, "/v1/matches"))[0]["items"]
    await house.hear(demand(id=demand_id, version=2, state=DemandState.CLOSED))
    await house.work()
    assert (await read(house, "/v1/matches"))[0]["items"] == []
