"""What explaining a pair of the samples costs, beside the build of commit 52005ce in the same run."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from tests.bench.judged_texts import Texts, run, samples_texts
from tests.bench.launched import BASE, ROOT, unpack
from tests.bench.report import Figure, Result, figure
from tests.bench.verifying import MOST, claims_of, seconds_of

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
    notes = [
        f"processor time; {pairs} pairs of the samples, three rounds; medians of {RUNS} runs of each in turn",
        f"the verifier is asked about {MOST} verdicts of the samples' pairs, unless MATCHER_VERIFIER says no",
    ]
    return Result("Explaining a pair", [*figures, *_verified(texts)], notes)


def _verified(texts: Texts) -> list[Figure]:
    first, again, embedded = (each / MOST * 1e6 for each in seconds_of(claims_of(texts)))
    return [
        figure(f"a verdict confirmed, {when}", taken, "µs", "embedding its paragraph", embedded)
        for when, taken in (("the first time", first), ("again, from the cache", again))
    ]


def _figure(what: str, runs: Sequence[Sequence[float]]) -> Figure:
    today, base = (median(each[build] for each in runs) * 1e6 for build in (0, 1))
    return figure(f"a pair, {what}", today, "µs", f"commit {BASE}", base)
