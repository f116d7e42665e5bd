"""`python -m tests.bench [PART …] [--json]`: each figure beside a baseline measured in the same run."""

import argparse
import sys
from collections.abc import Callable

import uvloop
from rich.console import Console

from tests.bench import embedding, latency, reads, report, start
from tests.bench.report import Result

PARTS: dict[str, Callable[[], Result]] = {
    "start": start.measure,
    "reads": lambda: uvloop.run(reads.measure()),
    "latency": lambda: uvloop.run(latency.measure()),
    "embedding": lambda: uvloop.run(embedding.measure()),
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; all of them when none is named")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of tables")
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    console = Console(stderr=options.json, highlight=False)
    results = {}
    for name in options.parts or PARTS:
        console.print(f"Measuring {name} …", style="dim")
        results[name] = PARTS[name]()
        report.show(results[name], console)
    if options.json:
        sys.stdout.write(report.as_json(results) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
