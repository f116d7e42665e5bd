"""What repeats something else is reported with its twins, before submission, at it and after; nothing is held up."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from common.clock import now
from common.contracts.catalog import DemandSnapshot
from common.contracts.words import DemandKind, DemandState
from common.fields import OrganisationKey
from matcher.twins.backfill import fill
from tests.integration.matcher.service_under_test import (
    CATERING_OFFER,
    DAMAGE_NEED,
    DAMAGE_OFFER,
    DAMAGE_TITLE,
    FIRM,
    OTHER_FIRM,
    House,
    demand,
)

CLOSED = {"version": 2, "state": DemandState.CLOSED}
WITHDRAWN = {"version": 2, "state": DemandState.WITHDRAWN}
DRAFT = {"title": DAMAGE_TITLE, "need": DAMAGE_NEED}
OTHER_NEED = "按年龄段生成每周菜谱，统计食材用量，对接供应商，月底汇总费用。"
COPY: dict[str, Any] = {
    **DAMAGE_OFFER,
    "headline": "2026年黄岛港区闸口集装箱箱体残损智能识别系统",
    "items": [{"title": "箱体残损识别", "text": "识别破洞、凹陷、锈蚀，残损识别准确率99%。", "trl": 8}],
    "division": "370211",
}


async def twins_of_draft(house: House, **changes: Any) -> list[dict[str, Any]]:
    reply = await house.client.post("/v1/demands/review", json=DRAFT | changes)
    assert reply.status_code == 200, reply.text
    told: list[dict[str, Any]] = reply.json()["twins"]
    return told


async def twins_of_offer(house: House, offer: dict[str, Any], who: OrganisationKey = FIRM) -> list[dict[str, Any]]:
    reply = await house.client.post("/v1/profiles/review", json=offer, headers=house.token(who))
    assert reply.status_code == 200, reply.text
    told: list[dict[str, Any]] = reply.json()["twins"]
    return told


async def twins_of_profile(house: House, profile: dict[str, Any]) -> list[dict[str, Any]]:
    reply = await house.client.get(f"/v1/profiles/{profile['id']}/twins", headers={"Authorization": ""})
    assert reply.status_code == 200, reply.text
    told: list[dict[str, Any]] = reply.json()["twins"]
    return told


async def heard_and_over(house: House, changes: dict[str, Any]) -> DemandSnapshot:
    """A demand that was published and ranked, and then ended as `changes` say."""
    first = await house.hear(demand(published_at=now() - timedelta(days=400)))
    await house.work()
    return await house.hear(first.model_copy(update=changes))


async def test_last_years_demand_that_has_closed_is_found_and_says_so(house: House) -> None:
    old = await heard_and_over(house, CLOSED)
    [told] = await twins_of_draft(house)
    assert (told["demand_id"], told["state"], told["likeness"]) == (str(old.id), "closed", 100)
    assert told["published_at"] < (now() - timedelta(days=365)).isoformat()


async def test_a_demand_that_was_over_before_it_was_heard_of_is_found(house: House) -> None:
    old = await house.hear(demand(**CLOSED))
    [told] = await twins_of_draft(house)
    assert (told["demand_id"], told["state"]) == (str(old.id), "closed")


async def test_a_demand_past_its_closing_time_says_closed_though_nobody_announced_it_yet(house: House) -> None:
    await house.hear(demand(closes_at=now() - timedelta(hours=1)))
    await house.hear(demand(closes_at=now() + timedelta(hours=1)))
    assert {twin["state"] for twin in await twins_of_draft(house)} == {"closed", "published"}


async def test_a_withdrawn_demand_is_nobodys_twin_and_has_none(house: House) -> None:
    gone = await heard_and_over(house, WITHDRAWN)
    await house.hear(demand())
    assert str(gone.id) not in {twin["demand_id"] for twin in await twins_of_draft(house)}
    assert (await house.client.get(f"/v1/demands/{gone.id}/twins")).status_code == 404


@pytest.mark.parametrize(
    "changes",
    [
        {"title": DAMAGE_TITLE.replace("前湾", "董家口")},
        {
            "title": f"2027年{DAMAGE_TITLE}",
            "need": f"{DAMAGE_NEED}2027年6月底前建成，覆盖12条车道，准确率不低于98.5%。",
        },
        {"need": f"为落实年度工作安排，现征集解决方案。{DAMAGE_NEED}"},
        {"kind": "challenge"},
    ],
    ids=["another district", "another year and other figures", "more around it", "another kind"],
)
async def test_what_was_changed_around_the_words_hides_no_twin(house: House, changes: dict[str, Any]) -> None:
    old = await house.hear(demand(need=f"{DAMAGE_NEED}2025年6月底前建成，覆盖8条车道，准确率不低于95%。"))
    [told] = await twins_of_draft(house, **changes)
    assert told["demand_id"] == str(old.id)
    assert told["kind"] == DemandKind.SCENARIO


async def test_an_unrelated_demand_is_no_twin(house: House) -> None:
    await house.hear(demand(title="学校食堂营养配餐", need=OTHER_NEED))
    assert await twins_of_draft(house) == []


async def test_an_amended_demand_is_found_by_its_new_words_alone(house: House) -> None:
    first = await house.hear(demand())
    await house.hear(first.model_copy(update={"version": 2, "title": "学校食堂营养配餐", "need": OTHER_NEED}))
    assert await twins_of_draft(house) == []
    assert len(await twins_of_draft(house, title="食堂配餐", need=OTHER_NEED)) == 1


async def test_twins_come_most_alike_first_equal_ones_by_id_ten_at_most(house: House) -> None:
    near = [await house.hear(demand(id=uuid4())) for _ in range(10)]
    further = await house.hear(demand(need=f"{DAMAGE_NEED[:30]}{OTHER_NEED}"))
    ids = [twin["demand_id"] for twin in await twins_of_draft(house)]
    assert ids == sorted(str(one.id) for one in near)
    reply = await house.client.get(f"/v1/demands/{further.id}/twins")
    assert len(reply.json()["twins"]) == 10


async def test_a_profile_that_repeats_anothers_says_so_when_it_is_made(house: House) -> None:
    first = await house.save(DAMAGE_OFFER, OTHER_FIRM)
    reply = await house.client.post("/v1/profiles", json=COPY)
    [told] = reply.json()["twins"]
    assert (reply.status_code, told["profile_id"], told["is_same_organisation"]) == (201, first["id"], False)
    assert told["organisation"]["code"] == OTHER_FIRM.code
    assert told["likeness"] >= 80
    assert told["shared"][0] in DAMAGE_OFFER["summary"]


async def test_a_firm_on_two_rows_is_told_of_its_own_other_profile(house: House) -> None:
    first = await house.save(DAMAGE_OFFER)
    [told] = (await house.save(COPY))["twins"]
    assert (told["profile_id"], told["is_same_organisation"]) == (first["id"], True)


async def test_the_rows_of_one_batch_are_compared_with_each_other(house: House) -> None:
    batch = {"profiles": [DAMAGE_OFFER, CATERING_OFFER, COPY]}
    reply = await house.client.post("/v1/profiles/batch", json=batch)
    first, other, second = reply.json()["profiles"]
    assert [[twin["profile_id"] for twin in one["twins"]] for one in (first, other, second)] == [
        [second["id"]],
        [],
        [first["id"]],
    ]


async def test_a_profile_changed_into_a_copy_says_so_in_its_reply(house: House) -> None:
    first = await house.save(DAMAGE_OFFER, OTHER_FIRM)
    path = f"/v1/profiles/{(await house.save(CATERING_OFFER))['id']}"
    changed = await house.client.put(path, json=COPY, headers={"If-Match": '"1"'})
    assert [twin["profile_id"] for twin in changed.json()["twins"]] == [first["id"]]
    assert [twin["profile_id"] for twin in await twins_of_profile(house, first)] == [changed.json()["id"]]


async def test_the_reply_says_where_all_twins_are(house: House) -> None:
    for _ in range(5):
        await house.save(DAMAGE_OFFER, OTHER_FIRM)
    reply = await house.client.post("/v1/profiles", json=COPY, headers={"Idempotency-Key": "mine"})
    again = await house.client.post("/v1/profiles", json=COPY, headers={"Idempotency-Key": "mine"})
    assert len(reply.json()["twins"]) == 3
    assert again.json() == reply.json()
    for one in (reply, again):
        shown = await house.client.get(one.links["related"]["url"])
        assert len(shown.json()["twins"]) == 5


async def test_a_published_profile_shows_its_twins_to_anybody_but_not_itself(house: House) -> None:
    first, second = await house.save(DAMAGE_OFFER), await house.save(COPY, OTHER_FIRM)
    await house.save(CATERING_OFFER)
    assert [twin["profile_id"] for twin in await twins_of_profile(house, first)] == [second["id"]]
    assert [twin["profile_id"] for twin in await twins_of_profile(house, second)] == [first["id"]]


async def test_a_withdrawn_profile_is_nobodys_twin_and_has_none(house: House) -> None:
    first, second = await house.save(DAMAGE_OFFER), await house.save(COPY)
    await house.client.post(f"/v1/profiles/{first['id']}/withdraw")
    assert await twins_of_profile(house, second) == []
    assert (await house.client.get(f"/v1/profiles/{first['id']}/twins")).status_code == 404


async def test_an_offer_is_reviewed_before_it_is_saved_and_nothing_is_stored(house: House) -> None:
    mine, theirs = await house.save(DAMAGE_OFFER), await house.save(DAMAGE_OFFER, OTHER_FIRM)
    await house.desk.seat()  # so that the model is on record, which the app sees to on its own while it starts
    before = await everything(house)
    told = await twins_of_offer(house, COPY)
    assert {twin["profile_id"]: twin["is_same_organisation"] for twin in told} == {
        mine["id"]: True,
        theirs["id"]: False,
    }
    assert await twins_of_offer(house, CATERING_OFFER) == []
    assert await everything(house) == before


async def test_only_enterprises_have_an_offer_reviewed(house: House) -> None:
    as_publisher = house.token(FIRM, "publisher")
    refused = await house.client.post("/v1/profiles/review", json=DAMAGE_OFFER, headers=as_publisher)
    unknown = await house.client.post("/v1/profiles/review", json=DAMAGE_OFFER, headers={"Authorization": ""})
    assert (refused.status_code, unknown.status_code) == (403, 401)


async def test_a_copy_is_saved_and_matched_like_any_other(house: House) -> None:
    await house.hear(demand())
    await house.save(DAMAGE_OFFER, OTHER_FIRM)
    copy = await house.save(COPY)
    await house.work()
    assert [match["profile_id"] for match in await house.matches()] == [copy["id"]]


async def test_a_demand_and_a_profile_with_the_same_words_are_no_twins(house: House) -> None:
    await house.hear(demand(title=DAMAGE_OFFER["headline"], need=DAMAGE_OFFER["summary"]))
    assert (await house.save(DAMAGE_OFFER))["twins"] == []


async def test_what_an_earlier_release_saved_is_found_once_upkeep_has_been_there(house: House) -> None:
    old, first = await house.hear(demand(**CLOSED)), await house.save(DAMAGE_OFFER)
    gone = await house.save(COPY)
    await house.client.post(f"/v1/profiles/{gone['id']}/withdraw")
    await house.execute("DELETE FROM fingerprints")
    await fill(house.database)
    assert [twin["demand_id"] for twin in await twins_of_draft(house)] == [str(old.id)]
    assert [twin["profile_id"] for twin in await twins_of_offer(house, COPY)] == [first["id"]]


async def everything(house: House) -> dict[str, int]:
    """How many rows each table has."""
    async with house.database.begin() as session:
        tables = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"
        names = (await session.scalars(text(tables))).all()
        return {name: (await session.scalar(text(f"SELECT count(*) FROM {name}"))) or 0 for name in names}
