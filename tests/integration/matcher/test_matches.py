"""A demand and a profile that fit find each other, whichever comes first, and their match lives as they do."""

from common.contracts.words import DemandState
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


async def test_a_published_demand_finds_the_profile_that_fits(house: House) -> None:
    fitting = await house.save(DAMAGE_OFFER)
    await house.save(CATERING_OFFER)
    await house.work()
    wanted = await house.hear(demand())
    await house.work()
    [match] = await house.matches()
    assert (match["demand_id"], match["profile_id"]) == (str(wanted.id), fitting["id"])
    assert await house.matches(PORT) == [match]


async def test_a_saved_profile_finds_the_demand_that_fits(house: House) -> None:
    wanted = await house.hear(demand())
    await house.work()
    fitting = await house.save(DAMAGE_OFFER)
    await house.work()
    [(kind, match)] = await house.announced()
    assert (kind, match.demand_id, str(match.profile_id)) == ("matcher.match.computed", wanted.id, fitting["id"])


async def test_an_offer_of_another_kind_is_no_match(house: House) -> None:
    await house.save({**DAMAGE_OFFER, "offer_kind": "research"})
    await house.hear(demand())
    await house.work()
    assert await house.announced() == []


async def test_a_fit_below_the_threshold_is_no_match_and_the_owner_learns_who_came_near(house: House) -> None:
    near = await house.save(CATERING_OFFER)
    wanted = await house.hear(demand())
    await house.work()
    assert await house.announced() == []
    reply = await house.client.get(f"/v1/demands/{wanted.id}/nearest", headers=house.token(PORT))
    told = reply.json()
    assert [one["profile_id"] for one in told["nearest"]] == [near["id"]]
    assert told["nearest"][0]["fit"] < told["least_fit"]


async def test_a_closed_demand_ends_its_matches_once(house: House) -> None:
    await house.save(DAMAGE_OFFER)
    wanted = await house.hear(demand())
    await house.work()
    closed = wanted.model_copy(update={"version": 2, "state": DemandState.CLOSED})
    await house.hear(closed)
    await house.hear(closed)
    await house.work()
    kinds = [(kind, match.version) for kind, match in await house.announced()]
    assert kinds == [("matcher.match.computed", 1), ("matcher.match.lapsed", 2)]
    assert await house.matches() == []
    assert len(await house.matches(is_current=False)) == 1


async def test_a_withdrawn_profile_ends_its_matches_and_finds_no_new_ones(house: House) -> None:
    profile = await house.save(DAMAGE_OFFER)
    await house.hear(demand())
    await house.work()
    reply = await house.client.post(f"/v1/profiles/{profile['id']}/withdraw")
    assert (reply.status_code, reply.json()["state"]) == (200, "withdrawn")
    await house.hear(demand())
    await house.work()
    assert [kind for kind, _ in await house.announced()] == ["matcher.match.computed", "matcher.match.lapsed"]


async def test_a_profile_changed_for_the_worse_loses_its_match(house: House) -> None:
    profile = await house.save(DAMAGE_OFFER)
    await house.hear(demand())
    await house.work()
    changed = await house.client.put(f"/v1/profiles/{profile['id']}", json=CATERING_OFFER, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    await house.work()
    assert [kind for kind, _ in await house.announced()] == ["matcher.match.computed", "matcher.match.lapsed"]


async def test_a_match_comes_back_when_it_holds_again(house: House) -> None:
    await house.save(DAMAGE_OFFER)
    wanted = await house.hear(demand())
    await house.work()
    await house.hear(wanted.model_copy(update={"version": 2, "state": DemandState.CLOSED}))
    await house.hear(wanted.model_copy(update={"version": 3, "state": DemandState.PUBLISHED}))
    await house.work()
    events = await house.announced()
    assert [match.version for _, match in events] == [1, 2, 3]
    assert len({match.id for _, match in events}) == 1
    assert events[-1][1].is_current


async def test_an_amendment_is_told_again_with_its_new_words(house: House) -> None:
    await house.save(DAMAGE_OFFER)
    wanted = await house.hear(demand())
    await house.work()
    await house.hear(wanted.model_copy(update={"version": 2, "title": f"{wanted.title}（二次）"}))
    await house.work()
    _, match = (await house.announced())[-1]
    assert (match.version, match.demand_version, match.demand_title) == (2, 2, f"{wanted.title}（二次）")


async def test_ranking_again_what_has_not_changed_announces_nothing(house: House) -> None:
    await house.save(DAMAGE_OFFER)
    wanted = await house.hear(demand())
    await house.work()
    before = await house.announced()
    await house.queue(SubjectKind.DEMAND, wanted.id)
    await house.work()
    assert await house.announced() == before
    assert await house.jobs() == []


async def test_only_the_two_sides_see_a_match(house: House) -> None:
    await house.save(DAMAGE_OFFER)
    wanted = await house.hear(demand())
    await house.work()
    [match] = await house.matches()
    path = f"/v1/matches/{match['id']}"
    seen = [(await house.client.get(path, headers=house.token(who))).status_code for who in (FIRM, PORT, OTHER_FIRM)]
    assert seen == [200, 200, 404]
    owners_list = f"/v1/demands/{wanted.id}/matches"
    assert (await house.client.get(owners_list, headers=house.token(PORT))).json()["items"] == [match]
    assert (await house.client.get(owners_list, headers=house.token(FIRM))).status_code == 404


async def test_a_demand_takes_only_as_many_matches_as_allowed_and_the_best_of_them(house: House) -> None:
    house.limit_matches(2)
    weaker = [{**DAMAGE_OFFER, "headline": f"闸口箱体残损识别{word}", "items": []} for word in ("软件", "服务", "方案")]
    for offer in (*weaker, DAMAGE_OFFER):
        await house.save(offer)
    await house.work()
    await house.hear(demand())
    await house.work()
    matches = await house.matches()
    assert len(matches) == 2
    assert max(matches, key=lambda match: match["fit"])["profile_headline"] == DAMAGE_OFFER["headline"]
