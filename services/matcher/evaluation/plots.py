"""Draws how far promises can be trusted, and how much of what fits is found how early."""

from pathlib import Path
from typing import Any

import numpy as np

from matcher.engine.ranking.calibration import GRADES
from matcher.evaluation import metrics
from matcher.evaluation.report import CROSS_VALIDATED, TITLES, Report, depths, promising, reliability

_MARGIN = 0.02  # so that a point on the edge is seen whole
_LARGEST = 400.0  # square points


class CannotDraw(Exception):
    """The library that draws is not installed."""


def draw(report: Report, folder: Path) -> list[Path]:
    """Writes `reliability.png` and `recall.png`. Raises CannotDraw."""
    try:
        # Drawing is for the few who ask for it, and loads slowly.
        from matplotlib.figure import Figure
    except ImportError:
        raise CannotDraw("Plots need matplotlib, which is not installed: pip install matplotlib") from None
    drawn = {"reliability.png": _reliability, "recall.png": _recall}
    for name, into in drawn.items():
        figure = Figure(figsize=(6, 5), layout="constrained")
        into(report, figure.subplots())
        figure.savefig(folder / name, dpi=120)
    return [folder / name for name in drawn]


def _reliability(report: Report, axes: Any) -> None:
    axes.plot([0, 1], [0, 1], color="0.8", linewidth=1)
    for grade in range(1, GRADES + 1):
        cells = reliability(report, grade)
        promised, observed = [cell.promised for cell in cells], [cell.observed for cell in cells]
        (line,) = axes.plot(promised, observed, linewidth=1, label=f"grade ≥ {grade}")
        shares = np.array([cell.count for cell in cells]) / len(report.judged.grades)
        # The root, so that a dot for a handful of pairs can still be seen, and is seen to be small.
        axes.scatter(promised, observed, s=_LARGEST * np.sqrt(shares), color=line.get_color(), alpha=0.6)
    axes.set(
        title=f"{TITLES[promising(report)]}; larger dots, more pairs",
        xlabel="promised chance",
        ylabel="observed share",
        xlim=(-_MARGIN, 1 + _MARGIN),
        ylim=(-_MARGIN, 1 + _MARGIN),
    )
    axes.legend()


def _recall(report: Report, axes: Any) -> None:
    at = depths(report.systems)
    for name, system in report.systems.items():
        curve = [np.nanmean(metrics.recall(report.judged, system.first, depth=depth)) for depth in at]
        # Dashed, because it often lies on the curve of the shipped coefficients.
        axes.plot(at, curve, "o--" if name == CROSS_VALIDATED else "o-", markersize=4, label=TITLES[name])
    axes.set_xscale("log")
    axes.set_xticks(at, [str(depth) for depth in at])
    axes.minorticks_off()
    axes.set(
        title=f"{len(report.judged.demands)} demands, {len(report.judged.offers)} offers",
        xlabel="first offers shown",
        ylabel=f"recall of offers of grade ≥ {metrics.RELEVANT}",
        ylim=(-_MARGIN, 1 + _MARGIN),
    )
    axes.legend()
