"""Decides whether what was learnt orders held-out demands better than what is in use."""

from collections.abc import Mapping

from rich.table import Table

from matcher.engine.ranking.calibration import Floats
from matcher.evaluation import bootstrap, metrics
from matcher.evaluation.bootstrap import PairedDifference
from matcher.evaluation.metrics import Grades

NDCG, RHO = "ndcg@10", "rho_per_demand"
ORDER = (NDCG, RHO)

Compared = Mapping[str, PairedDifference | None]
"""By metric: new minus old over held-out demands; None where no demand has the figure."""


def compared(judged: Grades, before: Floats, after: Floats) -> Compared:
    """before, after  (pairs,) scores of the same pairs"""
    return {
        NDCG: bootstrap.paired(metrics.ndcg(judged, after), metrics.ndcg(judged, before)),
        RHO: bootstrap.paired(metrics.rank_correlation(judged, after), metrics.rank_correlation(judged, before)),
    }


def is_better(found: Compared) -> bool:
    """Whether one figure of the order is better beyond doubt, and none is worse.

    A better likelihood alone does not count: chances that fit the share of good outcomes better say nothing of the
    order, and coefficients learnt from noise have that too.
    """
    known = [one for name in ORDER if (one := found.get(name)) is not None]
    return any(one.low > 0.0 for one in known) and all(one.delta >= 0.0 for one in known)


def table(found: Compared, *, title: str) -> Table:
    """For a person at a terminal."""
    shown = Table(title=title, title_justify="left")
    for heading in ("figure", "new − old", "95 % interval"):
        shown.add_column(heading, justify="left" if heading == "figure" else "right")
    for name, one in found.items():
        if one is not None:
            shown.add_row(name, f"{one.delta:+.4f}", f"{one.low:+.4f} … {one.high:+.4f}")
    return shown
