"""Has the body of a request arrive in time: who stops half-way holds a connection no longer than that."""

import asyncio

from starlette.types import Message, Receive

from common.errors import BodyTooSlow


def timely(receive: Receive, within_s: float) -> Receive:
    """The same, but what has not come whole by `within_s` after it was first asked for raises BodyTooSlow. Once it has,
    nobody is hurried: what is waited for then is that the client goes."""
    deadline: float | None = None
    is_whole = False

    async def once() -> Message:
        nonlocal deadline, is_whole
        if is_whole:
            return await receive()
        deadline = asyncio.get_running_loop().time() + within_s if deadline is None else deadline
        try:
            async with asyncio.timeout_at(deadline):
                message = await receive()
        except TimeoutError:
            raise _too_slow(within_s) from None
        is_whole = not message.get("more_body", False)
        return message

    return once


def _too_slow(within_s: float) -> BodyTooSlow:
    told, told_zh = f"The body has to arrive within {within_s:g} seconds", f"请求体应在 {within_s:g} 秒内传完"
    return BodyTooSlow(told, told_zh, headers={"Connection": "close"})
