"""The steps of a run as a table and a plot for people."""

import math
import os
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench.capacity_steps import (
    ANNOUNCED,
    FITS,
    READS,
    TARGETS_S,
    WRITES,
    Step,
    bottleneck,
    cost_ms,
    missed_targets,
)

GROUPS = {"reads": READS, "writes": WRITES, "fits": (FITS,), "announced": (ANNOUNCED,)}
WIDTH = 48
SHORTEST_S, LONGEST_S = 0.001, 30.0
"""Ends of the plot's logarithmic scale."""


def worst_s(step: Step, group: str) -> float:
    """The longest p95 of a group's kinds, seconds."""
    return max((step.p95_s.get(kind, 0.0) for kind in GROUPS[group]), default=0.0)


def show(steps: Sequence[Step], console: Console) -> None:
    cores = os.cpu_count() or 1
    console.print(_table(steps, cores))
    for group in GROUPS:
        console.print("\n".join(plot(steps, group)), markup=False)
    good = [step for step in steps if not missed_targets(step)]
    held = f"{good[-1].reached:,.0f} requests/s held all targets" if good else "no step held all targets"
    if steps and (missed := missed_targets(steps[-1])):
        console.print(f"{held}; at {steps[-1].wanted:,.0f} missed: {', '.join(missed)}")
        console.print(f"Bottleneck: {bottleneck(steps[-1], cores)}")
    else:
        console.print(f"{held}; none was missed")


def _table(steps: Sequence[Step], cores: int) -> Table:
    table = Table(title="Capacity of one machine", title_justify="left")
    for heading in (
        "wanted/s",
        "reached/s",
        *(f"{group} p95 s" for group in GROUPS),
        "failed",
        "cores",
        "ms each",
        "jobs",
    ):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("missed / bottleneck")
    for step in steps:
        missed = missed_targets(step)
        table.add_row(
            f"{step.wanted:,.0f}",
            f"{step.reached:,.0f}",
            *(f"{worst_s(step, group):.3f}" for group in GROUPS),
            f"{step.failed:.1%}",
            f"{sum(step.cores.values()):.1f} of {step.machine * cores:.1f}",
            f"{cost_ms(step):.1f}",
            f"{step.jobs[0]} → {step.jobs[1]}",
            f"{', '.join(missed)}: {bottleneck(step, cores)}" if missed else "",
        )
    return table


def plot(steps: Sequence[Step], group: str) -> list[str]:
    """A line for each step: how long its worst p95 of a group was, on a logarithmic scale, `|` where the target is."""
    target = min(TARGETS_S[kind] for kind in GROUPS[group])
    lines = [f"{group}: p95 by requests/s, {SHORTEST_S:g} … {LONGEST_S:g} s, | at the target of {target:g} s"]
    for step in steps:
        bar = ["#"] * _place(worst_s(step, group))
        line = [*bar, *[" "] * (WIDTH - len(bar))]
        line[min(_place(target), WIDTH - 1)] = "|"
        lines.append(f"{step.wanted:>8,.0f} {''.join(line)} {worst_s(step, group):.3f}")
    return lines


def _place(seconds: float) -> int:
    bounded = min(max(seconds, SHORTEST_S), LONGEST_S)
    return round(WIDTH * math.log(bounded / SHORTEST_S) / math.log(LONGEST_S / SHORTEST_S))


def draw(steps: Sequence[Step], path: Path) -> Path | None:
    """The same as a picture; None where the library that draws is not installed."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        return None
    figure = Figure(figsize=(7, 5), layout="constrained")
    axes = figure.subplots()
    for group in GROUPS:
        line = axes.plot([step.wanted for step in steps], [worst_s(step, group) for step in steps], "o-", label=group)
        target = min(TARGETS_S[kind] for kind in GROUPS[group])
        axes.axhline(target, color=line[0].get_color(), linestyle=":", linewidth=1)
    axes.set(xscale="log", yscale="log", xlabel="requests a second", ylabel="worst p95, s (dotted: target)")
    axes.legend()
    figure.savefig(path, dpi=120)
    return path
