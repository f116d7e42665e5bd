"""How many fits a process with a loaded model computes while 200 connections ask for them, beside 8 that do."""

import os
import statistics

import httpx

from tests.bench import load, platform, reads
from tests.bench.load import GOOD, Count
from tests.bench.overload import FITS, LIMIT_S
from tests.bench.report import Result, figure
from tests.support.parties import town

FEW, MANY = 8, 200
FOR_S, ROUNDS = 10.0, 3


async def measure() -> Result:
    """Some two minutes; few and many take turns, so that what else the machine does weighs on both."""
    with platform.running() as stack:
        async with town(stack) as people:
            agency, firm = people.agency(), people.enterprise()
            await reads.filled(agency, firm)
            await firm.ask("POST", "matcher", "/v1/fits", FITS)  # the model is loaded with the first request
            port, request = httpx.URL(stack.url("matcher")).port or 0, load.post("/v1/fits", firm.token, FITS)
            rounds = [
                [await load.pressed(port, request, connections=count, for_s=FOR_S) for count in (FEW, MANY)]
                for _ in range(ROUNDS)
            ]
    few, many = (_together([each[which] for each in rounds]) for which in (0, 1))
    seconds = FOR_S * ROUNDS
    figures = [
        figure(f"served to {MANY}", len(_served(many)) / seconds, "/s", f"to {FEW}", len(_served(few)) / seconds),
        figure(f"served to {MANY}, p95", _p95(_served(many)), "s", "longest wait for a turn", LIMIT_S),
        figure(f"refused of {MANY}, p95", _p95(many.took_s[503]), "s", "longest wait for a turn", LIMIT_S),
    ]
    return Result("Fits that many ask for at once", figures, [_note(FEW, few), _note(MANY, many), _load()])


def _together(counts: list[Count]) -> Count:
    whole = Count()
    for count in counts:
        whole.broken += count.broken
        for status, took in count.took_s.items():
            whole.took_s[status] += took
    return whole


def _served(count: Count) -> list[float]:
    return [took for status in GOOD for took in count.took_s.get(status, ())]


def _p95(took_s: list[float]) -> float:
    return statistics.quantiles(took_s, n=20)[-1] if len(took_s) > 1 else sum(took_s)


def _note(connections: int, count: Count) -> str:
    statuses = ", ".join(f"{len(took)} × {status}" for status, took in sorted(count.took_s.items()))
    return f"{connections} connections: {statuses}; {count.broken} broken; whoever is refused comes back after a second"


def _load() -> str:
    return f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
