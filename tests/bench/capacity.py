"""Raises the load step by step until a target of latency is missed, and names what stood in the way.

`python -m tests.bench.capacity` (or `make capacity`) takes a quarter of an hour at most. Each step is written down as
soon as it is done; a run that was interrupted goes on with the next one. `--fresh` begins anew.
"""

import argparse
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

import structlog
import uvloop
from rich.console import Console

from common.progress import counted
from tests.bench import capacity_load, capacity_report, platform
from tests.bench.capacity_load import Bench
from tests.bench.capacity_steps import Step, missed_targets
from tests.support.parties import town

FOLDER = Path("build") / "capacity"
FIRST, GROWTH, MOST_STEPS = 25.0, 1.6, 12
"""Requests a second of the first step, how much more the next one sends, and how many steps there are at most."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.capacity", description=__doc__)
    parser.add_argument("--seconds", type=float, default=15.0, help="of load in each step (default: %(default)s)")
    parser.add_argument("--fresh", action="store_true", help="begin anew instead of going on")
    options = parser.parse_args()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    FOLDER.mkdir(parents=True, exist_ok=True)
    kept = FOLDER / "steps.jsonl"
    if options.fresh:
        kept.unlink(missing_ok=True)
    steps = _read(kept)
    if not is_over(steps):
        uvloop.run(_measure(steps, kept, options.seconds))
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 150)
    capacity_report.show(steps, console)
    drawn = capacity_report.draw(steps, FOLDER / "capacity.png")
    console.print(f"Steps: {kept}{f', plot: {drawn}' if drawn else ''}", style="dim")
    return 0


def _read(kept: Path) -> list[Step]:
    lines = kept.read_text(encoding="utf-8").splitlines() if kept.exists() else []
    return [Step(**json.loads(line)) for line in lines]


def is_over(steps: list[Step]) -> bool:
    """A step that misses a target is tried once more: other work on the machine may have been the reason."""
    *_, before, last = [None, None, *steps]
    is_twice = last is not None and before is not None and before.wanted == last.wanted
    return len(steps) >= MOST_STEPS or (is_twice and last is not None and bool(missed_targets(last)))


def next_rate(steps: list[Step]) -> float:
    """Requests a second."""
    if not steps:
        return FIRST
    return steps[-1].wanted * (1.0 if missed_targets(steps[-1]) else GROWTH)


async def _measure(steps: list[Step], kept: Path, for_s: float) -> None:
    with platform.running() as stack, counted("capacity: steps", MOST_STEPS) as advance:
        async with town(stack) as people:
            bench = await Bench.filled(stack, people)
            async with bench.listening():
                while not is_over(steps):
                    advance(len(steps))
                    steps.append(await capacity_load.step(bench, next_rate(steps), for_s=for_s))
                    with kept.open("a", encoding="utf-8") as file:
                        file.write(json.dumps(asdict(steps[-1]), ensure_ascii=False) + "\n")
        advance(MOST_STEPS)


if __name__ == "__main__":
    os.chdir(Path(__file__).parents[2])
    sys.exit(main())
