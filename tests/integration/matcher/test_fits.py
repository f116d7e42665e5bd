"""Anybody's words in, open demands that they fit out, nothing stored."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import text

from common.contracts.words import DemandKind, DemandState, Domain
from common.turns import FairGate
from deploy.embedded.tokens import TokenIssuer
from matcher.engine.embedding import Matrix
from matcher.settings import MatcherSettings
from tests.integration.matcher.service_under_test import DAMAGE_OFFER, FIRM, House, StandIn, demand, opened
from tests.support.eventually import eventually

WORDS = "不停车通过，利用闸口相机自动识别集装箱箱体残损，结果写入闸口系统"


async def ask(house: House, **body: Any) -> dict[str, Any]:
    reply = await house.client.post("/v1/fits", json=body)
    assert reply.status_code == 200, reply.text
    answer: dict[str, Any] = reply.json()
    return answer


async def test_a_text_finds_the_open_demand_it_fits(house: House) -> None:
    wanted = await house.hear(demand())
    await house.hear(demand(title="学校食堂营养配餐", need="按年龄段生成菜谱，统计食材用量。"))
    await house.work()
    answer = await ask(house, text=WORDS)
    assert [fit["demand_id"] for fit in answer["fits"]] == [str(wanted.id)]
    assert answer["fits"][0]["fit"] >= answer["least_fit"]
    assert answer["nearest"] == [], "a school's canteen has neither words nor meaning in common with it"


async def test_a_profile_is_shown_the_fit_it_would_get_if_it_were_saved(house: House) -> None:
    await house.hear(demand())
    await house.work()
    [fit] = (await ask(house, profile=DAMAGE_OFFER))["fits"]
    await house.save(DAMAGE_OFFER)
    await house.work()
    [match] = await house.matches()
    same = ("fit", "band", "summary", "verdicts")
    assert {name: fit[name] for name in same} == {name: match[name] for name in same}


async def test_the_model_is_loaded_at_the_start(house: House) -> None:
    await eventually(lambda: house.load_count == 1)


async def test_or_with_the_first_request_that_needs_it(settings: MatcherSettings, issuer: TokenIssuer) -> None:
    async with opened(settings.model_copy(update={"warm_up": False}), issuer) as house:
        assert (await house.client.get("/v1/matches")).status_code == 200
        assert house.load_count == 0
        await ask(house, text=WORDS)
        assert house.load_count == 1


async def test_a_fit_says_when_answers_are_taken(house: House) -> None:
    opens_at, closes_at = "2098-01-01T00:00:00Z", "2099-01-01T00:00:00Z"
    moments = {"opens_at": datetime.fromisoformat(opens_at), "closes_at": datetime.fromisoformat(closes_at)}
    await house.hear(demand(**moments))
    await house.work()
    [fit] = (await ask(house, text=WORDS))["fits"]
    assert (fit["opens_at"], fit["closes_at"]) == (opens_at, closes_at)


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"limit": "5"}, "#/limit"),
        ({"limit": True}, "#/limit"),
        ({"least_fit": "5"}, "#/least_fit"),
        ({"track": "炼金术"}, "#/track"),
        ({"domain": "spaceport"}, "#/domain"),
    ],
)
async def test_a_faulty_question_is_refused_by_field(house: House, wrong: dict[str, Any], pointer: str) -> None:
    reply = await house.client.post("/v1/fits", json={"text": WORDS, **wrong})
    assert (reply.status_code, reply.json()["errors"][0]["pointer"]) == (422, pointer)


async def test_a_question_may_name_track_and_domain_in_english(house: House) -> None:
    await house.hear(demand(tracks=("空天信息",)))
    await house.hear(demand(tracks=("量子信息",)))
    await house.work()
    answer = await ask(house, text=WORDS, track="quantum_information", domain="port")
    assert [fit["tracks"] for fit in answer["fits"]] == [["量子信息"]]


async def test_asking_stores_nothing(house: House) -> None:
    await house.hear(demand())
    await house.work()
    before = await rows_everywhere(house)
    await ask(house, profile=DAMAGE_OFFER)
    assert await rows_everywhere(house) == before


async def rows_everywhere(house: House) -> dict[str, int]:
    tables = ("profiles", "demands", "profile_embeddings", "demand_embeddings", "matches", "rankings", "jobs", "outbox")
    async with house.database.begin() as session:
        return {table: (await session.scalar(text(f"SELECT count(*) FROM {table}"))) or 0 for table in tables}


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        ({"kind": "scenario"}, 1),
        ({"kind": "pilot"}, 0),
        ({"domain": "智慧港口"}, 1),
        ({"domain": "海洋"}, 0),
        ({"track": "空天信息"}, 1),
        ({"track": "量子信息"}, 0),
        ({"division": "370211"}, 1),
        ({"division": "370202"}, 0),
    ],
)
async def test_demands_can_be_narrowed(house: House, filters: dict[str, str], count: int) -> None:
    await house.hear(demand(domain=Domain.PORT, tracks=("空天信息",), division="370211"))
    await house.work()
    assert len((await ask(house, text=WORDS, **filters))["fits"]) == count


async def test_closed_demands_and_other_kinds_are_not_found(house: House) -> None:
    shut = await house.hear(demand())
    await house.hear(demand(kind=DemandKind.CHALLENGE))
    await house.work()
    await house.hear(shut.model_copy(update={"version": 2, "state": DemandState.CLOSED}))
    assert (await ask(house, profile=DAMAGE_OFFER))["fits"] == []


@pytest.mark.parametrize(
    "words",
    [
        "1",
        "字",
        "20250101 3.1415 -40",
        "집배 컨테이너 손상 인식",
        "Контейнер 集装箱 damage 検査",
        "字" * 20_000,
        "'\\:*&|!()<>",
        "a" * 19_999,
    ],
)
async def test_odd_words_are_answered(house: House, words: str) -> None:
    await house.hear(demand())
    await house.work()
    assert (await ask(house, text=words))["model_id"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"text": ""}, "#/text"),
        ({"text": "字" * 200_000}, "#/text"),
        ({"text": "有\x00字"}, "#/text"),
        ({}, "#"),
        ({"text": WORDS, "profile": DAMAGE_OFFER}, "#"),
        ({"text": WORDS, "limit": 51}, "#/limit"),
        ({"profile": DAMAGE_OFFER, "kind": "pilot"}, "#/kind"),
    ],
)
async def test_bad_input_is_refused_by_the_name_of_its_field(house: House, body: dict[str, Any], pointer: str) -> None:
    reply = await house.client.post("/v1/fits", json=body)
    assert (reply.status_code, reply.json()["errors"][0]["pointer"]) == (422, pointer)


class Slow(StandIn):
    """Waits with what is asked until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.go = threading.Event()

    def _encode(self, texts: Sequence[str], on_progress: Callable[[int], None] | None) -> Matrix:
        if any(WORDS in text for text in texts):
            self.go.wait(20)
        return super()._encode(texts, on_progress)


