"""A loop that fails is started again: soon at first, later and later while it goes on failing."""

import asyncio
from collections.abc import Sequence

import pytest

from common import runtime
from common.runtime import HEALTHY_AFTER_S, keep_running


async def waits(monkeypatch: pytest.MonkeyPatch, lives: Sequence[float]) -> list[float]:
    """Seconds before each new start of a loop that fails after each of these times."""
    waited: list[float] = []
    stop = asyncio.Event()
    passed = 0.0

    async def loop(_: asyncio.Event) -> None:
        nonlocal passed
        passed += lives[len(waited)]
        raise ValueError

    async def wait(*_: asyncio.Event, within_s: float) -> None:
        waited.append(within_s)
        if len(waited) == len(lives):
            stop.set()

    monkeypatch.setattr(runtime, "first_of", wait)
    await keep_running("loop", loop, stop, seconds=lambda: passed)
    return waited


async def test_a_loop_that_goes_on_failing_is_started_later_and_later(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await waits(monkeypatch, [0.0] * 5) == [0.2, 0.5, 1.0, 2.0, 2.0]


async def test_what_failed_before_a_stretch_of_health_is_forgiven(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await waits(monkeypatch, [0.0] * 4 + [HEALTHY_AFTER_S, 0.0]) == [0.2, 0.5, 1.0, 2.0, 0.2, 0.5]
    assert await waits(monkeypatch, [HEALTHY_AFTER_S / 2] * 3) == [0.2, 0.5, 1.0]
