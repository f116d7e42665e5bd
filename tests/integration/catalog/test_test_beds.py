"""Test beds and their slots: opened, changed, offered, never given to more than they hold."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from catalog.test_beds import repository
from common.clock import new_id
from common.database import Database
from tests.integration.catalog.service_under_test import CatalogUnderTest, id_of
from tests.integration.catalog.validated import Parties, times


@pytest.fixture
async def parties(catalog: CatalogUnderTest) -> Parties:
    return Parties(catalog)


async def test_a_host_opens_a_bed_changes_it_and_closes_it(parties: Parties) -> None:
    catalog, where = parties.catalog, await parties.open_bed()
    read = await catalog.get(where)
    assert (read.json()["state"], read.json()["owner_name"], read.json()["capacity"]) == (
        "open",
        "港口测试中心（示例）",
        2,
    )
    body = {name: value for name, value in read.json().items() if name in ("title", "site", "division", "domain")}
    body |= {"capacity": 3, "measures": ["定位误差"], "data_class": "open"}
    changed = await catalog.put(where, body, as_=parties.host, If_Match=read.headers["etag"])
    assert changed.status_code == 200, changed.text
    assert (await catalog.put(where, body, as_=parties.host, If_Match=read.headers["etag"])).status_code == 412
    assert (await catalog.put(where, body, as_=parties.host)).status_code == 428
    assert (await catalog.put(where, body, as_=parties.firm, If_Match=changed.headers["etag"])).status_code == 403
    found = (await catalog.get("/v1/test-beds", state="open", data_class="open")).json()["items"]
    assert [one["id"] for one in found] == [read.json()["id"]]
    assert (await catalog.post(f"{where}/close", as_=parties.host)).json()["state"] == "closed"
    refused = await catalog.post(f"{where}/slots", {"slots": [times()]}, as_=parties.host)
    assert (refused.status_code, "reopened" in refused.json()["detail"] or "reopen" in refused.json()["detail"]) == (
        409,
        True,
    )
    assert (await catalog.post(f"{where}/reopen", as_=parties.host)).json()["state"] == "open"
    assert (await catalog.post("/v1/test-beds", body, as_=parties.firm)).status_code == 403


async def test_slots_of_one_bed_do_not_overlap_and_are_offered_all_or_none(parties: Parties) -> None:
    catalog, where = parties.catalog, await parties.open_bed()
    await parties.offer(where, times(1), times(0))
    refused = await catalog.post(f"{where}/slots", {"slots": [times(2), times(1, hours=1)]}, as_=parties.host)
    assert (refused.status_code, times(1)["starts_at"] in refused.json()["detail"]) == (409, True)
    shown = (await catalog.get(f"{where}/slots")).json()["items"]
    assert [(one["starts_at"], one["capacity"], one["free_count"]) for one in shown] == [
        (times(day)["starts_at"].replace("+00:00", "Z"), 2, 2) for day in (0, 1)
    ]
    await parties.offer(await parties.open_bed(), times(1))
    pages = [page async for page in catalog.pages(f"{where}/slots?limit=1")]
    assert [one["id"] for page in pages for one in page] == [one["id"] for one in shown]


async def test_a_slot_in_the_past_or_backwards_names_its_field(parties: Parties) -> None:
    where = await parties.open_bed()
    past = {"starts_at": "2020-01-01T00:00:00Z", "ends_at": "2020-01-01T08:00:00Z"}
    backwards = {"starts_at": times()["ends_at"], "ends_at": times()["starts_at"]}
    reply = await parties.catalog.post(f"{where}/slots", {"slots": [past, backwards]}, as_=parties.host)
    assert (reply.status_code, [one["pointer"] for one in reply.json()["errors"]]) == (
        *(422,),
        ["#/slots/0/starts_at", "#/slots/1/ends_at"],
    )


async def seated(database: Database, bed: str, slot: str) -> int | None:
    async with database.begin() as session:
        wanted = await repository.slot(session, id_of(bed), UUID(slot))
        assert wanted is not None
        return await repository.take(session, wanted, new_id())


async def executed(database: Database, statement: str, given: dict[str, Any]) -> None:
    async with database.begin() as session:
        await session.execute(text(statement), given)


async def test_a_slot_is_given_to_as_many_as_it_holds_however_many_come_at_once(parties: Parties) -> None:
    where = await parties.open_bed(capacity=3)
    [slot] = await parties.offer(where, times())
    seats = await asyncio.gather(*(seated(parties.catalog.database, where, slot) for _ in range(8)))
    assert sorted(seat for seat in seats if seat) == [1, 2, 3]
    [shown] = (await parties.catalog.get(f"{where}/slots")).json()["items"]
    assert shown["free_count"] == 0
    refused = await parties.catalog.http.delete(f"{where}/slots/{slot}", headers=parties.host)
    assert refused.status_code == 409


async def test_the_database_itself_refuses_a_seat_too_many_and_slots_that_overlap(parties: Parties) -> None:
    where = await parties.open_bed(capacity=1)
    [slot] = await parties.offer(where, times())
    assert await seated(parties.catalog.database, where, slot) == 1
    another = "INSERT INTO slot_seats (slot_id, seat, capacity, holder_id) VALUES (:slot, :seat, :capacity, :holder)"
    for seat, capacity in ((1, 1), (2, 1), (2, 2)):
        given = {"slot": UUID(slot), "seat": seat, "capacity": capacity, "holder": new_id()}
        with pytest.raises(IntegrityError):
            await executed(parties.catalog.database, another, given)
    copy = (
        "INSERT INTO test_slots (id, test_bed_id, bed_number, capacity, starts_at, ends_at)"
        " SELECT :id, test_bed_id, bed_number, capacity, starts_at + interval '1 hour', ends_at FROM test_slots"
    )
    with pytest.raises(IntegrityError, match="ex_test_slots_during"):
        await executed(parties.catalog.database, copy, {"id": new_id()})


async def test_an_unused_slot_is_withdrawn(parties: Parties) -> None:
    where = await parties.open_bed()
    [slot] = await parties.offer(where, times())
    for status in (204, 404):
        reply = await parties.catalog.http.delete(f"{where}/slots/{slot}", headers=parties.host)
        assert reply.status_code == status
    steps = (await parties.catalog.get(f"{where}/steps", as_=parties.host)).json()["items"]
    assert [one["action"] for one in steps] == ["withdraw_slot", "offer_slots", "create"]
