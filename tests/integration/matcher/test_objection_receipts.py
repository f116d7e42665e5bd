"""The receipts that objections rest on: whose they are, who replays them, how long they are kept."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from common.auth import Principal
from common.clock import now
from common.roles import Role
from matcher.objections import service
from matcher.objections.schemas import ObjectionIn
from matcher.upkeep import repository as upkeep
from tests.integration.matcher.objecting import CITY, STATEMENT, Objecting
from tests.integration.matcher.service_under_test import DAMAGE_OFFER, FIRM, OTHER_FIRM, House, demand


async def test_who_was_not_shown_objects_to_the_last_ranking_and_an_auditor_replays_it(objecting: Objecting) -> None:
    path = await objecting.filed()
    [receipt] = (await objecting.read(path, CITY, "auditor"))["receipts"]
    assert receipt["ranking_id"] == (await objecting.match())["ranking_id"]
    replayed = await objecting.taken(receipt["replay"], CITY, "auditor")
    assert (replayed["is_identical"], replayed["digest"]) == (True, receipt["digest"])


async def test_receipts_can_be_named_by_whom_they_concern(objecting: Objecting) -> None:
    ranking_id = (await objecting.match())["ranking_id"]
    named = {"subject": "fairness", "ranking_ids": [ranking_id, ranking_id]}
    own = await objecting.read(await objecting.filed(FIRM, **named), FIRM)
    assert [one["ranking_id"] for one in own["receipts"]] == [ranking_id]
    refused = await objecting.file(OTHER_FIRM, **named)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "#/ranking_ids/0")


async def test_a_ranking_is_objected_to_with_receipts_of_it(objecting: Objecting) -> None:
    other = str((await objecting.house.hear(demand())).id)
    refused = await objecting.file(FIRM, demand_id=other, ranking_ids=[(await objecting.match())["ranking_id"]])
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "#/ranking_ids/0")


async def test_beside_a_profiles_own_ranking_stands_the_demands_last_one(house: House) -> None:
    objecting = Objecting(house)
    objecting.demand_id = str((await house.hear(demand())).id)
    await house.work()
    await house.save(DAMAGE_OFFER, FIRM)
    await house.work()
    own = (await objecting.match())["ranking_id"]
    path = await objecting.filed(FIRM, ranking_ids=[own])
    named = [one["ranking_id"] for one in (await objecting.read(path, FIRM))["receipts"]]
    assert (named[0], len(named)) == (own, 2)


async def test_who_may_not_read_a_receipt_gets_no_address_to_replay_it(objecting: Objecting) -> None:
    shown, missed = await objecting.filed(FIRM), await objecting.filed(OTHER_FIRM)
    for path, who, role, is_there in (
        (shown, FIRM, "enterprise", True),
        (missed, OTHER_FIRM, "enterprise", False),
        (missed, CITY, "reviewer", True),
    ):
        [receipt] = (await objecting.read(path, who, role))["receipts"]
        replayed = await objecting.take(f"/v1/rankings/{receipt['ranking_id']}/replay", who, role)
        assert (receipt["replay"] is not None, replayed.status_code == 200) == (is_there, is_there)


async def test_receipts_that_an_objection_names_outlive_those_that_nobody_does(objecting: Objecting) -> None:
    house = objecting.house
    paths = [await objecting.filed(who) for who in (OTHER_FIRM, FIRM)]
    [named] = (await objecting.read(paths[0], OTHER_FIRM))["receipts"]
    await house.execute("DELETE FROM matches")
    await forget(house)
    assert await receipts(house) == [UUID(named["ranking_id"])]
    for path, who, kept in zip(paths, (OTHER_FIRM, FIRM), ([UUID(named["ranking_id"])], None), strict=True):
        await objecting.taken(f"{path}/withdraw", who, "enterprise")
        await forget(house)
        assert await receipts(house) == kept


async def test_a_receipt_that_is_being_named_is_not_dropped_meanwhile(objecting: Objecting) -> None:
    house = objecting.house
    await house.execute("DELETE FROM matches")
    who = Principal(
        subject="who", organisation=OTHER_FIRM, organisation_name="示例单位", roles=frozenset({Role.ENTERPRISE})
    )
    body = ObjectionIn.model_validate(
        {"subject": "ranking", "demand_id": objecting.demand_id, "statement": STATEMENT, "ranking_ids": []}
    )
    async with house.database.begin() as session:
        filed = await service.file(session, who, body, now())
        await forget(house)
    assert filed.ranking_ids[0] in await receipts(house)


async def forget(house: House) -> None:
    async with house.database.begin() as session:
        await upkeep.forget_receipts(session, now() + timedelta(days=1))


async def receipts(house: House) -> Sequence[UUID]:
    found: Sequence[UUID] = await house.one("SELECT array_agg(id) FROM rankings")
    return found
