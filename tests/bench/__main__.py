"""`python -m tests.bench [PART …] [--json]`: each figure beside a baseline measured in the same run."""

import argparse
import sys
from collections.abc import Callable

import structlog
import uvloop
from rich.console import Console

from tests.bench import (
    crowded_fits,
    delivery,
    embedding,
    explaining,
    imports,
    lanes,
    latency,
    overload,
    portal_pages,
    reads,
    report,
    scale,
    stack,
    start,
    starting,
    storage,
)
from tests.bench.report import CannotMeasure, Result

Measure = Callable[[argparse.Namespace], Result]
PARTS: dict[str, Measure] = {
    "start": lambda _: start.measure(),
    "services": lambda _: starting.measure(),
    "stack": lambda _: stack.measure(),
    "explaining": lambda _: explaining.measure(),
    "reads": lambda _: uvloop.run(reads.measure()),
    "overload": lambda _: uvloop.run(overload.measure()),
    "fits": lambda _: uvloop.run(crowded_fits.measure()),
    "latency": lambda _: uvloop.run(latency.measure()),
    "lanes": lambda _: uvloop.run(lanes.measure()),
    "import": lambda _: uvloop.run(imports.measure()),
    "delivery": lambda _: uvloop.run(delivery.measure()),
    "portal": lambda _: portal_pages.measure(),
    "embedding": lambda _: uvloop.run(embedding.measure()),
}
LONG_PARTS: dict[str, Measure] = {
    "storage": lambda _: uvloop.run(storage.measure()),
    "scale": lambda options: uvloop.run(scale.measure(options.profiles, options.demands)),
}
"""Run only when they are named."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    every = PARTS | LONG_PARTS
    parts = f"{', '.join(PARTS)}, which is what runs when none is named; or {', '.join(LONG_PARTS)}"
    parser.add_argument("parts", nargs="*", metavar="PART", help=parts)
    parser.add_argument("--profiles", type=int, default=1_000_000, help="of scale: how many (default: %(default)s)")
    parser.add_argument("--demands", type=int, default=10_000, help="of scale: how many (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of tables")
    options = parser.parse_args()
    if unknown := set(options.parts) - set(every):
        parser.error(f"no part {', '.join(sorted(unknown))}; there are {', '.join(every)}")
    console = Console(stderr=options.json, highlight=False)
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    results = {}
    for name in options.parts or PARTS:
        console.print(f"Measuring {name} …", style="dim")
        try:
            results[name] = every[name](options)
        except CannotMeasure as error:
            console.print(f"{name} cannot be measured: {error}", style="red")
        else:
            report.show(results[name], console)
    if options.json:
        sys.stdout.write(report.as_json(results) + "\n")
    return 0 if set(results) == set(options.parts or PARTS) else 1


if __name__ == "__main__":
    sys.exit(main())
