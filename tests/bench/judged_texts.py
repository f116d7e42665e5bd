"""Demands and profiles that two builds of the project explain, with what a model says of them."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from common.contracts.clauses import Clause, ClauseKind
from matcher.engine.clauses.requirement import read as clause_of
from matcher.engine.embedding import load_embedder
from matcher.engine.verdicts.evidence import EvidenceText, sentences
from matcher.vectors.content import askings, evidence_texts
from tests.bench import platform
from tests.support import samples

JUDGED = Path(__file__).parents[1] / "data" / "verdicts"


@dataclass(frozen=True)
class Texts:
    """`pairs` are places in `demands` and `profiles`; `names` say of each demand and each profile what it is."""

    demands: Sequence[Sequence[Clause]]
    profiles: Sequence[Sequence[EvidenceText]]
    pairs: Sequence[tuple[int, int]]
    names: tuple[Sequence[str], Sequence[str]]

    def write_cosines(self, path: Path) -> None:
        """By demand and profile, (clauses, sentences); some seconds for a thousand texts."""
        engine = load_embedder(cache_dir=platform.cache(), threads=1)
        asked = [engine.encode_queries([clause.text for clause in clauses]) for clauses in self.demands]
        told = [engine.encode_passages([one.text for one in sentences(texts)]) for texts in self.profiles]
        table: dict[str, Any] = {f"{d}/{p}": asked[d] @ told[p].T for d, p in self.pairs}
        np.savez(path, **table)

    def as_json(self) -> str:
        return json.dumps(
            {
                "demands": [[clause.model_dump(mode="json") for clause in clauses] for clauses in self.demands],
                "profiles": [[[text.source, text.text, text.trl] for text in texts] for texts in self.profiles],
            }
        )


def samples_texts() -> Texts:
    """Every demand of the samples with every profile."""
    demands, offers = samples.rows("demands.jsonl"), samples.rows("offers.jsonl")
    return Texts(
        [[one.clause for one in askings(samples.snapshot(row))] for row in demands.values()],
        [evidence_texts(samples.offer(row)) for row in offers.values()],
        [(d, p) for d in range(len(demands)) for p in range(len(offers))],
        (list(demands), list(offers)),
    )


def judged_texts(part: str) -> Texts:
    """The clauses of the tuning or the held-out set, each with the profile it was written for."""
    profiles = json.loads((JUDGED / f"{part}.json").read_text(encoding="utf-8"))
    return Texts(
        [[_clause(case) for case in profile["cases"]] for profile in profiles],
        [[EvidenceText(one["source"], one["text"], one.get("trl")) for one in each["texts"]] for each in profiles],
        [(at, at) for at in range(len(profiles))],
        ([f"{part} {at}" for at in range(len(profiles))], [""] * len(profiles)),
    )


def _clause(case: dict[str, Any]) -> Clause:
    clause = clause_of(case["clause"])
    return clause.model_copy(update={"kind": ClauseKind(case["kind"])}) if case.get("kind") else clause


def run(root: Path, texts: Texts, cosines: Path, *mode: str) -> Any:
    """What `explained` prints in the build at `root`."""
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(str(root / folder) for folder in ("libs", "services"))}
    argv = [sys.executable, "-P", str(Path(__file__).with_name("explained.py")), str(cosines), *mode]
    done = subprocess.run(argv, input=texts.as_json(), env=env, cwd=root, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)
