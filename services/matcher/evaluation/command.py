"""The verb `evaluate`: measures the ranking on a folder of judged pairs."""

import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, get_args

from rich.console import Console

from common.progress import counted, staged
from common.settings import from_environment
from matcher.engine.embedding import Embedder, EngineName, load_embedder
from matcher.engine.ranking import background
from matcher.engine.ranking.ranker import load_ranker
from matcher.evaluation import encoding, plots, report, systems
from matcher.evaluation.agreement import DEPTH, agreement
from matcher.evaluation.crossval import cross_validated
from matcher.evaluation.folder import Judged, read
from matcher.evaluation.report import Report
from matcher.evaluation.systems import Scoring
from matcher.json_lines import BadFile
from matcher.settings import EngineSettings

_WIDTH = 150


def configure(parser: ArgumentParser) -> None:
    """Give `parser` the arguments of this verb."""
    parser.add_argument("folder", type=Path, help="holds demands.jsonl, offers.jsonl and judgements.tsv")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of tables")
    parser.add_argument("--out", type=Path, metavar="DIR", help="also write evaluation.json, evaluation.txt and plots")
    parser.add_argument(
        "--folds",
        type=int,
        default=5,
        metavar="N",
        help="also rank each demand with coefficients fitted without it, in N groups of demands; 0 leaves it out",
    )
    parser.add_argument("--coefficients", type=Path, metavar="FILE", help="measure these instead of the shipped ones")
    parser.add_argument(
        "--beside",
        choices=get_args(EngineName),
        metavar="ENGINE",
        help=f"also say for how many demands this engine ({' or '.join(get_args(EngineName))}) puts the same"
        f" {DEPTH} offers first",
    )


def run(arguments: Namespace) -> int:
    """The exit status: 0, or 2 with one line on stderr when the input cannot be used. Raises ModelUnavailable."""
    try:
        judged = read(arguments.folder)
        if arguments.out:
            _refuse_unwritable(arguments.out)
        made, _ = evaluate(judged, configured_embedder(), coefficients=arguments.coefficients, folds=arguments.folds)
        beside = _beside(judged, made, arguments) if arguments.beside else None
        if arguments.out:
            _write(made, beside, arguments.out)
    except (BadFile, plots.CannotDraw, OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if arguments.json:
        sys.stdout.write(json.dumps(_as_json(made, beside), ensure_ascii=False) + "\n")
    else:
        _print(made, beside, Console(width=None if sys.stdout.isatty() else _WIDTH))
    return 0


def evaluate(
    judged: Judged, embedder: Embedder, *, coefficients: Path | None = None, folds: int = 5
) -> tuple[Report, Sequence[Scoring]]:
    """All systems on one folder, and what the ranker was given; a minute for some thousands of short texts.

    Raises ValueError for coefficients of other figures.
    """
    ranker = load_ranker(coefficients, known=background.of(embedder))
    with counted("embedding", encoding.count(judged)) as embedded:
        seen = encoding.embed(judged, embedder, on_progress=embedded)
    with counted("scoring", len(judged.demands)) as scored:
        scorings = systems.score(judged, seen, ranker, on_progress=scored)
    compared = {
        report.DENSE: systems.dense(judged, seen),
        report.BM25: systems.bm25(judged),
        report.SHIPPED: systems.shipped(judged, scorings, ranker),
    }
    if honest := cross_validated(judged, scorings, ranker, count=folds):
        compared[report.CROSS_VALIDATED] = honest
    return report.make(judged, compared, {"model": embedder.id, "ranker": ranker.version}), scorings


def configured_embedder(engine: EngineName | None = None) -> Embedder:
    """The one of this environment's settings, or its model under another engine; its loading is shown as a bar.

    Raises ModelUnavailable.
    """
    settings = from_environment(EngineSettings)
    with staged("embedding model") as tell:
        embedder = load_embedder(
            engine or settings.engine,
            model=settings.model,
            cache_dir=settings.platform.cache,
            threads=settings.threads,
            on_progress=tell,
        )
        tell("ready", 1.0)
    return embedder


def _beside(judged: Judged, made: Report, arguments: Namespace) -> dict[str, Any]:
    """How far the ranking with the other engine's vectors begins alike."""
    embedder = configured_embedder(arguments.beside)
    other, _ = evaluate(judged, embedder, coefficients=arguments.coefficients, folds=0)
    found = agreement(made.systems[report.SHIPPED].first, other.systems[report.SHIPPED].first)
    return {"model": embedder.id, **{name: round(share, 4) for name, share in asdict(found).items()}}


def _as_json(made: Report, beside: dict[str, Any] | None) -> dict[str, Any]:
    return report.as_json(made) | ({"beside": beside} if beside else {})


def _refuse_unwritable(folder: Path) -> None:
    """Raises OSError now rather than after minutes of work."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryFile(dir=folder):
        pass


def _write(made: Report, beside: dict[str, Any] | None, folder: Path) -> None:
    text = json.dumps(_as_json(made, beside), ensure_ascii=False, indent=1)
    (folder / "evaluation.json").write_text(text + "\n", encoding="utf-8")
    with (folder / "evaluation.txt").open("w", encoding="utf-8") as file:
        _print(made, beside, Console(file=file, width=_WIDTH))
    plots.draw(made, folder)


def _print(made: Report, beside: dict[str, Any] | None, console: Console) -> None:
    for table in report.tables(made):
        console.print(table)
    if report.CROSS_VALIDATED in made.systems:
        console.print(
            "cross-validated: every demand ranked with coefficients fitted on the other demands only. The shipped "
            "coefficients may have been fitted on this very folder; the cross-validated figures are the ones to trust."
        )
    if beside:
        console.print(
            f"The first {DEPTH} offers are the same with {beside['model']} for {beside['same']:.1%} of demands, and in "
            f"the same order for {beside['same_order']:.1%}."
        )