async def test_too_many_at_once_are_told_to_come_back(settings: MatcherSettings, issuer: TokenIssuer) -> None:
    narrow = settings.model_copy(update={"answers_at_once": 1, "answer_queue": 1})
    embedder = Slow()
    async with opened(narrow, issuer, embedder) as house:
        asked = [house.client.post("/v1/fits", json={"text": f"{WORDS}{number}"}) for number in range(6)]
        waiting = [asyncio.create_task(one) for one in asked]
        done, _ = await asyncio.wait(waiting, timeout=10, return_when=asyncio.FIRST_COMPLETED)
        refused = done.pop().result()
        assert (refused.status_code, refused.json()["type"]) == (503, "/problems/unavailable")
        assert int(refused.headers["retry-after"]) > 0
        embedder.go.set()
        answers = await asyncio.gather(*waiting)
    assert 200 in {answer.status_code for answer in answers}


async def test_of_a_crowd_whoever_is_let_in_is_served_and_the_others_are_refused_at_once(
    settings: MatcherSettings, issuer: TokenIssuer
) -> None:
    narrow = settings.model_copy(update={"answers_at_once": 2, "answer_queue": 8, "answer_limit_s": 60.0})
    embedder, crowd, let_in = Slow(), 40, 2 + 8
    async with opened(narrow, issuer, embedder) as house:
        asked = [house.client.post("/v1/fits", json={"text": f"{WORDS}{number}"}) for number in range(crowd)]
        waiting = [asyncio.create_task(one) for one in asked]
        # Nobody can be served yet.
        await eventually(lambda: sum(one.done() for one in waiting) == crowd - let_in, within=30)
        refused = [one.result() for one in waiting if one.done()]
        embedder.go.set()
        served = await asyncio.gather(*(one for one in waiting if not one.done()))
    assert {reply.status_code for reply in refused} == {503}
    assert all(int(reply.headers["retry-after"]) > 0 for reply in refused)
    assert ({reply.status_code for reply in served}, len(served)) == ({200}, let_in)


async def test_only_enterprises_ask(house: House) -> None:
    reply = await house.client.post("/v1/fits", json={"text": WORDS}, headers=house.token(FIRM, "publisher"))
    assert reply.status_code == 403


async def test_a_full_queue_is_answered_at_once_with_when_to_come_back(house: House) -> None:
    gate = house.gate
    async with gate.turn("one"), gate.turn("two"):
        waiting = [asyncio.create_task(_waits(gate)) for _ in range(house.settings.answer_queue)]
        await asyncio.sleep(0)
        reply = await house.client.post("/v1/fits", json={"text": "识别集装箱箱体残损"})
        for one in waiting:
            one.cancel()
    assert (reply.status_code, reply.json()["type"]) == (503, "/problems/unavailable")
    assert int(reply.headers["Retry-After"]) >= 1


async def _waits(gate: FairGate) -> None:
    async with gate.turn(object()):
        pass
