"""Puts the figures of several systems together, for a person and for a program."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from rich.table import Table

from matcher.engine.ranking import calibration
from matcher.engine.ranking.calibration import GRADES, Cell, Floats
from matcher.evaluation import bootstrap, metrics
from matcher.evaluation.folder import Judged
from matcher.evaluation.systems import System

DENSE, BM25, SHIPPED, CROSS_VALIDATED = "dense", "bm25", "shipped", "shipped_cross_validated"
NEAR = (5, 20)
"""Within so many of the first offers an offer in another language should be found."""

_COLUMNS = ("ndcg@10", "rho_per_demand", "recall@50", "recall@100")
TITLES = {
    DENSE: "dense (title cosine)",
    BM25: "BM25",
    SHIPPED: "shipped",
    CROSS_VALIDATED: "shipped (cross-validated)",
}


@dataclass(frozen=True)
class Report:
    """
    figures  by system and metric: (demands,) values, NaN where a demand is left out
    """

    judged: Judged
    systems: Mapping[str, System]
    figures: Mapping[str, Mapping[str, Floats]]
    about: Mapping[str, str]


def make(judged: Judged, systems: Mapping[str, System], about: Mapping[str, str]) -> Report:
    """`about` says what the figures were made with: model, ranker."""
    return Report(judged, systems, {name: _figures(judged, system) for name, system in systems.items()}, about)


def as_json(report: Report) -> dict[str, Any]:
    """One object of numbers and texts; a figure that no demand has is null."""
    judged = report.judged
    found: dict[str, Any] = {"demands": len(judged.demands), "offers": len(judged.offers), "pairs": len(judged.grades)}
    found |= {"digest": judged.digest, **report.about}
    found["systems"] = {name: _means(report, name) for name in report.systems}
    for name in (SHIPPED, CROSS_VALIDATED):
        if name in report.systems:
            found[f"{name}_over_dense"] = _over(report, name, DENSE)
            found[f"{name}_over_bm25"] = _over(report, name, BM25)
    found["reliability"] = {
        f"grade>={grade}": [asdict(cell) for cell in reliability(report, grade)] for grade in range(1, GRADES + 1)
    }
    if across := _across_languages(report):
        found["across_languages"] = across
    return found


def reliability(report: Report, grade: int) -> list[Cell]:
    """Promised and observed shares of pairs of at least `grade`, as `promising` ranks them."""
    chances = report.systems[promising(report)].chances
    assert chances is not None
    return calibration.reliability(chances[:, grade - 1], report.judged.grades >= grade)


def tables(report: Report) -> list[Table]:
    made = [_systems_table(report), _gains_table(report), _reliability_table(report)]
    return made + ([_languages_table(across)] if (across := _across_languages(report)) else [])


def _figures(judged: Judged, system: System) -> dict[str, Floats]:
    return {
        "ndcg@10": metrics.ndcg(judged, system.judged),
        "rho_per_demand": metrics.rank_correlation(judged, system.judged),
        "recall@50": metrics.recall(judged, system.first, depth=50),
        "recall@100": metrics.recall(judged, system.first, depth=100),
    }


def _means(report: Report, name: str) -> dict[str, float | None]:
    found = {metric: _mean(values) for metric, values in report.figures[name].items()}
    return found | {f"ece_grade>={grade}": error for grade, error in _errors(report, name).items()}


def _errors(report: Report, name: str) -> dict[int, float]:
    """Calibration errors by grade; none of a system that promises nothing."""
    chances = report.systems[name].chances
    if chances is None:
        return {}
    grades = report.judged.grades
    return {
        grade: round(calibration.expected_error(chances[:, grade - 1], grades >= grade), 4)
        for grade in range(1, GRADES + 1)
    }


def _over(report: Report, one: str, other: str) -> dict[str, dict[str, float] | None]:
    found: dict[str, dict[str, float] | None] = {}
    for metric in _COLUMNS:
        difference = bootstrap.paired(report.figures[one][metric], report.figures[other][metric])
        found[metric] = None
        if difference is not None:
            found[metric] = {key: round(value, 4) for key, value in asdict(difference).items()}
    return found


def _across_languages(report: Report) -> dict[str, dict[str, float | None]]:
    """By system: how early the relevant offers in another language than the demand's are found."""
    judged = report.judged
    pairs = [
        (demand, offer, grade)
        for demand, offer, grade in zip(judged.demand_of, judged.offer_of, judged.grades, strict=True)
        if judged.demands[demand].language != judged.offers[offer].language
    ]
    fitting = [(demand, offer) for demand, offer, grade in pairs if grade >= metrics.RELEVANT]
    if not fitting:
        return {}
    return {
        name: {"judged": len(pairs), "fitting": len(fitting), **_found([_rank(system, *pair) for pair in fitting])}
        for name, system in report.systems.items()
    }


