"""`python -m tests.chaos.seeds [COUNT] [--first N] [--times N]`: the suites of deaths under many seeds, with counts.

Each seed is another order of deaths and accidents, and gives the same order again: `--first 7` and a COUNT of 1 repeat
the seventh.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.support.dying.reports import REPORT

SUITES = ("tests/integration/notify/test_boundaries.py", "tests/chaos/test_deaths.py", "tests/chaos/test_crashes.py")
ROOT = Path(__file__).parents[2]
Report = dict[str, Any]


def main() -> int:
    options = _options()
    with tempfile.TemporaryDirectory(prefix="jingqiao-chaos-") as folder:
        report, failed = Path(folder) / "report", []
        for seed in range(options.first, options.first + options.count):
            began_at = time.monotonic()
            is_good = _run(seed, options.times, options.suite or SUITES, report)
            said = "passed" if is_good else "FAILED"
            sys.stdout.write(f"seed {seed}: {said} ({time.monotonic() - began_at:.0f} s)\n")
            sys.stdout.flush()
            failed += [] if is_good else [seed]
        _show([json.loads(line) for line in report.read_text().splitlines()] if report.exists() else [])
    sys.stdout.write(f"{options.count - len(failed)} of {options.count} seeds passed\n")
    return 1 if failed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.seeds", description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=10, help="how many seeds (default: %(default)s)")
    parser.add_argument("--first", type=int, default=1, help="the first of them (default: %(default)s)")
    parser.add_argument("--times", type=int, default=2, help="deaths at each boundary (default: %(default)s)")
    parser.add_argument("--suite", action="append", help="one of the test files; all when none is named")
    return parser.parse_args()


def _run(seed: int, times: int, suites: Sequence[str], report: Path) -> bool:
    env = {**os.environ, "CHAOS_SEED": str(seed), "CHAOS_TIMES": str(times), REPORT: str(report)}
    argv = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", *suites]
    done = subprocess.run(argv, cwd=ROOT, env=env, capture_output=True, text=True)
    if done.returncode != 0:
        sys.stdout.write(done.stdout[-6000:])
    return done.returncode == 0


def _show(reports: Sequence[Report]) -> None:
    console, totals, died = Console(highlight=False), Counter[str](), Counter[str]()
    for each in reports:
        for kind in ("counts", "accidents"):
            totals.update({f"{each['suite']}: {name}": count for name, count in each[kind].items()})
        totals.update({f"{each['suite']}: deaths": sum(each["died"].values())})
        died.update(each["died"])
    table = Table("what", "count")
    for name, count in sorted(totals.items()):
        table.add_row(name, f"{count:,}")
    console.print(table)
    if died:
        console.print(f"{len(died)} boundaries, died at each at least {min(died.values())} times")


if __name__ == "__main__":
    sys.exit(main())
