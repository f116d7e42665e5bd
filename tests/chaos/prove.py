"""`python -m tests.chaos.prove [NAME …]`: breaks each guarantee in a copy of the project and sees its test fail.

Some 20 s a mutant; several copies are worked in at a time, one for each core, or as many as `--jobs` says.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue

from rich.console import Console
from rich.table import Table

from tests.chaos.mutants import MUTANTS, Mutant

ROOT = Path(__file__).parents[2]
COPIED = ("libs", "services", "deploy", "tests", "pyproject.toml")
LONGEST_S, LONGEST_TEST_S = 1200.0, 180
"""Of a run of pytest, and of one test in it: one that waits for ever for what a mutant broke has failed."""

KILLED = "fails, as it must"
SURVIVED = "SURVIVED: the test still passes"
INAPPLICABLE = "DOES NOT APPLY: the code has changed, change the mutant with it"
BROKEN = "NO PROOF: the test could not run"
BAD = {SURVIVED, INAPPLICABLE, BROKEN}

console = Console(highlight=False)


def main(mutants: Sequence[Mutant] = MUTANTS) -> int:
    """Returns 1 when a test of the sound copy fails, or a mutant survives or no longer applies."""
    chosen, jobs = _asked(mutants)
    with tempfile.TemporaryDirectory(prefix="jingqiao-prove-") as name:
        copies = Copies([Path(name) / str(number) for number in range(jobs)])
        tests = sorted({mutant.test for mutant in chosen})
        console.print(f"{len(tests)} tests on the sound copy …", style="dim")
        with copies.one() as copy:
            code, output = _run(copy, tests, "-n", str(jobs))
            if failed := re.findall(r"^FAILED (\S+)", output, re.MULTILINE):
                # Beside others a test may have been too slow; by itself it is not.
                code, output = _run(copy, failed)
        if code != 0:
            console.print(output, "They fail before anything is broken.", sep="\n", markup=False)
            return 1
        with ThreadPoolExecutor(jobs) as at_once:
            verdicts = list(at_once.map(lambda mutant: _judged(copies, mutant), chosen))
    _show(chosen, verdicts)
    return int(not BAD.isdisjoint(verdicts))


class Copies:
    """Copies of the project, each for one mutant at a time."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._free: SimpleQueue[Path] = SimpleQueue()
        for folder in folders:
            folder.mkdir()
            _copy_to(folder)
            self._free.put(folder)

    @contextmanager
    def one(self) -> Iterator[Path]:
        copy = self._free.get()
        try:
            yield copy
        finally:
            self._free.put(copy)


def _asked(mutants: Sequence[Mutant]) -> tuple[Sequence[Mutant], int]:
    parser = argparse.ArgumentParser(description=__doc__)
    names = [mutant.name for mutant in mutants]
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(names)}; all of them when none is named")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="copies at a time (default: one a core)")
    asked = parser.parse_args()
    wanted = asked.names
    if unknown := set(wanted) - set(names):
        parser.error(f"no mutant {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    return [mutant for mutant in mutants if not wanted or mutant.name in wanted], max(1, asked.jobs)


def _copy_to(folder: Path) -> None:
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)


def _judged(copies: Copies, mutant: Mutant) -> str:
    with copies.one() as copy:
        return _judged_in(copy, mutant)


def _judged_in(copy: Path, mutant: Mutant) -> str:
    path = copy / mutant.file
    sound = path.read_text(encoding="utf-8")
    if sound.count(mutant.whole) != 1:
        return INAPPLICABLE
    path.write_text(sound.replace(mutant.whole, mutant.broken) + mutant.appended, encoding="utf-8")
    began_at = time.monotonic()
    code, output = _run(copy, [mutant.test])
    path.write_text(sound, encoding="utf-8")
    verdict = _verdict(code, output)
    console.print(f"{mutant.name}: {verdict} ({time.monotonic() - began_at:.0f} s)", style="dim", markup=False)
    if verdict == BROKEN:
        console.print(output, markup=False)
    return verdict


def _run(copy: Path, tests: Sequence[str], *how: str) -> tuple[int, str]:
    """pytest's exit code and what it printed; the copy's sources come before the installed ones."""
    paths = [str(copy / part) for part in ("libs", "services", "")]
    plain = ("-q", "-p", "no:cacheprovider", "--show-capture=no", f"--timeout={LONGEST_TEST_S}")
    argv = [sys.executable, "-m", "pytest", *plain, *how, *tests]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(argv, cwd=copy, env=env, capture_output=True, text=True, timeout=LONGEST_S)
    except subprocess.TimeoutExpired as error:
        return -1, f"not done within {error.timeout:g} s"
    return done.returncode, done.stdout + done.stderr


def _verdict(code: int, output: str) -> str:
    """A failed test is proof; a test that could not start is not."""
    if code == 0:
        return SURVIVED
    # What the interpreter says while it ends may come after pytest's last line.
    summaries = re.findall(r"^.*\d+ (?:passed|failed|errors?)\b.* in [\d.]+s.*$", output, re.MULTILINE)
    counted = re.findall(r"(\d+) (failed|error)", summaries[-1] if summaries else "")
    return KILLED if code == 1 and [kind for _, kind in counted] == ["failed"] else BROKEN


def _show(mutants: Sequence[Mutant], verdicts: Sequence[str]) -> None:
    table = Table(title="What was broken, and what the test said", title_justify="left")
    for heading in ("mutant", "what is broken", "test", "verdict"):
        table.add_column(heading)
    for mutant, verdict in zip(mutants, verdicts, strict=True):
        name = mutant.test.rpartition("::")[2]
        table.add_row(mutant.name, mutant.what, name, verdict, style="red" if verdict in BAD else None)
    console.print(table)


if __name__ == "__main__":
    sys.exit(main())
