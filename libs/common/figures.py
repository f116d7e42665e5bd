"""Figures that stand in a database or at the broker, asked anew when somebody reads the page of metrics."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from prometheus_client import Gauge

from common import metrics
from common.errors import Unavailable

FRESH_S = 1.0
"""Figures are not asked again within this time, however many read the page."""


@dataclass(frozen=True)
class Measurement:
    """
    name    of what is measured
    gauges  those that `read` sets; they have no value while it fails, rather than an old one
    read    raises Unavailable when what it asks does not answer
    """

    name: str
    gauges: tuple[Gauge, ...]
    read: Callable[[], Awaitable[None]]


class Figures:
    """The figures of one process. Reading them costs as much as the slowest of them, `within_s` at most."""

    def __init__(self, figures: Sequence[Measurement] = (), *, within_s: float) -> None:
        self._figures: list[Measurement] = []
        self._within_s = within_s
        self._read_at: float | None = None
        self._reading = asyncio.Lock()
        self.add(figures)

    def add(self, figures: Sequence[Measurement]) -> None:
        self._figures += figures
        for figure in figures:
            metrics.begin_at_zero(metrics.UNMEASURED, figure.name)

    async def refresh(self) -> None:
        """Bring all gauges up to date, or leave those without a value that cannot be."""
        async with self._reading:
            if self._read_at is not None and time.monotonic() - self._read_at < FRESH_S:
                return
            await asyncio.gather(*(self._one(figure) for figure in self._figures))
            self._read_at = time.monotonic()

    async def _one(self, figure: Measurement) -> None:
        try:
            async with asyncio.timeout(self._within_s):
                await figure.read()
        except (Unavailable, TimeoutError):
            metrics.UNMEASURED.labels(figure.name).inc()
            for gauge in figure.gauges:
                _forget(gauge)


def _forget(gauge: Gauge) -> None:
    if gauge._labelnames:
        gauge.clear()
    else:
        gauge.set(float("nan"))