def _rank(system: System, demand: int, offer: int) -> float:
    """From 1; infinite for an offer that is not among the first that are kept."""
    places = np.flatnonzero(system.first[demand] == offer)
    return float(places[0]) + 1 if len(places) else np.inf


def _found(ranks: Sequence[float]) -> dict[str, float | None]:
    median = float(np.median(ranks))
    shares = {f"found@{near}": round(sum(rank <= near for rank in ranks) / len(ranks), 4) for near in NEAR}
    return {"median_rank": median if np.isfinite(median) else None, **shares}


def promising(report: Report) -> str:
    """The most honest system that promises anything."""
    return CROSS_VALIDATED if CROSS_VALIDATED in report.systems else SHIPPED


def _mean(values: Floats) -> float | None:
    return None if np.isnan(values).all() else round(float(np.nanmean(values)), 4)


def _systems_table(report: Report) -> Table:
    judged = report.judged
    table = Table(
        title=f"{len(judged.demands)} demands, {len(judged.offers)} offers, {len(judged.grades)} judged pairs"
    )
    errors = [f"ECE ≥{grade}" for grade in (1, 2)]
    for column in ("system", *_COLUMNS, *errors):
        table.add_column(column, justify="left" if column == "system" else "right", no_wrap=True)
    for name in report.systems:
        means, error = _means(report, name), _errors(report, name)
        cells = [*(means[metric] for metric in _COLUMNS), *(error.get(grade) for grade in (1, 2))]
        table.add_row(TITLES[name], *("–" if cell is None else f"{cell:.4f}" for cell in cells))
    return table


def _gains_table(report: Report) -> Table:
    table = Table(title="Gain with its 95 % interval (paired bootstrap over demands)")
    for column in ("system", "over", *_COLUMNS):
        table.add_column(column, justify="left" if column in ("system", "over") else "right", no_wrap=True)
    for name in (SHIPPED, CROSS_VALIDATED):
        for other in (DENSE, BM25):
            if name in report.systems:
                over = _over(report, name, other)
                table.add_row(TITLES[name], other, *(_gain(over[metric]) for metric in _COLUMNS))
    return table


def _gain(difference: Mapping[str, float] | None) -> str:
    if difference is None:
        return "–"
    return f"{difference['delta']:+.3f}  {difference['low']:+.3f} … {difference['high']:+.3f}"


def _reliability_table(report: Report) -> Table:
    table = Table(title=f"Promised and observed chance, {TITLES[promising(report)]}")
    for column in ("grade", "pairs", "promised", "observed"):
        table.add_column(column, justify="right")
    for grade in (1, 2):
        for cell in reliability(report, grade):
            table.add_row(f"≥ {grade}", str(cell.count), f"{cell.promised:.2f}", f"{cell.observed:.2f}")
    return table


def _languages_table(across: Mapping[str, Mapping[str, float | None]]) -> Table:
    some = next(iter(across.values()))
    table = Table(
        title=f"Offers in another language than the demand's: {some['judged']} judged, {some['fitting']} fitting"
    )
    for column in ("system", "median rank", *(f"found in first {near}" for near in NEAR)):
        table.add_column(column, justify="left" if column == "system" else "right")
    for name, row in across.items():
        rank = row["median_rank"]
        shares = (f"{row[f'found@{near}']:.2f}" for near in NEAR)
        table.add_row(TITLES[name], "–" if rank is None else f"{rank:g}", *shares)
    return table


def depths(systems: Mapping[str, System]) -> Sequence[int]:
    """At how many first offers a recall curve can be drawn for all systems."""
    longest = min(len(first) for system in systems.values() for first in system.first)
    return [depth for depth in (1, 2, 5, 10, 20, 30, 50, 100, 200) if depth <= longest]
