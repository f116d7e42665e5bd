"""No text that is sent holds up a matcher: what one request costs has a bound, whatever was written for it."""

import time
from collections.abc import AsyncIterator, Sequence
from typing import Any

import psutil
import pytest

from deploy.embedded.tokens import TokenIssuer
from matcher.engine.embedding import Matrix
from matcher.settings import MatcherSettings
from matcher.subjects.profiles.offer import MOST_CHARACTERS
from matcher.vectors import content
from tests.integration.matcher.service_under_test import House, StandIn, demand, opened

LONGEST_S = 5.0
"""Of processor time; some 0.3 s are used, and 75 s were before sentences had a greatest length."""
MOST_GROWTH_MB = 100


class Counting(StandIn):
    """Notes what it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.given: list[str] = []

    def encode_passages(self, texts: Sequence[str], **how: Any) -> Matrix:
        self.given += texts
        return super().encode_passages(texts, **how)


@pytest.fixture
def embedder() -> Counting:
    return Counting()


@pytest.fixture
async def house(settings: MatcherSettings, issuer: TokenIssuer, embedder: Counting) -> AsyncIterator[House]:
    async with opened(settings, issuer, embedder) as running:
        yield running


def page(part: str, length: int = 20_000) -> str:
    return (part * (length // len(part) + 1))[:length]


async def asked(house: House, **body: Any) -> float:
    """Seconds of processor time that this process took to answer."""
    began = time.process_time()
    reply = await house.client.post("/v1/fits", json=body)
    assert reply.status_code == 200, reply.text
    return time.process_time() - began


@pytest.mark.parametrize(
    "part",
    [
        "识别准确率98.5%且",
        "识别准确率98.5%，",
        "除危险品箱外三级等保，",
        "每小时9×24，",
        "不支持语音播报，",
        "accuracy of 98.5% and ",
        "（",
        "9",
    ],
)
async def test_a_sentence_of_twenty_thousand_characters_costs_little(
    house: House, embedder: Counting, part: str
) -> None:
    await house.hear(demand())
    await house.work()
    await asked(house, text="闸口集装箱箱体残损识别系统")
    embedder.given.clear()
    assert await asked(house, text=page(part)) < LONGEST_S
    headline_and_body = 2
    assert len(embedder.given) <= headline_and_body + 2


async def test_of_many_long_sentences_the_first_alone_are_embedded(house: House, embedder: Counting) -> None:
    await house.hear(demand())
    await house.work()
    embedder.given.clear()
    sentences = [f"箱体残损识别{number}" + "破洞凹陷锈蚀" * 90 + "。" for number in range(36)]
    assert await asked(house, text="".join(sentences)) < LONGEST_S
    assert sum(map(len, embedder.given[2:])) <= content.MOST_CHARACTERS


async def test_an_offer_too_long_to_read_is_refused_before_it_is_read(house: House, embedder: Counting) -> None:
    items = [{"title": "残损识别", "text": page("识别准确率98.5%且", 13_300)} for _ in range(50)]
    reply = await house.client.post("/v1/fits", json={"profile": {**OFFER, "items": items}})
    [fault] = reply.json()["errors"]
    assert (reply.status_code, fault["pointer"]) == (422, "#/profile")
    assert f"{MOST_CHARACTERS} characters" in fault["detail"]
    assert embedder.given == []


async def test_the_longest_offers_leave_no_memory_behind(house: House) -> None:
    await house.hear(demand())
    await house.work()
    items = [{"title": "残损识别", "text": page("识别准确率98.5%，", 19_000)} for _ in range(5)]
    longest = {**OFFER, "items": items}
    await asked(house, profile=OFFER)
    before = _memory_mb()
    for _ in range(3):
        assert await asked(house, profile=longest) < 5 * LONGEST_S
    assert _memory_mb() - before < MOST_GROWTH_MB


OFFER = {"offer_kind": "solution", "headline": "闸口集装箱箱体残损识别系统"}


def _memory_mb() -> float:
    return float(psutil.Process().memory_full_info().uss / 2**20)
