"""Lists of matches: their order, and whether an empty one means that nobody fits or that it is too early to tell."""

from typing import Any
from uuid import uuid4

import pytest

from common.contracts.words import DemandState
from common.fields import OrganisationKey
from matcher.subjects.kind import SubjectKind
from tests.integration.matcher.service_under_test import CATERING_OFFER, DAMAGE_OFFER, FIRM, PORT, House, demand

WEAKER = [{**DAMAGE_OFFER, "headline": f"闸口箱体残损识别{word}", "items": []} for word in ("软件", "服务", "方案")]
FORMS = ("/v1/demands/{id}/matches", "/v1/matches?demand_id={id}")


async def listed(house: House, path: str, who: OrganisationKey = PORT, **headers: str) -> dict[str, Any]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    reply = await house.client.get(path, headers={**house.token(who), **named})
    assert reply.status_code == 200, reply.text
    shown: dict[str, Any] = reply.json()
    return shown


async def matched(house: House) -> str:
    """A demand with matches of different fits, the best profile neither the first nor the last saved."""
    for offer in (*WEAKER[:2], DAMAGE_OFFER, WEAKER[2]):
        await house.save(offer)
    wanted = await house.hear(demand())
    await house.work()
    return str(wanted.id)


def fits(page: dict[str, Any]) -> list[int]:
    return [match["fit"] for match in page["items"]]


async def test_the_matches_of_a_demand_come_best_first(house: House) -> None:
    page = await listed(house, f"/v1/demands/{await matched(house)}/matches")
    assert len(set(fits(page))) > 1
    assert fits(page) == sorted(fits(page), reverse=True)


async def test_either_list_comes_in_the_order_asked_for(house: House) -> None:
    demand_id = await matched(house)
    for path in (f"/v1/demands/{demand_id}/matches?", f"/v1/matches?demand_id={demand_id}&"):
        best, newest = await listed(house, f"{path}sort=best"), await listed(house, f"{path}sort=newest")
        assert fits(best) == sorted(fits(best), reverse=True)
        ids = [match["id"] for match in newest["items"]]
        assert ids == sorted(ids, reverse=True)
    assert [match["id"] for match in (await listed(house, f"/v1/matches?demand_id={demand_id}"))["items"]] == ids


@pytest.mark.parametrize("sort", ["best", "newest"])
async def test_pages_in_either_order_show_every_match_once(house: House, sort: str) -> None:
    demand_id = await matched(house)
    whole = await listed(house, f"/v1/demands/{demand_id}/matches?sort={sort}")
    path, seen = f"/v1/demands/{demand_id}/matches?sort={sort}&limit=1", []
    while path:
        reply = await house.client.get(path, headers=house.token(PORT))
        seen += reply.json()["items"]
        path = reply.links["next"]["url"] if "next" in reply.links else ""
    assert len(seen) == 4
    assert seen == whole["items"]


async def test_a_cursor_of_another_order_is_refused_by_name(house: House) -> None:
    path = f"/v1/demands/{await matched(house)}/matches"
    for sort, other in (("best", "newest"), ("newest", "best")):
        cursor = (await listed(house, f"{path}?sort={sort}&limit=1"))["cursor"]
        reply = await house.client.get(f"{path}?sort={other}&cursor={cursor}", headers=house.token(PORT))
        assert (reply.status_code, reply.json()["errors"][0]["parameter"]) == (422, "cursor")


async def test_an_empty_cursor_asks_for_the_first_page(house: House) -> None:
    demand_id = await matched(house)
    for sort in ("best", "newest"):
        page = await listed(house, f"/v1/matches?demand_id={demand_id}&sort={sort}&cursor=")
        assert len(page["items"]) == 4


async def test_an_order_that_is_unknown_is_refused_by_name(house: House) -> None:
    reply = await house.client.get("/v1/matches?sort=alphabet")
    assert (reply.status_code, reply.json()["errors"][0]["parameter"]) == (422, "sort")


@pytest.mark.parametrize("form", FORMS)
async def test_an_empty_list_says_whether_matching_is_under_way_or_nobody_fits(house: House, form: str) -> None:
    await house.save(CATERING_OFFER)
    wanted = await house.hear(demand())
    waiting = await listed(house, form.format(id=wanted.id))
    await house.work()
    done = await listed(house, form.format(id=wanted.id))
    assert (waiting["items"], waiting["matching"]) == (done["items"], "pending") == ([], "pending")
    assert done["matching"] == "done"
    assert "again" in waiting["hint"]
    assert f"/v1/demands/{wanted.id}/nearest" in done["hint"]


@pytest.mark.parametrize("form", FORMS)
async def test_the_hint_speaks_the_readers_language(house: House, form: str) -> None:
    wanted = await house.hear(demand())
    page = await listed(house, form.format(id=wanted.id), Accept_Language="zh-CN")
    assert "正在匹配" in page["hint"]


async def test_a_list_with_matches_gives_no_hint(house: House) -> None:
    page = await listed(house, f"/v1/demands/{await matched(house)}/matches")
    assert (page["matching"], page["hint"]) == ("done", None)


async def test_a_demand_matched_anew_is_pending_with_the_matches_there_are(house: House) -> None:
    demand_id = await matched(house)
    await house.execute(
        "INSERT INTO jobs (kind, subject_id, revision, enqueued_at, ready_at, attempt_count) "
        f"VALUES ('demand', '{demand_id}', 1, now(), now(), 0)"
    )
    page = await listed(house, f"/v1/demands/{demand_id}/matches")
    assert (len(page["items"]), page["matching"], page["hint"]) == (4, "pending", None)


async def test_a_demand_that_has_not_arrived_is_unknown_rather_than_without_matches(house: House) -> None:
    page = await listed(house, f"/v1/matches?demand_id={uuid4()}")
    assert (page["items"], page["matching"]) == ([], "unknown")
    assert "arrived" in page["hint"]


async def test_a_closed_demand_has_no_matches_and_is_not_waited_for(house: House) -> None:
    wanted = await house.hear(demand())
    await house.hear(wanted.model_copy(update={"version": 2, "state": DemandState.CLOSED}))
    assert (await listed(house, f"/v1/demands/{wanted.id}/matches"))["matching"] == "done"


async def test_the_whole_list_is_pending_while_something_of_ones_own_is(house: House) -> None:
    assert (await listed(house, "/v1/matches", FIRM))["matching"] == "done"
    profile = await house.save(CATERING_OFFER)
    assert (await listed(house, "/v1/matches", FIRM))["matching"] == "pending"
    assert (await listed(house, f"/v1/matches?profile_id={profile['id']}", FIRM))["matching"] == "pending"
    assert (await listed(house, "/v1/matches", PORT))["matching"] == "done"
    await house.work(SubjectKind.PROFILE)
    assert (await listed(house, "/v1/matches", FIRM))["matching"] == "done"
