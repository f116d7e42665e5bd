"""A budget is spent, refilled evenly and forgotten; whose a request is, and what it is told of what is left."""

from ipaddress import ip_network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.rates import WINDOW_S, Budget, Quotas, RateLimits

NOBODY_ELSE = ("192.0.2.7", 40_000)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


async def quiet(_scope: Any, _receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body"})


async def reply(limits: RateLimits, *, client: tuple[str, int] | None = NOBODY_ELSE, path: str = "/v1/demands") -> Any:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope: dict[str, Any] = {"type": "http", "method": "GET", "path": path, "headers": [], "client": client}
    await limits(scope, None, send)  # type: ignore[arg-type]  # nothing of a body is read
    return sent[0]["status"], {name.decode(): value.decode() for name, value in sent[0]["headers"]}


def limited(address: int, *exempt: str) -> RateLimits:
    return RateLimits(quiet, Quotas(0, address, tuple(map(ip_network, exempt))), object())


def test_a_budget_can_be_spent_at_once_and_comes_back_evenly() -> None:
    clock = Clock()
    budget = Budget("address", 6, seconds=clock)
    assert [budget.take("a").left for _ in range(6)] == [5, 4, 3, 2, 1, 0]
    assert budget.take("a") == (0, WINDOW_S, WINDOW_S // 6)
    assert budget.take("b").left == 5
    clock.now += WINDOW_S / 6
    assert budget.take("a").retry_after_s is None
    assert budget.take("a").retry_after_s == 10


@given(st.integers(1, 500), st.lists(st.floats(0, 30), max_size=60))
def test_no_window_lets_in_more_than_twice_the_budget(most: int, pauses: list[float]) -> None:
    clock = Clock()
    budget = Budget("address", most, seconds=clock)
    let_in: list[float] = []
    for pause in pauses:
        clock.now += pause
        let_in += [clock.now for _ in range(most + 1) if budget.take("a").retry_after_s is None]
    for moment in let_in:
        assert sum(moment <= one < moment + WINDOW_S for one in let_in) <= 2 * most


@given(st.integers(1, 1000), st.floats(0, 59))
def test_whoever_waits_as_long_as_they_are_told_is_let_in(most: int, pause: float) -> None:
    clock = Clock()
    budget = Budget("address", most, seconds=clock)
    while (taken := budget.take("a")).retry_after_s is None:
        clock.now += pause / most
    clock.now += taken.retry_after_s
    assert budget.take("a").retry_after_s is None


def test_of_very_many_the_quiet_ones_are_forgotten() -> None:
    budget = Budget("address", 2, seconds=Clock(), most_keys=3)
    for key in ("a", "b", "c", "a", "d"):
        budget.take(key)
    assert len(budget._full_at) == 3
    assert [budget.take(key).left for key in ("a", "b")] == [0, 1]


async def test_what_is_left_is_told_and_nothing_is_told_a_client_that_nobody_knows() -> None:
    limits = limited(3)
    assert await reply(limits) == (204, {"ratelimit-policy": '"address";q=3;w=60', "ratelimit": '"address";r=2;t=20'})
    assert await reply(limits, client=None) == (204, {})


async def test_who_asks_too_often_is_told_when_to_come_back() -> None:
    limits = limited(1)
    await reply(limits)
    status, headers = await reply(limits)
    assert (status, headers["content-type"]) == (429, "application/problem+json")
    assert 1 <= int(headers["retry-after"]) <= WINDOW_S
    assert headers["ratelimit"].startswith('"address";r=0;t=')
    assert {"x-correlation-id", "x-content-type-options"} <= headers.keys()


@pytest.mark.parametrize(
    ("one", "other", "are_one"),
    [
        ("192.0.2.7", "192.0.2.8", False),
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.7", "192.0.2.7", True),
        ("unix", "unix", True),
    ],
)
async def test_an_address_is_what_one_holder_has(one: str, other: str, are_one: bool) -> None:
    limits = limited(1)
    assert (await reply(limits, client=(one, 1)))[0] == 204
    assert (await reply(limits, client=(other, 2)))[0] == (429 if are_one else 204)


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
async def test_probes_are_not_counted(path: str) -> None:
    limits = limited(1)
    assert {(await reply(limits, path=path))[0] for _ in range(3)} == {204}


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "::ffff:10.1.2.3"])
async def test_exempt_networks_are_not_counted(address: str) -> None:
    limits = limited(1, "127.0.0.0/8", "10.0.0.0/8")
    assert {(await reply(limits, client=(address, 1)))[0] for _ in range(3)} == {204}
