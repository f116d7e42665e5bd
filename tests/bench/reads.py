"""How many reads one process answers in a second, beside a bare FastAPI route on the same server settings."""

import statistics

import httpx

from tests.bench import load, platform
from tests.bench.report import Figure, Result
from tests.e2e import texts
from tests.support.eventually import eventually
from tests.support.parties import Json, Party, town
from tests.support.stack import LiveStack

ROUNDS = 5
FOR_S = 1.5
DEMANDS = 60
PROFILES = 40


async def measure() -> Result:
    with (
        platform.running() as stack,
        platform.beside("tests.bench.bare", "fastapi") as bare,
        platform.beside("tests.bench.bare", "socket") as socket,
    ):
        async with town(stack) as people:
            firm = people.enterprise()
            paths = await _filled(stack, people.agency(), firm)
            figures = [await _compared(stack, bare, firm, *path) for path in paths]
        ceiling = await load.rate(socket, load.get("/"), for_s=FOR_S)
    note = f"{load.CONNECTIONS} connections, {ROUNDS} rounds; the generator itself reaches {ceiling:,.0f} requests/s"
    return Result("Hot reads, one process", figures, [note])


async def _filled(stack: LiveStack, agency: Party, firm: Party) -> list[tuple[str, str]]:
    """(service, path) of each read, once there is something to read."""
    profiles = [await firm.save_profile(texts.fitting_profile()) for _ in range(PROFILES)]
    demands = [await agency.publish(texts.demand(title=f"箱体残损识别{number}")) for number in range(DEMANDS)]

    async def matched() -> list[Json]:
        return await firm.matches(demand_id=demands[-1]["id"])

    await eventually(matched, within=300, every=1.0, what="the last demand's matches")
    return [
        ("catalog", "/v1/demands"),
        ("catalog", f"/v1/demands/{demands[0]['id']}"),
        ("matcher", f"/v1/profiles/{profiles[0]['id']}"),
        ("matcher", "/v1/matches"),
    ]


async def _compared(stack: LiveStack, bare: int, firm: Party, service: str, path: str) -> Figure:
    """Neighbouring runs of both, A B A B, so that what else the machine does weighs on both."""
    headers = firm.token if path == "/v1/matches" else {}
    size = len((await firm.send("GET", service, path)).content)
    port = httpx.URL(stack.url(service)).port
    assert port is not None
    rounds = [
        (
            await load.rate(bare, load.get("/bare"), for_s=FOR_S),
            await load.rate(port, load.get(path, headers), for_s=FOR_S),
        )
        for _ in range(ROUNDS)
    ]
    return Figure(
        what=f"GET {_template(path)}, {size / 1000:.1f} kB",
        value=statistics.median(own for _, own in rounds),
        unit="/s",
        baseline="bare FastAPI route",
        baseline_value=statistics.median(base for base, _ in rounds),
        ratio=statistics.median(own / base for base, own in rounds),
    )


def _template(path: str) -> str:
    head, _, last = path.rpartition("/")
    return f"{head}/{{id}}" if "-" in last else path
