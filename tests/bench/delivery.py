"""What notify gets done: events through its whole durable path, webhooks and one match's many subscriptions a second,
beside the bare parts and the build of commit 52005ce, each in the same run."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.bench import delivery_bare
from tests.bench.delivery_site import NOW, WINDOW, Build, Site, base_build, site
from tests.bench.report import Result, figure

EVENTS, EVENTS_BASE, WARM_SHARE = 6_000, 500, 0.1
"""Events by today's build and by the other, and of these what is not timed: while the process starts."""
FANNED = 10_000
CALLS, CALLS_BASE = 4_000, 400
AT_ONCE = 32
BACKLOGS, RUNS_S = (20_000, 200_000), 20.0
PATH_AIM, BASE_AIM, WEBHOOK_AIM, FAN_AIM = 0.35, 15.0, 0.6, 10.0


async def measure() -> Result:
    with tempfile.TemporaryDirectory(prefix="jingqiao-bench-", ignore_cleanup_errors=True) as folder:
        base = base_build(Path(folder))
        bare_events = await _on(Path(folder) / "bare", NOW, delivery_bare.published_and_pulled)
        at_once = await _on(Path(folder) / "at-once", NOW, delivery_bare.published_at_once)
        path, path_base = await _both(Path(folder) / "path", base, _events, EVENTS, EVENTS_BASE)
        fan, fan_base = await _both(Path(folder) / "fan", base, _fanned, FANNED, FANNED)
        bare_calls = await delivery_bare.posted(CALLS, AT_ONCE)
        calls, calls_base = await _both(Path(folder) / "calls", base, _calls, CALLS, CALLS_BASE)
        small, large = [await _memory(Path(folder) / f"memory-{count}", count) for count in BACKLOGS]
    figures = [
        figure("events, the whole path", path, "/s", "nats-py, published singly, and pulled", bare_events),
        figure("events, the whole path", path, "/s", f"nats-py, {WINDOW} published at once", at_once),
        figure("events, the whole path", path, "/s", "52005ce", path_base),
        figure("one match to many subscriptions", fan, "/s", "52005ce", fan_base),
        figure("webhooks", calls, "/s", f"httpx, {AT_ONCE} at once", bare_calls),
        figure("webhooks", calls, "/s", "52005ce", calls_base),
        figure(f"memory, {BACKLOGS[1]:,} waiting", large, "MiB", f"{BACKLOGS[0]:,} waiting", small),
    ]
    aims = f"aims: {PATH_AIM} and {BASE_AIM:g} of the path, {FAN_AIM:g} of one match, {WEBHOOK_AIM} of webhooks"
    notes = [
        aims,
        f"{EVENTS:,} events and {CALLS:,} webhooks, 52005ce {EVENTS_BASE} and {CALLS_BASE}; {FANNED:,} subscriptions; "
        f"PostgreSQL and NATS durable; a peak of memory within {RUNS_S:g} s of work",
    ]
    return Result("Deliveries", figures, notes)


async def _on(folder: Path, build: Build, rate: Callable[[Site], Awaitable[float]]) -> float:
    async with site(folder, build) as at:
        return await rate(at)


async def _both(
    folder: Path, base: Build, rate: Callable[[Site, int], Awaitable[float]], count: int, base_count: int
) -> tuple[float, float]:
    """Today's, and the other build's."""
    now = await _on(folder / "now", NOW, lambda at: rate(at, count))
    return now, await _on(folder / "base", base, lambda at: rate(at, base_count))


async def _events(at: Site, count: int) -> float:
    """One subscription on a subject; every event makes one there."""
    await at.subscribe(1, "nats")
    await at.announce(count)
    with at.working():
        return await at.rate(at.stored_count, count, begin=int(count * WARM_SHARE))


async def _fanned(at: Site, count: int) -> float:
    """From the match's event to the last of its subscriptions' events; the process runs before."""
    await at.subscribe(count, "nats")
    with at.working():
        await at.announce(1, fit=10)  # below what they want: heard, told to nobody
        await at.until_heard(1)
        began = asyncio.get_running_loop().time()
        await at.announce(1)
        await at.rate(at.stored_count, count, begin=0)
        return count / (asyncio.get_running_loop().time() - began)


async def _calls(at: Site, count: int) -> float:
    with delivery_bare.receiving() as port:
        await at.subscribe(1, "webhook", url=f"http://127.0.0.1:{port}/")
        await at.fill(count)
        with at.working(NOTIFY_WEBHOOK_HOST_LIMIT=str(AT_ONCE), NOTIFY_WEBHOOK_ORGANISATION_LIMIT=str(AT_ONCE)):
            return await at.rate(lambda: delivery_bare.received_count(port), count, begin=int(count * WARM_SHARE))


async def _memory(folder: Path, count: int) -> float:
    """The most that the worker took, MiB."""
    async with site(folder, NOW) as at:
        await at.subscribe(1, "nats")
        await at.fill(count)
        with at.working() as pid:
            await at.rate(at.stored_count, count, begin=0, within_s=RUNS_S)
            return at.peak_mb(pid)
