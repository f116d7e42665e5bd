"""How many hot reads one process answers in a second, beside bare routes with the same SELECT and commit 52005ce."""

import os
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import httpx
import psutil

from tests.bench import former, load, platform
from tests.bench.former import FormerStack
from tests.bench.launched import BASE
from tests.bench.report import Figure, Result
from tests.e2e import texts
from tests.support.eventually import eventually
from tests.support.parties import Json, Party, town
from tests.support.stack import LiveStack

ROUNDS = 5
FOR_S = 1.0
DEMANDS = 60
PROFILES = 40
BARE, BYTES, FORMER = "bare route, same SELECT", "the same, bytes by itself", f"commit {BASE}"
BASELINES = (BARE, BYTES, FORMER)
OWN = "own"


@dataclass(frozen=True)
class Side:
    """Where one contender answers a read, and with what in the request."""

    port: int
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Round:
    """Requests a second, and microseconds of processor time that the answering process took for each."""

    rate: float
    cpu_us: float


@dataclass(frozen=True)
class Filled:
    """Paths of the reads of one stack, and the firm that reads its matches."""

    firm: Party
    paths: Sequence[tuple[str, str]]


async def measure() -> Result:
    """Some five minutes. Raises CannotMeasure where the former commit is not at hand."""
    with platform.running() as stack, former.running() as past, platform.beside("tests.bench.bare", "socket") as socket:
        async with town(stack) as people, town(past) as others:
            today = await filled(people.agency(), people.enterprise())
            before = await filled(others.agency(), others.enterprise())
            dsns = stack.database_url("catalog"), stack.database_url("matcher")
            with platform.beside("tests.bench.bare", "fastapi", *dsns, today.firm.code) as bare:
                figures = await _all_figures(stack, past, bare, today, before)
        ceiling = await load.rate(socket, load.get("/"), for_s=FOR_S)
    return Result("Hot reads, one process", figures, _notes(ceiling))


def _notes(ceiling: float) -> list[str]:
    return [
        f"{load.CONNECTIONS} connections, {ROUNDS} interleaved rounds of {FOR_S:g} s; ratios are medians of neighbours",
        f"the generator itself reaches {ceiling:,.0f} requests/s; load of the machine {os.getloadavg()[0]:.1f}"
        f" on {os.cpu_count()} cores",
        "µs: processor time of the answering process for one request, which other work on the machine hardly changes",
    ]


async def filled(agency: Party, firm: Party) -> Filled:
    """Once there is something to read."""
    profiles = [await firm.save_profile(texts.fitting_profile()) for _ in range(PROFILES)]
    demands = [await agency.publish(texts.demand(title=f"箱体残损识别{number}")) for number in range(DEMANDS)]

    async def matched() -> list[Json]:
        page = await firm.ask("GET", "matcher", f"/v1/matches?demand_id={demands[-1]['id']}")
        items: list[Json] = page["items"]
        return items

    await eventually(matched, within=300, every=1.0, what="the last demand's matches")
    demand, profile = f"/v1/demands/{demands[0]['id']}", f"/v1/profiles/{profiles[0]['id']}"
    services = ("catalog", "catalog", "matcher", "matcher")
    return Filled(firm, list(zip(services, ("/v1/demands", demand, profile, "/v1/matches"), strict=True)))


async def _all_figures(stack: LiveStack, past: FormerStack, bare: int, today: Filled, before: Filled) -> list[Figure]:
    figures = []
    for (service, path), (_, past_path) in zip(today.paths, before.paths, strict=True):
        reply = await today.firm.send("GET", service, path)
        template, size = _template(path), len(reply.content) / 1000
        sides = {
            OWN: Side(port_of(stack.url(service)), path, _token(today.firm, path)),
            BARE: Side(bare, path),
            BYTES: Side(bare, f"/bytes{path}"),
            FORMER: Side(port_of(past.url(service)), past_path, _token(before.firm, path)),
        }
        figures += await _compared(f"GET {template}, {size:.1f} kB", sides)
        if path.startswith("/v1/demands/"):
            known = Side(sides[OWN].port, path, {"If-None-Match": reply.headers["etag"]})
            figures += await _compared(f"GET {template}, 304", {**sides, OWN: known})
    return figures


async def _compared(what: str, sides: Mapping[str, Side]) -> list[Figure]:
    """Neighbouring runs of all sides, A B C A B C, so that what else the machine does weighs on all."""
    rounds = [{name: await _round(side) for name, side in sides.items()} for _ in range(ROUNDS)]
    rates = {name: statistics.median(each[name].rate for each in rounds) for name in sides}
    costs = {name: statistics.median(each[name].cpu_us for each in rounds) for name in sides}
    by_rate = [
        Figure(
            what,
            rates[OWN],
            "/s",
            name,
            rates[name],
            ratio=statistics.median(each[OWN].rate / each[name].rate for each in rounds),
        )
        for name in BASELINES
    ]
    by_cost = [Figure(what, costs[OWN], "µs", name, costs[name], costs[OWN] / costs[name]) for name in BASELINES]
    return [*by_rate, *by_cost]


async def _round(side: Side) -> Round:
    process = listening_on(side.port)
    began = _cpu_s(process)
    rate, count = await load.counted(side.port, load.get(side.path, dict(side.headers)), for_s=FOR_S)
    return Round(rate, (_cpu_s(process) - began) / count * 1e6)


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def listening_on(port: int) -> psutil.Process:
    for one in psutil.net_connections(kind="tcp"):
        if one.status == psutil.CONN_LISTEN and one.laddr.port == port and one.pid is not None:
            return psutil.Process(one.pid)
    raise RuntimeError(f"nobody listens on {port}")


def _token(firm: Party, path: str) -> dict[str, str]:
    return firm.token if path == "/v1/matches" else {}


def port_of(url: str) -> int:
    port = httpx.URL(url).port
    assert port is not None
    return port


def _template(path: str) -> str:
    head, _, last = path.rpartition("/")
    return f"{head}/{{id}}" if "-" in last else path
