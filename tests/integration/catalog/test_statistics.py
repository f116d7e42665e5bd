"""Statistics: the funnel, the time in each state, outcomes; as JSON and CSV, from the steps on record."""

import csv
import io
from datetime import date, timedelta
from typing import Any

from sqlalchemy import text

from common.clock import now
from common.days import begins_at, day_of
from tests.integration.catalog.listed import COMPLETE, Listed
from tests.integration.catalog.service_under_test import CatalogUnderTest, id_of


async def adopted(catalog: CatalogUnderTest, **changes: Any) -> str:
    where = await catalog.a_published_demand(**changes)
    for step in ("close", "evaluate", "select", "validate", "adopt"):
        assert (await catalog.post(f"{where}/{step}")).status_code == 200
    return where


async def unsuccessful(catalog: CatalogUnderTest, **changes: Any) -> str:
    where = await catalog.a_published_demand(**changes)
    for step in ("close", "evaluate"):
        assert (await catalog.post(f"{where}/{step}")).status_code == 200
    assert (await catalog.post(f"{where}/fail", {"reason": "精度不足"})).status_code == 200
    return where


async def items(catalog: CatalogUnderTest, table: str, **params: Any) -> list[dict[str, Any]]:
    reply = await catalog.get(f"/v1/statistics/{table}", **params)
    assert reply.status_code == 200, reply.text
    found: list[dict[str, Any]] = reply.json()["items"]
    return found


async def test_the_funnel_counts_each_demand_once_in_every_state_it_reached(catalog: CatalogUnderTest) -> None:
    await adopted(catalog)
    await unsuccessful(catalog)
    open_one = await catalog.a_published_demand()
    version = {"If-Match": (await catalog.get(open_one)).headers["etag"]}
    amended = await catalog.http.post(
        f"{open_one}/amend", json={"need": "改了一次。", "reason": "说明"}, headers={**catalog.port, **version}
    )
    assert amended.status_code == 200, amended.text
    await catalog.a_submitted_demand()
    rows = {row["state"]: (row["reached"], row["now"]) for row in await items(catalog, "funnel")}
    assert rows["published"] == (3, 1)
    assert (rows["closed"], rows["evaluating"], rows["selected"]) == ((2, 0), (2, 0), (1, 0))
    assert (rows["adopted"], rows["unsuccessful"], rows["withdrawn"]) == ((1, 1), (1, 1), (0, 0))


async def test_an_empty_catalog_counts_nothing(catalog: CatalogUnderTest) -> None:
    assert {row["reached"] for row in await items(catalog, "funnel")} == {0}
    assert {(row["stays"], row["median_s"]) for row in await items(catalog, "durations")} == {(0, None)}
    assert await items(catalog, "outcomes") == []


async def test_time_in_a_state_is_from_the_step_into_it_to_the_step_out_of_it(catalog: CatalogUnderTest) -> None:
    places = [await adopted(catalog) for _ in range(3)]
    async with catalog.database.begin() as session:
        # Each state of each demand lasts an hour, of the second two, of the third four.
        for place, hours in zip(places, (1, 2, 4), strict=True):
            move = text(
                "UPDATE audit SET at = timestamptz '2026-01-01T00:00:00Z' + version * make_interval(hours => :hours)"
                " WHERE subject_id = :id"
            )
            await session.execute(move, {"hours": hours, "id": id_of(place)})
    rows = {row["state"]: row for row in await items(catalog, "durations")}
    assert rows["published"] == {
        "value": None,
        "name": None,
        "state": "published",
        "stays": 3,
        "median_s": 7200.0,
        "p90_s": 3600.0 * (2 + 0.8 * 2),
        "longest_s": 14400.0,
    }
    assert rows["under_review"]["stays"] == 0


async def test_outcomes_are_told_apart_by_what_a_demand_is(catalog: CatalogUnderTest) -> None:
    await adopted(catalog, tracks=["空天信息", "类脑智能"], division="370211")
    await unsuccessful(catalog, tracks=["空天信息"], division=None)
    await catalog.a_published_demand(tracks=[], division="370211", domain="海洋")
    by_track = {row["value"]: row for row in await items(catalog, "outcomes", by="track")}
    assert {value: row["published"] for value, row in by_track.items()} == {"空天信息": 2, "类脑智能": 1, None: 1}
    space = by_track["空天信息"]
    assert (space["selected"], space["adopted"], space["unsuccessful"], space["open"]) == (1, 1, 1, 0)
    by_division = [(row["value"], row["published"]) for row in await items(catalog, "outcomes", by="division")]
    assert by_division == [("370211", 2), (None, 1)]
    assert {row["value"] for row in await items(catalog, "outcomes", by="domain")} == {"智慧港口", "海洋"}
    assert [row["value"] for row in await items(catalog, "outcomes")] == ["scenario"]


