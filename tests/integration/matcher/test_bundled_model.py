"""The whole matcher with the model it ships, on sample demands and offers in two languages."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from common.contracts.catalog import DemandSnapshot
from deploy.embedded.tokens import TokenIssuer
from matcher.engine.embedding import Embedder
from matcher.settings import EngineSettings, MatcherSettings
from matcher.vectors.encoders import loader
from tests.integration.matcher.service_under_test import House, opened
from tests.support import samples

DEMAND = "port-container-damage"
BEST, IN_ENGLISH, ALIKE_IN_WORDS = "corner-damage-vision", "gate-damage-ocr-en", "container-number-ocr"


def asked() -> DemandSnapshot:
    """Open for ever, whatever day it is."""
    return samples.snapshot(samples.rows("demands.jsonl")[DEMAND]).model_copy(update={"closes_at": None})


def offered(id: str) -> dict[str, Any]:
    return samples.offer(samples.rows("offers.jsonl")[id]).model_dump(mode="json")


@pytest.fixture(scope="module")
def bundled() -> Embedder:
    engine = EngineSettings()
    return loader(engine)("ctranslate2", None)


@pytest.fixture
async def house(settings: MatcherSettings, issuer: TokenIssuer, bundled: Embedder) -> AsyncIterator[House]:
    async with opened(settings, issuer, bundled) as running:
        yield running


async def test_the_offer_that_does_it_all_comes_first_and_says_where(house: House) -> None:
    for id in (ALIKE_IN_WORDS, IN_ENGLISH, BEST):
        await house.save(offered(id))
    await house.hear(asked())
    await house.work()
    best = max(await house.matches(), key=lambda match: match["fit"])
    assert best["profile_headline"] == offered(BEST)["headline"]
    accuracy = best["verdicts"][1]
    assert accuracy["outcome"] == "satisfied"
    assert accuracy["demand_span"]["text"] == asked().clauses[1].text
    assert "97.6%" in accuracy["profile_span"]["text"]
    assert "项满足" in best["summary"]


async def test_an_english_offer_is_near_and_judged_by_the_same_clauses(house: House) -> None:
    for id in (ALIKE_IN_WORDS, IN_ENGLISH):
        await house.save(offered(id))
    wanted = await house.hear(asked())
    await house.work()
    told = (await house.client.get(f"/v1/demands/{wanted.id}/nearest", headers=house.token(wanted.owner))).json()
    [pair] = [one for one in told["nearest"] if one["profile_headline"] == offered(IN_ENGLISH)["headline"]]
    accuracy = pair["verdicts"][1]
    assert accuracy["outcome"] == "not_satisfied", "94 % is asked to be 96 %"
    assert "94%" in accuracy["profile_span"]["text"]
    assert "缺" in pair["summary"]
