"""A demand and a profile that fit find each other, whichever comes first, and their match lives as they do."""

import asyncio

from common.contracts.catalog import DemandState
from matcher.matching.rules import SubjectKind
from tests.integration.matcher.house import CATERING_OFFER, DAMAGE_OFFER, PORT, House, demand


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
