"""An owner's draft is read back before submission: clauses, specificity, twins. Nothing is stored."""

from collections.abc import Callable
from threading import get_ident
from typing import Any
from uuid import uuid4

import pytest

from matcher.engine.clauses import specificity, split
from tests.integration.matcher.service_under_test import DAMAGE_NEED, DAMAGE_TITLE, FIRM, House, demand

DRAFT: dict[str, Any] = {
    "title": "董家口港区闸口集装箱箱体残损智能识别",
    "need": DAMAGE_NEED + "残损识别准确率不低于95%。识别结果须在3秒内返回。",
}


async def review(house: House, **changes: Any) -> dict[str, Any]:
    reply = await house.client.post("/v1/demands/review", json=DRAFT | changes, headers=house.token(FIRM))
    assert reply.status_code == 200, reply.text
    answer: dict[str, Any] = reply.json()
    return answer


async def test_the_clauses_in_the_text_are_shown_to_confirm_each_with_its_place(house: House) -> None:
    found = (await review(house))["clauses_found"]
    spans = [one["span"] for one in found]
    assert all(span["text"] == DRAFT["need"][span["start"] : span["end"]] for span in spans)
    [accuracy] = [one["clause"] for one in found if one["clause"]["unit"] == "%"]
    assert (accuracy["operator"], accuracy["value"]) == ("ge", 95)


async def test_a_draft_that_repeats_an_open_demand_is_told_its_twin_and_what_they_share(house: House) -> None:
    twin = await house.hear(demand())
    await house.hear(demand(title="学校食堂营养配餐", need="按年龄段生成菜谱，统计食材用量。"))
    await house.work()
    [told] = (await review(house))["twins"]
    assert (told["demand_id"], told["title"]) == (str(twin.id), DAMAGE_TITLE)
    assert told["likeness"] >= 60
    assert told["shared"][0] in DAMAGE_NEED


async def test_a_published_demand_shows_its_twins_but_not_itself(house: House) -> None:
    first, second = await house.hear(demand()), await house.hear(demand(title=DRAFT["title"]))
    await house.work()
    reply = await house.client.get(f"/v1/demands/{first.id}/twins")
    assert [twin["demand_id"] for twin in reply.json()["twins"]] == [str(second.id)]


async def test_a_draft_is_read_and_assessed_beside_the_event_loop_not_on_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: dict[str, int] = {}

    def noted(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def done(*arguments: Any) -> Any:
            threads[name] = get_ident()
            return work(*arguments)

        return done

    monkeypatch.setattr(split, "split", noted("split", split.split))
    monkeypatch.setattr(specificity, "assess", noted("assess", specificity.assess))
    await review(house)
    assert threads.keys() == {"split", "assess"}
    assert get_ident() not in threads.values()


async def test_a_vague_draft_is_told_what_a_good_one_states(house: House) -> None:
    vague = await review(house, title="智能化升级", need="建设先进的智能化平台，提升整体水平。")
    exact = await review(house)
    assert vague["specificity"]["score"] < exact["specificity"]["score"]
    assert "figures" in {advice["code"] for advice in vague["specificity"]["advice"]}


@pytest.mark.parametrize(("changes", "pointer"), [({"title": ""}, "#/title"), ({"need": "a\x00"}, "#/need")])
async def test_a_faulty_draft_is_refused_by_field(house: House, changes: dict[str, Any], pointer: str) -> None:
    reply = await house.client.post("/v1/demands/review", json=DRAFT | changes, headers=house.token(FIRM))
    assert (reply.status_code, reply.json()["errors"][0]["pointer"]) == (422, pointer)


SENT: dict[str, Any] = {
    **DRAFT,
    "kind": "scenario",
    "domain": "智慧港口",
    "tracks": ["空天信息"],
    "division": "370211",
    "budget_min_fen": 100,
    "budget_max_fen": 200,
    "opens_at": None,
    "closes_at": "2099-12-31T16:00:00Z",
    "procurement_route": "合作创新采购",
    "contact": {"name": "联系人甲", "phone": "0532-12345678"},
}


async def test_a_draft_is_reviewed_as_it_was_sent_or_shown(house: House) -> None:
    shown = SENT | {"id": str(uuid4()), "version": 1, "state": "draft", "same_as": None, "review": "/v1/demands/review"}
    assert await review(house, **SENT) == await review(house, **shown)
    assert await review(house, **SENT) != await review(house)


async def test_a_field_that_no_draft_has_is_refused_all_the_same(house: House) -> None:
    body = SENT | {"colour": "red"}
    reply = await house.client.post("/v1/demands/review", json=body, headers=house.token(FIRM))
    assert (reply.status_code, reply.json()["errors"][0]["pointer"]) == (422, "#/colour")


async def test_an_unknown_demand_has_no_twins(house: House) -> None:
    reply = await house.client.get("/v1/demands/00000000-0000-7000-8000-000000000000/twins")
    assert (reply.status_code, reply.json()["type"]) == (404, "/problems/not_found")
