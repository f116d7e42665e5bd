"""The fixtures tests stand on."""

from collections.abc import Callable

import asyncpg
import httpx
import pytest

from tests.support.eventually import eventually
from tests.support.postgres import Build
from tests.support.receiver import Answer, Receiver


async def test_each_copy_of_a_template_is_its_own(database_copy: Callable[[str, Build], str]) -> None:
    built: list[str] = []
    first, second = (database_copy("numbered", built.append) for _ in range(2))
    assert len(built) == 1
    assert len({first, second, *built}) == 3
    connection = await asyncpg.connect(second.replace("+asyncpg", ""))
    assert await connection.fetchval("SELECT current_database()") == second.rsplit("/", 1)[1]
    await connection.close()


async def test_the_receiver_records_and_answers_as_told(receiver: Receiver) -> None:
    receiver.next(503, Answer(429, {"Retry-After": "7"}))
    async with httpx.AsyncClient(trust_env=False) as client:
        replies = [await client.post(receiver.url("/hook"), content=f"{n}") for n in range(3)]
    assert [reply.status_code for reply in replies] == [503, 429, 204]
    assert replies[1].headers["retry-after"] == "7"
    assert [request.body for request in receiver.received("/hook")] == [b"0", b"1", b"2"]


async def test_the_receiver_can_keep_a_caller_waiting(receiver: Receiver) -> None:
    receiver.always(Answer(hangs=True))
    async with httpx.AsyncClient(timeout=0.2, trust_env=False) as client:
        with pytest.raises(httpx.ReadTimeout):
            await client.post(receiver.url())
    await eventually(receiver.received)


async def test_waiting_ends_at_its_deadline_and_says_what_it_saw() -> None:
    sent_count = 3

    def all_sent() -> bool:
        assert sent_count == 5
        return True

    with pytest.raises(AssertionError, match=r"all sent did not come true within 0.1 s; last: AssertionError.*3"):
        await eventually(all_sent, within=0.1)


async def test_waiting_returns_the_first_true_value() -> None:
    values = iter([None, 0, "there"])
    assert await eventually(lambda: next(values), every=0.001) == "there"
