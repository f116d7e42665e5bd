"""Waiting for a condition with a deadline, instead of sleeping."""

import asyncio
import inspect
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar, overload

T = TypeVar("T")


@overload
async def eventually(
    condition: Callable[[], Coroutine[Any, Any, T]], *, within: float = ..., every: float = ..., what: str = ...
) -> T: ...
@overload
async def eventually(condition: Callable[[], T], *, within: float = ..., every: float = ..., what: str = ...) -> T: ...
async def eventually(condition: Callable[[], Any], *, within: float = 10.0, every: float = 0.05, what: str = "") -> Any:
    """The condition's first true value. A failed `assert` inside it counts as "not yet".

    Raises AssertionError after `within` seconds, with the last value or the last failed assertion.
    """
    deadline = time.monotonic() + within
    while True:
        seen = "nothing: one call outlasted the deadline"
        try:
            async with asyncio.timeout_at(asyncio.get_running_loop().time() + deadline - time.monotonic()):
                value = await _value_of(condition)
            if value:
                return value
            seen = repr(value)
        except AssertionError as error:
            seen = f"AssertionError: {error}"
        except TimeoutError:
            if time.monotonic() < deadline:
                raise
        if time.monotonic() + every > deadline:
            raise AssertionError(f"{what or _words(condition)} did not come true within {within:g} s; last: {seen}")
        await asyncio.sleep(every)


def before_long(condition: Callable[[], T], *, within: float = 10.0, every: float = 0.05) -> T:
    """The same for a synchronous test, also for one in whose thread a loop runs, as a browser's driver has it."""
    with ThreadPoolExecutor(1) as aside:
        return aside.submit(asyncio.run, eventually(condition, within=within, every=every)).result()


async def _value_of(condition: Callable[[], Any]) -> Any:
    value = condition()
    if inspect.isawaitable(value):
        return await value
    return value


def _words(condition: Callable[..., object]) -> str:
    name = getattr(condition, "__name__", "the condition")
    return "the condition" if name == "<lambda>" else name.replace("_", " ")
