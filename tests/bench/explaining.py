"""What explaining a pair of the samples costs, beside the build of commit 52005ce in the same run."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from common.contracts.catalog import Clause
from matcher.engine.embedding import load_embedder
from matcher.engine.verdicts.evidence import EvidenceText, sentences
from matcher.vectors.content import askings, evidence_texts
from tests.bench import platform
from tests.bench.launched import BASE, ROOT, unpack
from tests.bench.report import Figure, Result, figure
from tests.support import samples

RUNS = 5
"""Of each build, one after the other."""


def measure() -> Result:
    """Some three minutes. Raises CannotMeasure where the commit is not at hand."""
    demands = [[one.clause for one in askings(samples.snapshot(row))] for row in samples.rows("demands.jsonl").values()]
    profiles = [evidence_texts(samples.offer(row)) for row in samples.rows("offers.jsonl").values()]
    pairs = len(demands) * len(profiles)
    with tempfile.TemporaryDirectory(prefix="jingqiao-bench-") as name:
        folder = Path(name)
        unpack(BASE, folder / "base")
        np.savez(folder / "cosines.npz", **_cosines(demands, profiles))
        texts = _as_json(demands, profiles)
        runs = [[_run(root, folder / "cosines.npz", texts) for root in (ROOT, folder / "base")] for _ in range(RUNS)]
    figures = [
        _figure("the first time, texts read", [[build[0] / pairs for build in run] for run in runs]),
        _figure("again, texts read before", [[min(build[1:]) / pairs for build in run] for run in runs]),
    ]
    notes = [
        f"processor time; {len(demands)} demands, {len(profiles)} profiles; medians of {RUNS} runs of each in turn"
    ]
    return Result("Explaining a pair", figures, notes)


def _figure(what: str, runs: Sequence[Sequence[float]]) -> Figure:
    today, base = (median(run[build] for run in runs) * 1e6 for build in (0, 1))
    return figure(f"a pair, {what}", today, "µs", f"commit {BASE}", base)


def _cosines(demands: list[list[Clause]], profiles: list[list[EvidenceText]]) -> dict[str, Any]:
    """By demand and profile, (clauses, sentences)."""
    engine = load_embedder(cache_dir=platform.cache(), threads=1)
    asked = [engine.encode_queries([clause.text for clause in clauses]) for clauses in demands]
    told = [engine.encode_passages([sentence.text for sentence in sentences(texts)]) for texts in profiles]
    return {f"{d}/{p}": row @ side.T for d, row in enumerate(asked) for p, side in enumerate(told)}


def _as_json(demands: list[list[Clause]], profiles: list[list[EvidenceText]]) -> str:
    return json.dumps(
        {
            "demands": [[clause.model_dump(mode="json") for clause in clauses] for clauses in demands],
            "profiles": [[[text.source, text.text, text.trl] for text in texts] for texts in profiles],
        }
    )


def _run(root: Path, cosines: Path, texts: str) -> list[float]:
    """Seconds of each round."""
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(str(root / folder) for folder in ("libs", "services"))}
    argv = [sys.executable, "-P", str(Path(__file__).with_name("explained.py")), str(cosines)]
    done = subprocess.run(argv, input=texts, env=env, cwd=root, capture_output=True, text=True, check=True)
    taken: list[float] = json.loads(done.stdout)
    return taken
