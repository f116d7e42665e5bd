"""Makes the package's coefficients from a folder of judged pairs: `python -m matcher.training.shipped DIR`."""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from matcher.coefficients import document
from matcher.engine.embedding import Embedder, ModelUnavailable
from matcher.engine.ranking import background
from matcher.engine.ranking.calibration import GRADES
from matcher.engine.ranking.ranker import SHIPPED, load_ranker
from matcher.evaluation import command, crossval, report
from matcher.evaluation.folder import Judged, read
from matcher.json_lines import BadFile


def made(judged: Judged, embedder: Embedder, *, folds: int = 5) -> Mapping[str, Any]:
    """The content of a coefficients file, with the figures that folds of the same data give.

    Raises ValueError when one of the grades does not occur.
    """
    if missing := sorted(set(range(GRADES + 1)) - set(judged.grades.tolist())):
        raise ValueError(f"No pair is judged {missing[0]}; every grade from 0 to {GRADES} must occur.")
    known = background.of(embedder)
    measured, scorings = command.evaluate(judged, embedder, folds=folds)
    learnt = crossval.refit(crossval.lessons(judged, scorings), load_ranker(known=known))
    figures = report.as_json(measured)
    origin = {
        "data": "judged pairs, used for measurement only; nothing of their texts is kept here",
        "data_sha256": judged.digest,
        "demands": len(judged.demands),
        "pairs": len(judged.grades),
        "model": embedder.id,
        "folds": folds,
        "cross_validated": figures["systems"].get(report.CROSS_VALIDATED),
        "cross_validated_over_dense": figures.get(f"{report.CROSS_VALIDATED}_over_dense"),
    }
    return document.content(learnt.same_language, learnt.cross_language, origin)


def main() -> int:
    line = argparse.ArgumentParser(prog="python -m matcher.training.shipped", description=__doc__)
    line.add_argument("folder", type=Path, help="holds demands.jsonl, offers.jsonl and judgements.tsv")
    line.add_argument("--out", type=Path, default=SHIPPED, metavar="FILE", help="default: the package's own file")
    line.add_argument("--folds", type=int, default=5, metavar="N", help="groups of demands for the figures in the file")
    arguments = line.parse_args()
    try:
        found = made(read(arguments.folder), command.configured_embedder(), folds=arguments.folds)
        document.write(found, arguments.out)
    except (BadFile, ModelUnavailable, OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(f"{arguments.out}: coefficients {found['version']}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