async def test_a_period_counts_what_was_published_in_it(catalog: CatalogUnderTest) -> None:
    await catalog.a_published_demand()
    today = day_of(now()).isoformat()
    inside = await items(catalog, "funnel", **{"from": today, "until": today})
    outside = await items(catalog, "funnel", until="2020-12-31")
    assert (inside[0]["reached"], outside[0]["reached"]) == (1, 0)
    refused = await catalog.get("/v1/statistics/funnel?from=2026-02-01&until=2026-01-01")
    assert (refused.status_code, refused.json()["errors"][0]["parameter"]) == (422, "until")
    far = await catalog.get("/v1/statistics/funnel?from=0001-01-01")
    assert far.status_code == 422


async def test_a_day_is_one_of_china(catalog: CatalogUnderTest) -> None:
    where = await catalog.a_published_demand()
    async with catalog.database.begin() as session:
        move = text("UPDATE demands SET published_at = :at WHERE id = :id")
        await session.execute(move, {"at": begins_at(date(2027, 1, 1)), "id": id_of(where)})
    old, new = {"until": "2026-12-31"}, {"from": "2027-01-01"}
    assert [(await items(catalog, "funnel", **days))[0]["reached"] for days in (old, new)] == [0, 1]
    async with catalog.database.begin() as session:
        before = begins_at(date(2027, 1, 1)) - timedelta(microseconds=1)
        await session.execute(move, {"at": before, "id": id_of(where)})
    assert [(await items(catalog, "funnel", **days))[0]["reached"] for days in (old, new)] == [1, 0]


async def test_each_table_is_told_apart_and_narrowed_by_edition_of_a_list(catalog: CatalogUnderTest) -> None:
    lists = Listed(catalog)
    won, open_ = id_of(await adopted(catalog, **COMPLETE)), await lists.demand("港口巡检需求")
    await catalog.a_published_demand(title="不在清单中的需求")
    await lists.begin(year=2028)
    await lists.arranged(open_)
    await lists.published(str(won), open_)
    first = lists.where.rsplit("/", 1)[1]
    second = (await lists.corrected("更正", {"demand_id": open_, "level": "high_end"}))["id"]

    outcomes = {row["value"]: row for row in await items(catalog, "outcomes", by="list")}
    assert {value: row["published"] for value, row in outcomes.items()} == {first: 2, second: 1, None: 1}
    assert outcomes[first]["adopted"] == 1
    assert outcomes[first]["name"] == "青岛市2027年度应用场景清单（第一批） (2027-1, 1)"
    funnel = [(row["value"], row["reached"]) for row in await items(catalog, "funnel", by="list")]
    assert [funnel[0], funnel[11], funnel[22]] == [(first, 2), (second, 1), (None, 1)]
    stays = {(row["value"], row["state"]): row["stays"] for row in await items(catalog, "durations", by="list")}
    assert (stays[first, "published"], stays[second, "published"]) == (1, 0)

    assert [row["reached"] for row in (await items(catalog, "funnel", list_id=second))[:2]] == [1, 0]
    assert (await items(catalog, "durations", list_id=first))[3]["stays"] == 1
    assert [row["published"] for row in await items(catalog, "outcomes", list_id=first)] == [2]


async def test_an_edition_that_is_not_public_is_not_counted_by(catalog: CatalogUnderTest) -> None:
    lists = Listed(catalog)
    await lists.begin()
    await lists.arranged(await lists.demand("港口巡检需求"))
    draft = lists.where.rsplit("/", 1)[1]
    refused = await catalog.get("/v1/statistics/funnel", list_id=draft)
    assert (refused.status_code, refused.json()["errors"][0]["parameter"]) == (422, "list_id")
    assert [row["value"] for row in await items(catalog, "outcomes", by="list")] == [None]


async def test_every_table_is_narrowed_by_what_a_demand_is(catalog: CatalogUnderTest) -> None:
    await catalog.a_published_demand(tracks=["空天信息"], division="370211")
    await catalog.a_published_demand(tracks=[], division="370202", domain="海洋")
    for narrowed, expected in (
        ({"track": "aerospace_information"}, 1),
        ({"division": "3702"}, 2),
        ({"division": "370211"}, 1),
        ({"domain": "海洋"}, 1),
        ({"kind": "pilot"}, 0),
    ):
        assert (await items(catalog, "funnel", **narrowed))[0]["reached"] == expected, narrowed
    unknown = await catalog.get("/v1/statistics/outcomes", track="炼金术")
    assert (unknown.status_code, unknown.json()["errors"][0]["parameter"]) == (422, "track")


async def test_each_table_is_also_there_as_csv(catalog: CatalogUnderTest) -> None:
    await adopted(catalog)
    for table in ("funnel", "durations", "outcomes"):
        reply = await catalog.http.get(f"/v1/statistics/{table}", headers={"Accept": "text/csv"})
        assert reply.headers["content-type"] == "text/csv; charset=utf-8"
        assert reply.text.startswith("\ufeff")
        rows = list(csv.DictReader(io.StringIO(reply.text.removeprefix("\ufeff"))))
        expected = await items(catalog, table)
        as_text = [{key: "" if value is None else str(value) for key, value in row.items()} for row in expected]
        assert rows == as_text
