"""Every match points to the receipt of its ranking, which anybody it concerns can check by computing it again."""

import asyncio
import hashlib
import json
from typing import Any
from uuid import UUID

import pytest
import rfc8785

from common.fields import OrganisationKey
from deploy.embedded.tokens import TokenIssuer
from matcher.settings import MatcherSettings
from matcher.subjects.kind import SubjectKind
from tests.integration.matcher.service_under_test import (
    CATERING_OFFER,
    DAMAGE_NEED,
    DAMAGE_OFFER,
    FIRM,
    OTHER_FIRM,
    PORT,
    House,
    demand,
    opened,
)


async def receipt(house: House) -> dict[str, Any]:
    """Of the ranking that made the one match."""
    [match] = await house.matches()
    reply = await house.client.get(f"/v1/rankings/{match['ranking_id']}")
    assert reply.status_code == 200, reply.text
    shown: dict[str, Any] = reply.json()
    return shown


async def replayed(house: House, ranking_id: str) -> dict[str, Any]:
    answer: dict[str, Any] = (await house.client.post(f"/v1/rankings/{ranking_id}/replay")).json()
    return answer


async def two_profiles_and_a_demand(house: House) -> None:
    await house.save(DAMAGE_OFFER)
    await house.save(CATERING_OFFER)
    await house.work()
    await house.hear(demand())
    await house.work()


async def test_the_digest_is_that_of_the_inputs_shown(house: House) -> None:
    await two_profiles_and_a_demand(house)
    shown = await receipt(house)
    assert hashlib.sha256(rfc8785.dumps(shown["inputs"])).hexdigest() == shown["digest"]
    assert len(shown["results"]) == len(shown["inputs"]["considered"]) == 2
    assert shown["results"] == sorted(shown["results"], key=lambda result: -result["score"])


async def test_a_replay_of_unchanged_inputs_is_identical(house: House) -> None:
    await two_profiles_and_a_demand(house)
    shown = await receipt(house)
    answer = await replayed(house, shown["id"])
    assert answer == {"is_identical": True, "digest": shown["digest"], "difference_count": 0, "differences": []}


async def test_a_replay_names_the_input_that_changed(house: House) -> None:
    await two_profiles_and_a_demand(house)
    shown = await receipt(house)
    changed = shown["results"][1]["id"]
    await house.client.put(f"/v1/profiles/{changed}", json=DAMAGE_OFFER, headers={"If-Match": '"1"'})
    await house.work()
    answer = await replayed(house, shown["id"])
    assert not answer["is_identical"]
    assert answer["differences"] == [{"what": "considered", "id": changed, "was": "version 1", "now": "version 2"}]


async def test_a_replay_notices_a_score_that_was_tampered_with(house: House) -> None:
    await two_profiles_and_a_demand(house)
    shown = await receipt(house)
    await house.execute("UPDATE rankings SET scores = ARRAY[scores[1] - 0.5, scores[2]]")
    answer = await replayed(house, shown["id"])
    assert [(one["what"], one["id"]) for one in answer["differences"]] == [("score", shown["results"][0]["id"])]


async def test_a_replay_counts_the_differences_it_has_no_room_for(house: House) -> None:
    await two_profiles_and_a_demand(house)
    shown = await receipt(house)
    await house.execute(
        "UPDATE rankings SET ids = ids || array(SELECT gen_random_uuid() FROM generate_series(1, 150)),"
        " versions = versions || array_fill(1, ARRAY[150]), scores = scores || array_fill(0.0::float, ARRAY[150])"
    )
    path = f"/v1/rankings/{shown['id']}/replay"
    answer = (await house.client.post(path, headers=house.token(PORT))).json()
    assert (len(answer["differences"]), answer["difference_count"]) == (100, 150)


async def test_a_profiles_own_ranking_replays_too(house: House) -> None:
    await house.hear(demand())
    await house.work()
    await house.save(DAMAGE_OFFER)
    await house.work()
    shown = await receipt(house)
    assert shown["subject_kind"] == "profile"
    assert (await replayed(house, shown["id"]))["is_identical"]


async def test_strangers_see_no_receipt(house: House) -> None:
    await two_profiles_and_a_demand(house)
    path = f"/v1/rankings/{(await receipt(house))['id']}"
    statuses = [
        (await house.client.get(path, headers=house.token(who))).status_code for who in (FIRM, PORT, OTHER_FIRM)
    ]
    assert statuses == [200, 200, 404]
    assert (await house.client.get(path, headers=house.token(OTHER_FIRM, "operator"))).status_code == 200


