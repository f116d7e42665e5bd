"""What a run of deaths came to, added to the file `$CHAOS_REPORT` where there is one: a JSON object a line."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

REPORT = "CHAOS_REPORT"
Counts = Mapping[str, int]


def add(suite: str, seed: int, died: Counts, counts: Counts, accidents: Counts) -> None:
    """
    died       how often a process died at each boundary
    counts     what was told and what was wrong with it
    accidents  how often anything else went wrong
    """
    if (path := os.environ.get(REPORT)) is None:
        return
    said = {"suite": suite, "seed": seed, "died": died, "counts": counts, "accidents": accidents}
    with Path(path).open("a") as report:
        report.write(json.dumps(said) + "\n")
