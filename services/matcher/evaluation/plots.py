"""Draws how far promises can be trusted, and how much of what fits is found how early."""

from pathlib import Path
from typing import Any

import numpy as np

from matcher.engine.calibration import GRADES
from matcher.evaluation import metrics
from matcher.evaluation.report import Report, depths, reliability


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
        axes.plot(
            [cell.promised for cell in cells], [cell.observed for cell in cells], marker="o", label=f"grade ≥ {grade}"
        )
    axes.set(xlabel="promised chance", ylabel="observed share", xlim=(0, 1), ylim=(0, 1))
    axes.legend()


def _recall(report: Report, axes: Any) -> None:
    at = depths(report.systems)
    for name, system in report.systems.items():
        curve = [np.nanmean(metrics.recall(report.judged, system.first, depth=depth)) for depth in at]
        axes.plot(at, curve, marker="o", label=name)
    axes.set(xlabel="first offers shown", ylabel=f"recall of offers of grade ≥ {metrics.RELEVANT}", ylim=(0, 1))
    axes.legend()
