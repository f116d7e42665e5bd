"""Shows a person at a terminal how far a long command is; elsewhere it writes a plain line now and then."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

Advance = Callable[[int], None]
"""Told how many of the total are done by now."""


@contextmanager
def counted(label: str, total: int) -> Iterator[Advance]:
    """A bar for `total` equal pieces of work, on stderr."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )
    with bar:
        task = bar.add_task(label, total=total)
        # More may turn up than was counted, as when profiles are saved while vectors move.
        yield lambda done: bar.update(task, completed=done, total=max(total, done))


@contextmanager
def staged(label: str) -> Iterator[Callable[[str, float], None]]:
    """A bar for work that tells the name of its stage and the share of it that is done, on stderr."""
    bar = Progress(TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=Console(stderr=True))
    with bar:
        task = bar.add_task(label, total=1.0)
        yield lambda stage, share: bar.update(task, description=f"{label}: {stage}", completed=share)
