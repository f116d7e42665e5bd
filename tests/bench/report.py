"""Figures beside their baselines, as a table for people or as JSON for programs."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from rich.console import Console
from rich.table import Table


class CannotMeasure(Exception):
    """One line on what a measurement lacks here."""


@dataclass(frozen=True)
class Figure:
    """What was measured, and what it is held against, both in `unit` and from the same run.

    ratio  figure ÷ baseline; where the runs were interleaved, the median of the ratios of neighbours
    """

    what: str
    value: float
    unit: str
    baseline: str
    baseline_value: float
    ratio: float


@dataclass(frozen=True)
class Result:
    title: str
    figures: Sequence[Figure]
    notes: Sequence[str] = ()


def figure(what: str, value: float, unit: str, baseline: str, baseline_value: float) -> Figure:
    return Figure(what, value, unit, baseline, baseline_value, value / baseline_value)


def show(result: Result, console: Console) -> None:
    table = Table(title=result.title, title_justify="left", caption="\n".join(result.notes), caption_justify="left")
    table.add_column("figure")
    for heading in ("measured", "baseline", "ratio"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("baseline is")
    for each in result.figures:
        measured, baseline = (f"{number:,.4g} {each.unit}" for number in (each.value, each.baseline_value))
        table.add_row(each.what, measured, baseline, f"{each.ratio:.3g}", each.baseline)
    console.print(table)


def as_json(results: Mapping[str, Result]) -> str:
    return json.dumps({name: asdict(result) for name, result in results.items()}, ensure_ascii=False, indent=1)
