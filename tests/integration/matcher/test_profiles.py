"""Capability profiles over HTTP: made, read, changed and withdrawn by their organisation alone."""

from typing import Any

import pytest

from tests.integration.matcher.service_under_test import CATERING_OFFER, DAMAGE_OFFER, FIRM, OTHER_FIRM, House

ONE = {"If-Match": '"1"'}


async def test_a_profile_says_where_it_is_and_which_version(house: House) -> None:
    reply = await house.client.post("/v1/profiles", json=DAMAGE_OFFER)
    profile = reply.json()
    assert (reply.status_code, reply.headers["etag"]) == (201, '"1"')
    shown = await house.client.get(reply.headers["location"])
    assert {**shown.json(), "twins": []} == profile
    assert (profile["organisation"], profile["language"]) == ({"scheme": "lei", "code": FIRM.code}, "zh")


async def test_the_same_key_makes_one_profile(house: House) -> None:
    key = {"Idempotency-Key": "mine"}
    first = await house.client.post("/v1/profiles", json=DAMAGE_OFFER, headers=key)
    second = await house.client.post("/v1/profiles", json=DAMAGE_OFFER, headers=key)
    assert second.json() == first.json()
    assert len((await house.client.get("/v1/profiles")).json()["items"]) == 1


async def test_a_change_needs_the_version_it_was_made_on(house: House) -> None:
    path = f"/v1/profiles/{(await house.save(DAMAGE_OFFER))['id']}"
    without = await house.client.put(path, json=CATERING_OFFER)
    first = await house.client.put(path, json=CATERING_OFFER, headers=ONE)
    second = await house.client.put(path, json=DAMAGE_OFFER, headers=ONE)
    assert [without.status_code, first.status_code, second.status_code] == [428, 200, 412]
    assert (await house.client.get(path)).json()["headline"] == CATERING_OFFER["headline"]


async def test_nobody_changes_the_profile_of_another(house: House) -> None:
    path = f"/v1/profiles/{(await house.save(DAMAGE_OFFER))['id']}"
    theirs = house.token(OTHER_FIRM)
    change = await house.client.put(path, json=CATERING_OFFER, headers={**theirs, **ONE})
    withdrawal = await house.client.post(f"{path}/withdraw", headers=theirs)
    assert (change.status_code, withdrawal.status_code) == (404, 404)


async def test_a_withdrawn_profile_is_gone_and_stays_as_it_was(house: House) -> None:
    path = f"/v1/profiles/{(await house.save(DAMAGE_OFFER))['id']}"
    await house.client.post(f"{path}/withdraw")
    again = await house.client.post(f"{path}/withdraw")
    change = await house.client.put(path, json=CATERING_OFFER, headers={"If-Match": '"2"'})
    assert (again.status_code, again.json()["version"]) == (200, 2)
    assert (change.status_code, change.json()["type"]) == (409, "/problems/not_allowed_now")
    assert (await house.client.get(path)).status_code == 404
    assert (await house.client.get("/v1/profiles")).json()["items"] == []


async def test_the_list_is_paged_newest_first_without_gaps_or_repeats(house: House) -> None:
    made = [(await house.save({**DAMAGE_OFFER, "headline": f"第{number}个"}))["id"] for number in range(5)]
    seen, path = [], "/v1/profiles?limit=2"
    while path:
        reply = await house.client.get(path)
        seen += [profile["id"] for profile in reply.json()["items"]]
        link = reply.links.get("next")
        path = link["url"] if link else ""
    assert seen == made[::-1]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("offer_kind=solution", 2),
        ("offer_kind=capital", 0),
        ("track=空天信息", 1),
        ("division=370202", 1),
        ("language=en", 1),
        (f"organisation_scheme=lei&organisation_code={FIRM.code}", 1),
    ],
)
async def test_the_list_can_be_narrowed(house: House, query: str, count: int) -> None:
    await house.save({**DAMAGE_OFFER, "tracks": ["空天信息"], "division": "370202"})
    await house.save({"offer_kind": "solution", "headline": "Drive-through gate portals"}, OTHER_FIRM)
    reply = await house.client.get(f"/v1/profiles?{query}")
    assert len(reply.json()["items"]) == count


async def test_a_batch_is_stored_whole_or_not_at_all(house: House) -> None:
    broken = {"profiles": [DAMAGE_OFFER, {**CATERING_OFFER, "offer_kind": "magic"}]}
    refused = await house.client.post("/v1/profiles/batch", json=broken)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "#/profiles/1/offer_kind"
    assert await house.jobs() == []
    stored = await house.client.post("/v1/profiles/batch", json={"profiles": [DAMAGE_OFFER, CATERING_OFFER]})
    headlines = [profile["headline"] for profile in stored.json()["profiles"]]
    assert (stored.status_code, headlines) == (201, [DAMAGE_OFFER["headline"], CATERING_OFFER["headline"]])
    assert len(await house.jobs()) == 2


@pytest.mark.parametrize(
    ("offer", "pointer"),
    [
        ({**DAMAGE_OFFER, "headline": ""}, "#/headline"),
        ({**DAMAGE_OFFER, "headline": "有\x00字"}, "#/headline"),
        ({**DAMAGE_OFFER, "summary": "字" * 200_000}, "#/summary"),
        ({**DAMAGE_OFFER, "items": [{"title": "能力", "trl": 10}]}, "#/items/0/trl"),
        ({**DAMAGE_OFFER, "items": [{"title": "能力"}] * 1000}, "#/items"),
        ({**DAMAGE_OFFER, "division": "青岛"}, "#/division"),
        ({**DAMAGE_OFFER, "registered_capital": 5}, "#/registered_capital"),
        ({**DAMAGE_OFFER, "language": "fr"}, "#/language"),
    ],
)
async def test_bad_input_is_refused_by_the_name_of_its_field(house: House, offer: dict[str, Any], pointer: str) -> None:
    reply = await house.client.post("/v1/profiles", json=offer)
    assert (reply.status_code, reply.headers["content-type"]) == (422, "application/problem+json")
    assert reply.json()["errors"][0]["pointer"] == pointer
    assert await house.jobs() == []


async def test_only_enterprises_make_profiles(house: House) -> None:
    as_publisher = await house.client.post("/v1/profiles", json=DAMAGE_OFFER, headers=house.token(FIRM, "publisher"))
    as_nobody = await house.client.post("/v1/profiles", json=DAMAGE_OFFER, headers={"Authorization": ""})
    assert (as_publisher.status_code, as_nobody.status_code) == (403, 401)


async def test_a_credit_code_that_cannot_exist_is_refused(house: House) -> None:
    impossible = FIRM.model_copy(update={"scheme": "uscc", "code": "91330106MA2805HB2J"})
    reply = await house.client.post("/v1/profiles", json=DAMAGE_OFFER, headers=house.token(impossible))
    assert reply.status_code == 403
    assert "check character" in reply.json()["detail"]
