"""Connections are kept for the next request to the same origin, and never used when they are no good any more."""

import asyncio

from notify.egress import Answered
from tests.unit.notify.test_egress import egress, listening, says

TAKEN = b"HTTP/1.1 204 No Content\r\n\r\n"


class _Serving:
    """Answers on each connection `answers` times and closes it; `connections_count` have been opened."""

    def __init__(self, answers: int) -> None:
        self._answers, self.connections_count = answers, 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections_count += 1
        for _ in range(self._answers):
            try:
                await reader.readuntil(b"\r\n\r\n")
            except asyncio.IncompleteReadError:
                return
            writer.write(TAKEN)
            await writer.drain()


async def test_requests_one_after_the_other_share_a_connection() -> None:
    serving = _Serving(answers=10)
    async with listening(serving) as port, egress(allow_loopback=True) as out:
        for _ in range(5):
            assert await out.post(f"http://127.0.0.1:{port}/", b"", {}) == Answered(204, None)
    assert serving.connections_count == 1


async def test_requests_at_once_have_a_connection_each_and_leave_them_to_the_next() -> None:
    serving = _Serving(answers=10)
    async with listening(serving) as port, egress(allow_loopback=True) as out:
        for _ in range(3):
            posts = (out.post(f"http://127.0.0.1:{port}/", b"", {}) for _ in range(4))
            assert await asyncio.gather(*posts) == [Answered(204, None)] * 4
    assert serving.connections_count == 4


async def test_a_connection_that_the_receiver_has_closed_is_not_used_again() -> None:
    """Whether or not it is the one that has been idle longest."""
    lasting, serving = _Serving(answers=10), _Serving(answers=1)
    async with listening(lasting) as other, listening(serving) as port, egress(allow_loopback=True) as out:
        for before in (None, other):
            if before is not None:
                await out.post(f"http://127.0.0.1:{before}/", b"", {})
            for _ in range(3):
                assert await out.post(f"http://127.0.0.1:{port}/", b"", {}) == Answered(204, None)
    assert (lasting.connections_count, serving.connections_count) == (1, 6)


async def test_many_at_once_find_their_former_connections_closed() -> None:
    """Behind one to elsewhere that still serves: whoever closes a connection lets others at the list meanwhile."""
    lasting, serving = _Serving(answers=10), _Serving(answers=1)
    async with listening(lasting) as other, listening(serving) as port, egress(allow_loopback=True) as out:
        await out.post(f"http://127.0.0.1:{other}/", b"", {})
        for _ in range(3):
            posts = (out.post(f"http://127.0.0.1:{port}/", b"", {}) for _ in range(6))
            assert await asyncio.gather(*posts) == [Answered(204, None)] * 6
    assert (lasting.connections_count, serving.connections_count) == (1, 18)


async def test_another_name_of_the_same_address_gets_a_connection_of_its_own() -> None:
    serving = _Serving(answers=10)
    resolve = says(["127.0.0.1"])
    async with listening(serving) as port, egress(resolve, allow_loopback=True) as out:
        for name in ("one.example", "two.example", "one.example"):
            assert await out.post(f"http://{name}:{port}/", b"", {}) == Answered(204, None)
    assert serving.connections_count == 2
