"""A demand's owner may be shown, now and then, a profile that just missed: to learn what it would have come to."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from common.contracts.words import DemandState
from deploy.embedded.tokens import TokenIssuer
from matcher.engine.ranking import exploration
from matcher.settings import MatcherSettings
from tests.integration.matcher.service_under_test import CATERING_OFFER, DAMAGE_OFFER, PORT, House, demand, opened

SHARE = 0.2


@pytest.fixture
async def curious(settings: MatcherSettings, issuer: TokenIssuer) -> AsyncIterator[House]:
    """A house that explores, whose matches must fit a little better than DAMAGE_OFFER does."""
    async with opened(settings, issuer) as house:
        fit = await fit_of_the_offer(house)
    settings.exploration_share, settings.threshold = SHARE, fit + 3
    async with opened(settings, issuer) as house:
        yield house


async def fit_of_the_offer(house: House) -> int:
    profile = await house.save(DAMAGE_OFFER)
    wanted = await house.hear(demand())
    await house.work()
    [match] = await house.matches(PORT)
    await house.client.post(f"/v1/profiles/{profile['id']}/withdraw")
    await house.hear(wanted.model_copy(update={"version": 2, "state": DemandState.CLOSED}))
    fit: int = match["fit"]
    return fit


def id_of_a_demand(profile_id: str, *, is_shown: bool) -> UUID:
    return next(
        one for one in iter(uuid4, None) if bool(exploration.chosen(f"{one}/1", [UUID(profile_id)], SHARE)) is is_shown
    )


async def matches_of(house: House, demand_id: UUID) -> list[dict[str, Any]]:
    return await house.matches(PORT, demand_id=str(demand_id))


async def test_one_that_just_missed_is_shown_and_its_chance_kept(curious: House) -> None:
    profile = await curious.save(DAMAGE_OFFER)
    await curious.save(CATERING_OFFER)
    await curious.work()
    wanted = await curious.hear(demand(id=id_of_a_demand(profile["id"], is_shown=True)))
    await curious.work()
    [match] = await matches_of(curious, wanted.id)
    assert match["profile_id"] == profile["id"]
    path = f"/v1/matches/{match['id']}/outcomes"
    reply = await curious.client.post(path, json={"outcome": "shortlisted"}, headers=curious.token(PORT))
    assert (reply.json()["propensity"], reply.json()["rank"]) == (SHARE, 1)


async def test_most_that_just_missed_are_not_shown(curious: House) -> None:
    profile = await curious.save(DAMAGE_OFFER)
    await curious.work()
    wanted = await curious.hear(demand(id=id_of_a_demand(profile["id"], is_shown=False)))
    await curious.work()
    assert await matches_of(curious, wanted.id) == []


async def test_ranking_again_shows_the_same_and_the_receipt_replays(curious: House) -> None:
    profile = await curious.save(DAMAGE_OFFER)
    await curious.work()
    wanted = await curious.hear(demand(id=id_of_a_demand(profile["id"], is_shown=True)))
    await curious.work()
    before = await curious.announced()
    await curious.hear(wanted)
    await curious.work()
    assert await curious.announced() == before
    [match] = await matches_of(curious, wanted.id)
    reply = await curious.client.post(f"/v1/rankings/{match['ranking_id']}/replay", headers=curious.token(PORT))
    assert reply.json()["is_identical"]
