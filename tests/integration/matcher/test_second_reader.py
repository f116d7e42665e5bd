"""A second reader looks at what announced matches leave open; wrong, slow or lying, it changes its own marks alone."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from starlette.responses import RedirectResponse, Response

from common.clock import now
from common.contracts.clauses import Clause, ClauseKind
from deploy.embedded.tokens import TokenIssuer
from matcher.reader.models import KeptReading, ReaderDay, ReadingJob
from matcher.settings import MatcherSettings
from matcher.subjects.kind import SubjectKind
from matcher.work.reading import MOST_TRIES, SecondReader
from tests.integration.matcher.service_under_test import DAMAGE_OFFER, PORT, House, demand, opened, settings_for
from tests.support.chat_server import ChatServer, answers, chat_server, completion

QUOTE = "恶劣气象下成像清晰"
OFFER = DAMAGE_OFFER | {
    "summary": f"{DAMAGE_OFFER['summary']}{QUOTE}。联系人：王小明，电话13800000000，邮箱wang@example.com。",
    "cases": [{"title": "北港", "text": "整套装置由市电供给，负责人：李建国。"}],
}
MET, OPEN = 0, 1
CLAUSES = (
    Clause(kind=ClauseKind.PERFORMANCE, text="残损识别准确率不低于96%", operator="ge", value=96, unit="%"),
    Clause(kind=ClauseKind.FUNCTION, text="能够适应大雾与暴雨天气"),
)
RIGHT = {"clause": OPEN, "verdict": "satisfied", "quote": QUOTE, "figures": []}


@pytest.fixture
async def chat() -> AsyncIterator[ChatServer]:
    async with chat_server() as running:
        running.says(answers(RIGHT))
        yield running


@pytest.fixture
def settings(database_of: Callable[[str], str], issuer: TokenIssuer, chat: ChatServer) -> MatcherSettings:
    return settings_for(
        database_of("matcher"),
        issuer,
        reader_url=chat.url,
        reader_model="lab-7b",
        reader_key="the-key",
        reader_timeout_s=1.0,
    )


@pytest.fixture
async def house(settings: MatcherSettings, issuer: TokenIssuer) -> AsyncIterator[House]:
    async with opened(settings, issuer) as running:
        await running.save(OFFER)
        await running.hear(demand(clauses=CLAUSES))
        await running.work()
        yield running


def reader(house: House) -> SecondReader:
    return SecondReader(house.database, house.settings)


async def rows(house: House, table: Any) -> list[Any]:
    async with house.database.begin() as session:
        return list((await session.scalars(select(table))).all())


async def test_a_clause_left_open_is_marked_after_the_match_was_announced(house: House, chat: ChatServer) -> None:
    [(_, told)] = await house.announced()
    assert told.verdicts[OPEN].second is None
    assert chat.received == []
    assert await reader(house).step()
    [_, (kind, again)] = await house.announced()
    assert (kind, again.version) == ("matcher.match.computed", told.version + 1)
    second = again.verdicts[OPEN].second
    assert second is not None
    assert (second.model, second.outcome, second.profile_span.text) == ("lab-7b", "satisfied", QUOTE)
    source = OFFER["summary"]
    assert source[second.profile_span.start : second.profile_span.end] == QUOTE
    assert "lab-7b" in second.reason


async def test_a_reading_changes_neither_outcome_nor_fit_nor_summary(house: House) -> None:
    [before] = await house.matches()
    await reader(house).step()
    [after] = await house.matches()
    assert after["verdicts"][OPEN].pop("second") is not None
    before["verdicts"][OPEN].pop("second")
    assert {**before, "version": 0} == {**after, "version": 0}


async def test_the_reading_is_worded_in_the_language_of_who_reads_it(house: House) -> None:
    await reader(house).step()
    told = {}
    for language in ("en", "zh"):
        headers = house.token() | {"Accept-Language": language}
        reply = await house.client.get("/v1/matches", headers=headers)
        told[language] = reply.json()["items"][0]["verdicts"][OPEN]["second"]["reason"]
    assert told["en"].startswith("read as met from")
    assert told["zh"].startswith("模型 lab-7b")


async def test_only_what_was_left_open_is_asked_and_no_contact_is_sent(house: House, chat: ChatServer) -> None:
    await reader(house).step()
    [(headers, body)] = chat.received
    assert (headers["authorization"], body["model"], body["temperature"]) == ("Bearer the-key", "lab-7b", 0)
    asked = json.loads(body["messages"][1]["content"])
    assert asked["clauses"] == [{"clause": OPEN, "text": CLAUSES[OPEN].text}]
    sent = json.dumps(body, ensure_ascii=False)
    assert QUOTE in sent
    hidden = ("王小明", "13800000000", "wang@", "李建国", PORT.code, "示例单位", "示例港口", "the-key")
    assert [word for word in hidden if word in sent] == []


async def test_readings_are_kept_with_the_receipt_and_replay_asks_nobody(house: House, chat: ChatServer) -> None:
    await reader(house).step()
    [match] = await house.matches()
    receipt = (await house.client.get(f"/v1/rankings/{match['ranking_id']}", headers=house.token())).json()
    [kept] = receipt["readings"]
    assert (kept["model"], kept["match_id"]) == ("lab-7b", match["id"])
    assert kept["answers"] == [RIGHT | {"doubt": None}]
    asked = len(chat.received)
    replayed = await house.client.post(f"/v1/rankings/{match['ranking_id']}/replay", headers=house.token())
    assert replayed.json()["is_identical"]
    assert len(chat.received) == asked


async def test_a_new_ranking_of_the_same_versions_keeps_the_reading_and_asks_no_more(house: House) -> None:
    await reader(house).step()
    [(_, told), (_, marked)] = await house.announced()
    await house.queue(SubjectKind.DEMAND, told.demand_id)
    await house.work()
    [match] = await house.matches()
    assert match["verdicts"][OPEN]["second"]["model"] == "lab-7b"
    assert match["version"] == marked.version
    assert not await reader(house).step()


def lies() -> dict[str, Response]:
    return {
        "quotes what is not there": answers(RIGHT | {"quote": "雨雾天气下稳定工作"}),
        "quotes what was blanked": answers(RIGHT | {"quote": "联系人：王小明"}),
        "relies on a number that is not in the quote": answers(RIGHT | {"figures": ["99.9"]}),
        "contradicts itself": answers(RIGHT, RIGHT | {"verdict": "not_satisfied"}),
        "answers what was decided": answers(RIGHT | {"clause": MET, "verdict": "not_satisfied"}),
        "answers what was never asked": answers(RIGHT | {"clause": 77}),
        "is unsure": answers({"clause": OPEN, "verdict": "unclear"}),
        "says nothing": answers(),
    }


@pytest.mark.parametrize("lie", lies())
async def test_an_answer_that_does_not_hold_changes_nothing(house: House, chat: ChatServer, lie: str) -> None:
    before = await house.matches()
    chat.says(lies()[lie])
    assert await reader(house).step()
    assert await house.matches() == before
    assert len(await house.announced()) == 1
    assert await rows(house, ReadingJob) == []
    assert len(await rows(house, KeptReading)) == 1


async def slow(body: dict[str, Any]) -> Response:
    await asyncio.Event().wait()
    raise AssertionError("never")


def faults() -> dict[str, Any]:
    return {
        "timed_out": slow,
        "status_500": Response("broken", 500),
        "status_401": Response("who are you", 401),
        "status_429": Response("later", 429, {"Retry-After": "90"}),
        "status_307": RedirectResponse("/elsewhere", 307),
        "reply_unreadable": Response("no JSON"),
        "answer_unreadable": completion("I think that the offer is very good."),
        "reply_too_large": Response(b"[" + b" " * 1_000_000 + b"]"),
    }


@pytest.mark.parametrize("fault", faults())
async def test_a_fault_is_tried_again_later_and_not_for_ever(house: House, chat: ChatServer, fault: str) -> None:
    before, at = await house.matches(), now()
    if fault == "timed_out":
        house.settings.reader_timeout_s = 0.2
    chat.says(faults()[fault])
    assert await reader(house).step(at)
    [job] = await rows(house, ReadingJob)
    assert (job.error, job.attempt_count, job.leased_until) == (fault, 1, None)
    assert job.ready_at >= at + timedelta(seconds=90 if fault == "status_429" else 5)
    assert not await reader(house).step(at)
    for _ in range(MOST_TRIES - 1):
        at += timedelta(hours=1)
        assert await reader(house).step(at)
    assert await rows(house, ReadingJob) == []
    assert (len(chat.received), chat.elsewhere) == (MOST_TRIES, 0)
    assert await house.matches() == before


async def test_an_endpoint_that_recovers_is_believed_then(house: House, chat: ChatServer) -> None:
    chat.says(Response("broken", 503), answers(RIGHT))
    at = now()
    await reader(house).step(at)
    await reader(house).step(at + timedelta(minutes=1))
    [match] = await house.matches()
    assert match["verdicts"][OPEN]["second"]["outcome"] == "satisfied"


async def test_what_a_killed_worker_had_in_hand_is_read_by_another(house: House, chat: ChatServer) -> None:
    asked = asyncio.Event()

    async def hang(body: dict[str, Any]) -> Response:
        asked.set()
        return await slow(body)

    chat.says(hang)
    at = now()
    killed = asyncio.create_task(reader(house).step(at))
    await asked.wait()
    killed.cancel()
    await asyncio.gather(killed, return_exceptions=True)
    chat.says(answers(RIGHT))
    assert not await reader(house).step(at)
    assert await reader(house).step(at + timedelta(minutes=10))
    [match] = await house.matches()
    assert match["verdicts"][OPEN]["second"]["model"] == "lab-7b"


@pytest.mark.parametrize("limit", ["reader_daily_requests", "reader_daily_tokens"])
async def test_a_day_costs_no_more_than_it_may(house: House, chat: ChatServer, limit: str) -> None:
    setattr(house.settings, limit, 0)
    at = now()
    assert await reader(house).step(at)
    assert chat.received == []
    [job] = await rows(house, ReadingJob)
    assert (job.error, job.attempt_count) == ("budget", 0)
    assert job.ready_at.date() == at.date() + timedelta(days=1)
    setattr(house.settings, limit, 1_000_000)
    assert await reader(house).step(at + timedelta(days=1))
    assert len(chat.received) == 1


async def test_a_day_that_is_spent_waits_for_the_next(house: House, chat: ChatServer) -> None:
    house.settings.reader_daily_requests = 1
    await house.hear(demand(clauses=CLAUSES))
    await house.work()
    at = now()
    assert [await reader(house).step(at) for _ in range(3)] == [True, True, False]
    assert len(chat.received) == 1
    assert await reader(house).step(at + timedelta(days=1))
    assert len(chat.received) == 2


async def test_the_account_of_the_day_holds_what_was_used(house: House) -> None:
    await reader(house).step()
    [day] = await rows(house, ReaderDay)
    assert (day.request_count, day.token_count) == (1, 100)


async def test_an_answer_about_a_profile_that_changed_meanwhile_is_dropped(house: House, chat: ChatServer) -> None:
    [match] = await house.matches()

    async def change(body: dict[str, Any]) -> Response:
        changed = OFFER | {"summary": DAMAGE_OFFER["summary"]}
        path, headers = f"/v1/profiles/{match['profile_id']}", house.token() | {"If-Match": "*"}
        reply = await house.client.put(path, json=changed, headers=headers)
        assert reply.status_code == 200, reply.text
        await house.work()
        return answers(RIGHT)

    chat.says(change)
    house.settings.reader_timeout_s = 30.0
    await reader(house).step()
    [after] = await house.matches()
    assert after["verdicts"][OPEN]["second"] is None
    assert await rows(house, KeptReading) == []


async def test_without_an_endpoint_nothing_is_queued(house: House) -> None:
    await reader(house).step()
    house.settings.reader_url = None
    await house.hear(demand(clauses=CLAUSES))
    await house.work()
    assert await rows(house, ReadingJob) == []
