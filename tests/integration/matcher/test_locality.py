"""A demand is limited to firms of some places only where its owner put the reason on record; the ranker never knows."""

import asyncio
from typing import Any

import pytest

from common.contracts.catalog import DemandSnapshot
from common.contracts.clauses import Locality
from common.fields import OrganisationKey
from matcher.subjects.kind import SubjectKind
from tests.integration.matcher.service_under_test import DAMAGE_OFFER, DAMAGE_TITLE, PORT, House, demand
from tests.support.postgres import migrate
from tests.support.rewind import rewind

QINGDAO, HUANGDAO, JINAN = "370200", "370211", "370102"
REASON = "设备故障后须在三十分钟内到场处置，依据港口设施维护管理规定"
LIMIT = Locality(divisions=(QINGDAO,), justification=REASON)
LIMIT_AS_SHOWN = {"divisions": [QINGDAO], "justification": REASON}
FIRMS = {
    HUANGDAO: OrganisationKey(scheme="lei", code="NEAR"),
    JINAN: OrganisationKey(scheme="lei", code="FAR"),
    None: OrganisationKey(scheme="lei", code="UNSAID"),
}


@pytest.fixture
async def offered(house: House) -> House:
    """The same offer from a district of the city, from another city, and from a firm that does not say where it is."""
    for division, firm in FIRMS.items():
        await house.save({**DAMAGE_OFFER, "division": division}, firm)
    await house.work()
    return house


async def matched(house: House) -> dict[str, int]:
    """Fits of current matches, by firm."""
    found = await house.matches(PORT)
    return {match["profile_organisation"]["code"]: match["fit"] for match in found}


async def published(house: House, **changes: Any) -> DemandSnapshot:
    wanted = await house.hear(demand(**changes))
    await house.work()
    return wanted


async def test_without_a_reason_on_record_everybody_is_matched(offered: House) -> None:
    await published(offered, division=HUANGDAO)
    assert set(await matched(offered)) == {"NEAR", "FAR", "UNSAID"}


@pytest.mark.parametrize("considered", [300, 10], ids=["scored all", "searched"])
async def test_a_limit_leaves_out_who_is_known_to_be_elsewhere(
    offered: House, monkeypatch: pytest.MonkeyPatch, considered: int
) -> None:
    monkeypatch.setattr(offered.settings, "considered", considered)
    for number in range(12):
        offer = {**DAMAGE_OFFER, "headline": DAMAGE_TITLE, "division": JINAN}
        await offered.save(offer, OrganisationKey(scheme="lei", code=f"FAR{number}"))
    await offered.work()
    await published(offered, locality=LIMIT)
    assert set(await matched(offered)) == {"NEAR", "UNSAID"}


async def test_those_it_leaves_in_fit_as_well_as_before(offered: House) -> None:
    wanted = await published(offered)
    before = await matched(offered)
    await offered.hear(wanted.model_copy(update={"version": 2, "locality": LIMIT}))
    await offered.work()
    assert await matched(offered) == {firm: before[firm] for firm in ("NEAR", "UNSAID")}


async def test_a_match_lapses_when_the_demand_is_limited_to_other_places(offered: House) -> None:
    wanted = await published(offered)
    await offered.hear(wanted.model_copy(update={"version": 2, "locality": LIMIT}))
    await offered.work()
    lapsed = [match.profile_organisation.code for kind, match in await offered.announced() if kind.endswith("lapsed")]
    assert lapsed == ["FAR"]


async def test_a_new_profile_from_elsewhere_is_not_matched(house: House) -> None:
    await published(house, locality=LIMIT)
    for division, firm in FIRMS.items():
        await house.save({**DAMAGE_OFFER, "division": division}, firm)
    await house.work(SubjectKind.PROFILE)
    assert set(await matched(house)) == {"NEAR", "UNSAID"}


async def test_neither_near_misses_nor_groups_come_from_elsewhere(offered: House) -> None:
    offered.limit_matches(1)
    wanted = await published(offered, locality=Locality(divisions=(JINAN,), justification=REASON))
    owner = offered.token(PORT)
    near = (await offered.client.get(f"/v1/demands/{wanted.id}/nearest", headers=owner)).json()["nearest"]
    told = {one["profile_organisation"]["code"] for one in near} | set(await matched(offered))
    assert told == {"FAR", "UNSAID"}
    reply = await offered.client.post(f"/v1/demands/{wanted.id}/consortia", json={}, headers=owner)
    members = [member for group in reply.json()["consortia"] for member in group["members"]]
    assert "NEAR" not in {member["organisation"]["code"] for member in members}


async def test_the_receipt_names_the_places_and_the_reason_and_replays(offered: House) -> None:
    await published(offered, locality=LIMIT)
    [match, *_] = await offered.matches(PORT)
    where, owner = f"/v1/rankings/{match['ranking_id']}", offered.token(PORT)
    receipt = (await offered.client.get(where, headers=owner)).json()
    assert receipt["inputs"]["settings"]["locality"] == LIMIT_AS_SHOWN
    replayed = await offered.client.post(f"{where}/replay", headers=owner)
    assert replayed.json()["is_identical"]


async def test_who_is_told_of_a_match_is_told_of_the_limit_and_why(offered: House) -> None:
    await published(offered, locality=LIMIT)
    shown = [match["locality"] for match in await offered.matches(FIRMS[HUANGDAO])]
    announced = [match.locality for _, match in await offered.announced()]
    assert (shown, announced) == ([LIMIT_AS_SHOWN], [LIMIT, LIMIT])


async def test_a_limit_that_is_lifted_is_told_too(offered: House) -> None:
    wanted = await published(offered, locality=LIMIT)
    await offered.hear(wanted.model_copy(update={"version": 2, "locality": None}))
    await offered.work()
    assert [match["locality"] for match in await offered.matches(PORT)] == [None, None, None]


async def test_matches_stored_before_they_named_the_limit_name_it_once_migrated(offered: House) -> None:
    await published(offered, locality=LIMIT)
    await published(offered)
    await rewind("matcher", offered.settings.database_url, "0005")
    await asyncio.to_thread(migrate, "matcher", offered.settings.database_url)
    shown = [match["locality"] for match in await offered.matches(PORT)]
    assert sorted(shown, key=str) == [None, None, None, LIMIT_AS_SHOWN, LIMIT_AS_SHOWN]


async def test_who_only_asks_is_told_of_the_limit(house: House) -> None:
    await published(house, locality=LIMIT)
    reply = await house.client.post("/v1/fits", json={"text": DAMAGE_OFFER["headline"]})
    shown = [*reply.json()["fits"], *reply.json()["nearest"]]
    assert [one["locality"] for one in shown] == [LIMIT_AS_SHOWN]
