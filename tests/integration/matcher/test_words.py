"""Searches by words look for what is rare, so that a word everybody uses costs nothing."""

from uuid import UUID

import pytest

from common.contracts.matcher import OfferKind
from matcher.search import repository as search
from matcher.search.repository import ActiveProfiles, Probe
from matcher.vectors import repository as vectors
from tests.integration.matcher.service_under_test import House

ROWS = 10
BY_WORDS = 2
"""The place of the list by words among those of the first language."""


@pytest.fixture
async def crowded(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """Sixty systems for containers and one with sonar, where a list is made of ten rows."""
    headlines = [*(f"集装箱系统第{number}号" for number in range(60)), "声呐系统"]
    offers = [{"offer_kind": "solution", "headline": headline} for headline in headlines]
    reply = await house.client.post("/v1/profiles/batch", json={"profiles": offers})
    assert reply.status_code == 201
    await house.work()
    await house.execute("ANALYZE profile_embeddings")
    monkeypatch.setattr(search, "MOST_WORDED", ROWS)
    return house


async def test_beside_a_rare_word_a_common_one_is_not_looked_for(crowded: House) -> None:
    assert len(await found(crowded, "系统", "声呐")) == 1


async def test_where_all_words_are_common_the_rarest_still_finds_some(crowded: House) -> None:
    assert len(await found(crowded, "系统", "集装箱")) == ROWS


async def test_without_words_nobody_is_found_by_words(crowded: House) -> None:
    assert await found(crowded) == []


async def found(house: House, *words: str) -> list[UUID]:
    [title] = house.embedder.encode_queries(["系统"])
    async with house.database.begin() as session:
        model = await vectors.active_model(session)
        assert model is not None
        among = ActiveProfiles(OfferKind.SOLUTION)
        lists = await search.search(session, model.id, Probe(title, title, words), among, limit=100)
    return lists[BY_WORDS]
