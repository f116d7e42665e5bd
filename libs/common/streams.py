"""Makes a service's stream and consumers on the broker, before anything is scaled by how far behind they are."""

import argparse
import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

from common.bus import Bus
from common.consumption import Consumption
from common.errors import Unavailable
from common.settings import ServiceSettings

RETRY_S = 0.5
WITHIN_S = 60.0


async def provide(bus: Bus, stream: str, reads: Sequence[Consumption], *, within_s: float) -> None:
    """Create what is missing of `stream` and of the consumers in `reads`; repeating it changes nothing.

    A stream that another service makes is waited for. Raises Unavailable when `within_s` seconds were not enough.
    """
    deadline = time.monotonic() + within_s
    await _repeated(lambda: bus.create_stream(stream), deadline)
    for what in reads:
        await _repeated(lambda what=what: bus.create_consumer(what), deadline)  # type: ignore[misc]


async def drop(bus: Bus, stream: str) -> None:
    """Delete `stream` with its consumers, if it exists: the relay makes it again from the outbox, whole.

    For databases that were restored: the stream may hold what they have forgotten, and its consumers may have passed
    what they have not applied. Raises Unavailable.
    """
    if await bus.state_of(stream) is not None:
        await bus.delete_stream(stream)


async def _repeated(create: Callable[[], Awaitable[object]], deadline: float) -> None:
    while True:
        try:
            await create()
            return
        except Unavailable:
            if time.monotonic() >= deadline:
                raise
            await asyncio.sleep(RETRY_S)


def run(asked: argparse.Namespace, settings: ServiceSettings, stream: str, reads: Sequence[Consumption] = ()) -> None:
    """The verb `streams` of a service that announces on `stream` and consumes `reads`. Raises SystemExit."""
    asyncio.run(_made(asked, settings, stream, reads))


async def _made(
    asked: argparse.Namespace, settings: ServiceSettings, stream: str, reads: Sequence[Consumption]
) -> None:
    bus = Bus.of(settings, f"{stream.lower()}-streams")
    bus.open()
    try:
        if asked.anew:
            await _repeated(lambda: drop(bus, stream), time.monotonic() + asked.within)
        await provide(bus, stream, reads, within_s=asked.within)
    except Unavailable as error:
        raise SystemExit(f"{error}: {_wanted(stream, reads)} could not be made within {asked.within:g} s") from None
    finally:
        await bus.close()


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--anew", action="store_true", help="delete the stream first, after its database was restored")
    parser.add_argument(
        "--within", type=float, default=WITHIN_S, metavar="SECONDS", help="how long to try (default 60)"
    )


def _wanted(stream: str, reads: Sequence[Consumption]) -> str:
    return ", ".join([f"stream {stream}", *(f"consumer {what.durable} of {what.stream}" for what in reads)])
