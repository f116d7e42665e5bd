"""`python -m tests.bench.verdicts`: which verdicts differ from those of commit 52005ce, beside the list of them.

Both builds judge the samples, the tuning set and the held-out set, by words alone and with cosines. Ends with 1 when a
verdict changed that docs/verdict-changes.tsv does not list, or one that it lists did not.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from matcher.engine.words import tables
from tests.bench.judged_texts import Texts, judged_texts, run, samples_texts
from tests.bench.launched import BASE, ROOT, unpack

LIST = ROOT / "docs" / "verdict-changes.tsv"
WAYS = ("words", "cosines")


class Change(NamedTuple):
    """A verdict that came out otherwise; `at` is the clause's place in the demand, `way` how sentences were found."""

    demand: str
    profile: str
    at: str
    way: str
    before: str
    after: str


def listed() -> dict[Change, list[str]]:
    """The changes that are meant, each with its kind, the clause, what was found, and why."""
    return {Change(*row[:6]): row[6:] for row in tables.rows(LIST, width=10)}


def main() -> int:
    """Two minutes, most of them for vectors."""
    found: dict[Change, list[str]] = {}
    with tempfile.TemporaryDirectory(prefix="jingqiao-bench-") as name:
        unpack(BASE, Path(name) / "base")
        for what, texts in _sets():
            count, changed = _compared(texts, Path(name), is_hidden=what == "held out")
            found |= changed
            sys.stdout.write(f"{what}: {count} verdicts, {len(changed)} otherwise than in {BASE}\n")
    meant = listed()
    for title, changes in (("not listed", found.keys() - meant.keys()), ("listed, no longer so", meant.keys() - found)):
        for change in sorted(changes):
            sys.stdout.write("\t".join((title, *change, *found.get(change, []))) + "\n")
    sys.stdout.write(f"{len(found)} changed, {len(found.keys() & meant.keys())} of them listed in {LIST.name}\n")
    return int(found.keys() != meant.keys())


def _sets() -> Iterator[tuple[str, Texts]]:
    yield "samples", samples_texts()
    yield "tuning", judged_texts("tuning")
    yield "held out", judged_texts("held_out")


def _compared(texts: Texts, folder: Path, *, is_hidden: bool) -> tuple[int, dict[Change, list[str]]]:
    """How many verdicts there are, and those that differ with the clause and the words found; texts of a hidden set
    stay so."""
    texts.write_cosines(folder / "cosines.npz")
    today, base = (run(root, texts, folder / "cosines.npz", "outcomes") for root in (ROOT, folder / "base"))
    found: dict[Change, list[str]] = {}
    count = 0
    for d, p in texts.pairs:
        for at, (now, before) in enumerate(zip(today[f"{d}/{p}"], base[f"{d}/{p}"], strict=True)):
            for way, (outcome, words), (former, _) in zip(WAYS, now, before, strict=True):
                count += 1
                if outcome != former:
                    change = Change(texts.names[0][d], texts.names[1][p], str(at), way, former, outcome)
                    found[change] = [] if is_hidden else [texts.demands[d][at].text, words]
    return count, found


if __name__ == "__main__":
    sys.exit(main())