async def two_firms_and_a_demand(house: House) -> str:
    """Path of the receipt of a ranking that considered both firms and matched one."""
    await house.save(DAMAGE_OFFER)
    await house.save(CATERING_OFFER, OTHER_FIRM)
    await house.work()
    await house.hear(demand())
    await house.work()
    return f"/v1/rankings/{(await receipt(house))['id']}"


async def seen(house: House, path: str, who: OrganisationKey, *roles: str) -> dict[str, Any]:
    reply = await house.client.get(path, headers=house.token(who, *roles))
    assert reply.status_code == 200, reply.text
    shown: dict[str, Any] = reply.json()
    return shown


async def test_a_party_sees_its_own_lines_and_places_and_nothing_of_its_competitors(house: House) -> None:
    path = await two_firms_and_a_demand(house)
    whole, own = await seen(house, path, PORT, "publisher"), await seen(house, path, FIRM)
    assert await seen(house, path, OTHER_FIRM, "auditor") == whole
    mine, others = whole["results"]
    assert own["results"] == [mine]
    assert (mine["rank"], own["digest"], own["considered_count"]) == (1, whole["digest"], 2)
    assert others["id"] not in json.dumps(own)


async def test_a_replay_shows_a_party_nothing_of_its_competitors(house: House) -> None:
    path = await two_firms_and_a_demand(house)
    [mine] = (await seen(house, path, FIRM))["results"]
    await house.execute("UPDATE rankings SET scores = array_fill(0.5::float, ARRAY[cardinality(scores)])")
    shown, own = [(await house.client.post(f"{path}/replay", headers=house.token(who))).json() for who in (PORT, FIRM)]
    assert own["difference_count"] == shown["difference_count"] == 2
    assert {each["id"] for each in own["differences"]} == {mine["id"]}


CROWD = 12
"""Requests at once, six times as many as there are connections."""


@pytest.mark.parametrize("is_keyed", [False, True])
async def test_a_crowd_of_computations_shares_few_connections(
    settings: MatcherSettings, issuer: TokenIssuer, *, is_keyed: bool
) -> None:
    settings.database_pool, settings.answer_queue, settings.answer_limit_s = 2, 100, 60
    async with opened(settings, issuer) as house:
        await two_profiles_and_a_demand(house)
        shown = await receipt(house)
        asked = [
            (f"/v1/rankings/{shown['id']}/replay", None),
            ("/v1/fits", {"text": DAMAGE_NEED}),
            (f"/v1/demands/{shown['subject_id']}/consortia", {}),
        ]
        replies = await asyncio.gather(
            *(
                house.client.post(
                    path,
                    json=body,
                    headers=house.token(PORT, "enterprise")
                    | ({"Idempotency-Key": f"k-{at}-{number}"} if is_keyed else {}),
                )
                for at in range(CROWD)
                for number, (path, body) in enumerate(asked)
            )
        )
    assert {reply.status_code for reply in replies} == {200}


async def test_a_replay_names_the_setting_that_changed(settings: MatcherSettings, issuer: TokenIssuer) -> None:
    async with opened(settings, issuer) as house:
        await two_profiles_and_a_demand(house)
        shown = await receipt(house)
    settings.match_limit = 7
    async with opened(settings, issuer) as house:
        answer = await replayed(house, shown["id"])
    assert answer["differences"] == [{"what": "setting", "id": None, "was": "match_limit 30", "now": "match_limit 7"}]


async def test_a_replay_under_another_model_names_the_changed_setting_too(
    settings: MatcherSettings, issuer: TokenIssuer
) -> None:
    async with opened(settings, issuer) as house:
        await two_profiles_and_a_demand(house)
        shown = await receipt(house)
        await house.execute("UPDATE rankings SET model_id = 'another', ranker_version = 'older'")
    settings.match_limit = 7
    async with opened(settings, issuer) as house:
        answer = await replayed(house, shown["id"])
    assert [(one["what"], one["was"]) for one in answer["differences"]] == [
        ("model", "another"),
        ("ranker", "older"),
        ("setting", "match_limit 30"),
    ]


async def test_a_receipt_stays_open_to_those_it_matched_after_the_next_ranking(house: House) -> None:
    """The match then rests on the newer receipt; what was announced with the older one can still be checked."""
    await two_profiles_and_a_demand(house)
    first = await receipt(house)
    await house.queue(SubjectKind.DEMAND, UUID(first["subject_id"]))
    await house.work()
    assert (await receipt(house))["id"] != first["id"]
    path = f"/v1/rankings/{first['id']}"
    statuses = [(await house.client.get(path, headers=house.token(who))).status_code for who in (FIRM, OTHER_FIRM)]
    assert statuses == [200, 404]
