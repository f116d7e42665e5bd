"""What explaining a pair of the samples costs, beside the build of commit 52005ce in the same run."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from tests.bench.judged_texts import run, samples_texts
from tests.bench.launched import BASE, ROOT, unpack
from tests.bench.report import Figure, Result, figure

RUNS = 5
"""Of each build, one after the other."""


def measure() -> Result:
    """Some three minutes. Raises CannotMeasure where the commit is not at hand."""
    texts = samples_texts()
    pairs = len(texts.pairs)
    with tempfile.TemporaryDirectory(prefix="jingqiao-bench-") as name:
        folder = Path(name)
        unpack(BASE, folder / "base")
        texts.write_cosines(folder / "cosines.npz")
        runs: list[list[list[float]]] = [
            [run(root, texts, folder / "cosines.npz") for root in (ROOT, folder / "base")] for _ in range(RUNS)
        ]
    figures = [
        _figure("the first time, texts read", [[build[0] / pairs for build in each] for each in runs]),
        _figure("again, texts read before", [[min(build[1:]) / pairs for build in each] for each in runs]),
        _figure(
            "on the whole, as a worker does", [[sum(build) / len(build) / pairs for build in each] for each in runs]
        ),
    ]
    note = f"processor time; {pairs} pairs of the samples, three rounds; medians of {RUNS} runs of each in turn"
    return Result("Explaining a pair", figures, [note])


def _figure(what: str, runs: Sequence[Sequence[float]]) -> Figure:
    today, base = (median(each[build] for each in runs) * 1e6 for build in (0, 1))
    return figure(f"a pair, {what}", today, "µs", f"commit {BASE}", base)
