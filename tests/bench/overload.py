"""What 200 connections at once are answered with by a process that has just started: how many requests are served,
refused, and how long either takes."""

import asyncio
import os
import statistics
from collections.abc import Mapping, Sequence

import httpx

from tests.bench import load, platform, reads
from tests.bench.load import GOOD, Count
from tests.bench.report import Figure, Result, figure
from tests.e2e import texts
from tests.support.parties import town

CONNECTIONS = 200
FOR_S = 10.0
LIMIT_S = 5.0
"""The longest wait that the settings allow for a connection of the database, and for a turn to compute."""
FITS = {"text": "用线阵相机识别集装箱箱体残损，车辆不停车通过"}
AT_LIMIT = "longest wait that is allowed"


async def measure() -> Result:
    """Some three minutes."""
    with platform.running() as stack:
        async with town(stack) as people:
            agency, firm = people.agency(), people.enterprise()
            filled = await reads.filled(agency, firm)
            ports = {service: httpx.URL(stack.url(service)).port or 0 for service in ("catalog", "matcher")}
            asked = {
                "GET /v1/demands": ("catalog", load.get("/v1/demands")),
                "GET /v1/demands?q=残损 (not hot)": ("catalog", load.get("/v1/demands?q=%E6%AE%8B%E6%8D%9F")),
                "GET /v1/matches": ("matcher", load.get("/v1/matches", firm.token)),
                "GET /v1/profiles/{id}": ("matcher", load.get(filled.paths[2][1])),
                "POST /v1/demands": ("catalog", load.post("/v1/demands", agency.token, texts.demand())),
                "POST /v1/fits": ("matcher", load.post("/v1/fits", firm.token, FITS)),
            }
            found = {}
            for what, (service, request) in asked.items():
                await asyncio.to_thread(stack.stop, f"{service}-serve")
                await asyncio.to_thread(stack.start, f"{service}-serve")
                found[what] = await load.pressed(ports[service], request, connections=CONNECTIONS, for_s=FOR_S)
    return Result(f"{CONNECTIONS} connections at once", _figures(found), _notes(found))


def _figures(found: Mapping[str, Count]) -> list[Figure]:
    figures = []
    for what, count in found.items():
        served = [took for status in GOOD for took in count.took_s.get(status, ())]
        figures.append(figure(f"{what}: served", len(served) / FOR_S, "/s", "one a second", 1.0))
        figures.append(figure(f"{what}: served, p95", _p95(served), "s", AT_LIMIT, LIMIT_S))
        if refused := count.took_s.get(503):
            figures.append(figure(f"{what}: refused, p95", _p95(refused), "s", AT_LIMIT, LIMIT_S))
    return figures


def _p95(took_s: Sequence[float]) -> float:
    return statistics.quantiles(took_s, n=20)[-1] if len(took_s) > 1 else sum(took_s)


def _notes(found: Mapping[str, Count]) -> list[str]:
    told = f"{FOR_S:g} s each, from the moment that the process is ready"
    lines = [f"{told}; a refused client comes back after {load.PAUSE_S:g} s"]
    for what, count in found.items():
        statuses = ", ".join(f"{len(took)} × {status}" for status, took in sorted(count.took_s.items()))
        slowest = max((took for each in count.took_s.values() for took in each), default=0.0)
        lines.append(f"{what}: {statuses}; {count.broken} broken connections; slowest {slowest:.2f} s")
    return [*lines, f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"]
