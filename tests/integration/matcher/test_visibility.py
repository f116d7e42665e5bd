"""An organisation says who may read a profile of its own: everyone, those it is matched with, or nobody."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from common.contracts.clauses import Clause, ClauseKind, Comparison
from matcher.subjects.kind import SubjectKind
from tests.integration.matcher.service_under_test import (
    CATERING_OFFER,
    DAMAGE_OFFER,
    FIRM,
    OTHER_FIRM,
    PORT,
    House,
    demand,
)

NOBODY = {"Authorization": ""}
ACCURACY = Clause(
    kind=ClauseKind.PERFORMANCE,
    text="残损识别准确率不低于95%",
    metric="残损识别准确率",
    operator=Comparison.AT_LEAST,
    value=95,
    unit="%",
    is_hard=True,
)
IMPOSSIBLE = ACCURACY.model_copy(update={"text": "残损识别准确率不低于99.9%", "value": 99.9})


async def saved(house: House, visibility: str, offer: dict[str, Any] = DAMAGE_OFFER) -> str:
    return str((await house.save({**offer, "visibility": visibility}))["id"])


async def changed(house: House, profile_id: str, visibility: str | None) -> dict[str, Any]:
    path = f"/v1/profiles/{profile_id}"
    etag = (await house.client.get(path)).headers["etag"]
    body = DAMAGE_OFFER if visibility is None else {**DAMAGE_OFFER, "visibility": visibility}
    reply = await house.client.put(path, json=body, headers={"If-Match": etag})
    assert reply.status_code == 200, reply.text
    shown: dict[str, Any] = reply.json()
    return shown


async def status(house: House, profile_id: str, headers: dict[str, str]) -> int:
    return (await house.client.get(f"/v1/profiles/{profile_id}", headers=headers)).status_code


async def listed(house: House, headers: dict[str, str]) -> list[str]:
    return [one["id"] for one in (await house.client.get("/v1/profiles", headers=headers)).json()["items"]]


async def twins_of_copy(house: House) -> list[str]:
    theirs = house.token(OTHER_FIRM)
    review = await house.client.post("/v1/profiles/review", json=DAMAGE_OFFER, headers=theirs)
    copy = await house.save(DAMAGE_OFFER, OTHER_FIRM)
    later = await house.client.get(f"/v1/profiles/{copy['id']}/twins", headers=theirs)
    told = [*review.json()["twins"], *copy["twins"], *later.json()["twins"]]
    return [one["profile_id"] for one in told]


async def test_a_profile_is_public_until_it_says_otherwise_and_stays_what_it_was(house: House) -> None:
    profile_id = (await house.save(DAMAGE_OFFER))["id"]
    assert (await changed(house, profile_id, None))["visibility"] == "public"
    assert (await changed(house, profile_id, "hidden"))["visibility"] == "hidden"
    assert (await changed(house, profile_id, None))["visibility"] == "hidden"


async def test_a_word_that_is_no_visibility_is_refused_by_name(house: House) -> None:
    reply = await house.client.post("/v1/profiles", json={**DAMAGE_OFFER, "visibility": "secret"})
    assert (reply.status_code, reply.json()["errors"][0]["pointer"]) == (422, "#/visibility")


@pytest.mark.parametrize("visibility", ["parties", "hidden"])
async def test_only_its_own_organisation_reads_lists_and_hears_of_what_is_not_public(
    house: House, visibility: str
) -> None:
    profile_id = await saved(house, visibility)
    strangers = (NOBODY, house.token(OTHER_FIRM), house.token(PORT))
    assert [await status(house, profile_id, each) for each in strangers] == [404, 404, 404]
    assert [await listed(house, each) for each in strangers] == [[], [], []]
    twins = [await house.client.get(f"/v1/profiles/{profile_id}/twins", headers=each) for each in strangers]
    assert [reply.status_code for reply in twins] == [404, 404, 404]
    assert profile_id not in await twins_of_copy(house)
    assert (await status(house, profile_id, house.token()), profile_id in await listed(house, house.token())) == (
        200,
        True,
    )


async def test_the_kept_bytes_of_a_profile_go_with_its_being_public(house: House) -> None:
    profile_id = await saved(house, "public")
    assert [await status(house, profile_id, NOBODY) for _ in range(2)] == [200, 200]
    await changed(house, profile_id, "parties")
    assert await status(house, profile_id, NOBODY) == 404
    # Nor is a stranger told that what they have, or guessed, is the present text.
    tag = (await house.client.get(f"/v1/profiles/{profile_id}")).headers["etag"]
    assert await status(house, profile_id, {**NOBODY, "If-None-Match": tag}) == 404
    await changed(house, profile_id, "public")
    assert await status(house, profile_id, {**NOBODY, "If-None-Match": tag}) == 200


async def test_parties_are_those_whose_demand_it_matches_now(house: House) -> None:
    profile_id = await saved(house, "parties")
    wanted = await house.hear(demand())
    await house.work()
    assert [one["profile_id"] for one in await house.matches(PORT)] == [profile_id]
    assert await status(house, profile_id, house.token(PORT)) == 200
    assert await listed(house, house.token(PORT)) == [profile_id]
    assert await status(house, profile_id, house.token(OTHER_FIRM)) == 404
    await house.hear(wanted.model_copy(update={"version": 2, "title": CATERING_OFFER["headline"], "need": "菜谱"}))
    await house.work()
    assert await house.matches(PORT) == []
    assert await status(house, profile_id, house.token(PORT)) == 404


async def near(house: House, demand_id: Any) -> list[str]:
    reply = await house.client.get(f"/v1/demands/{demand_id}/nearest", headers=house.token(PORT))
    return [one["profile_id"] for one in reply.json()["nearest"]]


async def partners(house: House, demand_id: Any) -> list[str]:
    reply = await house.client.post(f"/v1/demands/{demand_id}/consortia", json={}, headers=house.token(PORT))
    return [member["profile_id"] for group in reply.json()["consortia"] for member in group["members"]]


@pytest.mark.parametrize("where", [near, partners])
async def test_who_misses_a_demand_is_shown_to_its_owner_only_when_public(
    house: House, where: Callable[[House, Any], Awaitable[list[str]]]
) -> None:
    shown, _ = await saved(house, "public"), await saved(house, "parties")
    wanted = await house.hear(demand(clauses=(ACCURACY, IMPOSSIBLE)))
    await house.work()
    assert await house.matches(PORT) == []
    assert set(await where(house, wanted.id)) == {shown}


async def test_who_matches_is_a_partner_though_for_parties_alone(house: House) -> None:
    profile_id = await saved(house, "parties")
    wanted = await house.hear(demand(clauses=(ACCURACY,)))
    await house.work()
    assert await partners(house, wanted.id) == [profile_id]


async def test_a_hidden_profile_is_matched_with_nothing_until_it_is_shown(house: House) -> None:
    profile_id = await saved(house, "hidden")
    wanted = await house.hear(demand())
    await house.work()
    assert (await house.matches(PORT), await near(house, wanted.id), await house.jobs()) == ([], [], [])
    await changed(house, profile_id, "parties")
    await house.work()
    assert [one["profile_id"] for one in await house.matches(PORT)] == [profile_id]


async def test_hiding_a_profile_ends_its_matches_and_what_waits_for_it(house: House) -> None:
    profile_id = await saved(house, "public")
    wanted = await house.hear(demand())
    await house.work()
    await changed(house, profile_id, "hidden")
    assert (await house.matches(PORT), await house.matches(FIRM), await house.jobs()) == ([], [], [])
    assert (await house.announced())[-1][0] == "matcher.match.lapsed"
    await house.queue(SubjectKind.DEMAND, wanted.id)
    await house.work()
    assert (await house.matches(PORT), await status(house, profile_id, house.token(PORT))) == ([], 404)


async def test_a_profile_hidden_while_a_demand_is_ranked_becomes_no_match(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile_id = await saved(house, "public")
    await house.work()
    await house.hear(demand())
    house.after_ranking(monkeypatch, lambda: changed(house, profile_id, "hidden"))
    await house.work()
    assert (await house.matches(PORT), await house.jobs()) == ([], [])


@pytest.mark.parametrize(("said", "kept"), [({}, "private"), ({"ownership": None}, None)])
async def test_ownership_stays_where_a_new_version_leaves_it_out(
    house: House, said: dict[str, Any], kept: str | None
) -> None:
    profile = await house.save({**DAMAGE_OFFER, "ownership": "private"})
    path = f"/v1/profiles/{profile['id']}"
    reply = await house.client.put(path, json={**DAMAGE_OFFER, **said}, headers={"If-Match": '"1"'})
    assert (reply.status_code, reply.json()["ownership"]) == (200, kept)
