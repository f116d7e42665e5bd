"""Reads the tables of what the engine knows: a row a line, cells set apart by tabs, # before an explanation."""

from collections.abc import Iterable
from pathlib import Path


def rows(path: Path, width: int) -> list[list[str]]:
    """The cells of each row. Raises ValueError, which names file and line, for a row of another width."""
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line or line.startswith("#"):
            continue
        cells = line.split("\t")
        if len(cells) != width:
            raise ValueError(f"{path.name}:{number} has {len(cells)} cells, not {width}")
        found.append(cells)
    return found


def names(cell: str) -> tuple[str, ...]:
    """The names that a cell lists, set apart by blanks; _ is a blank within one."""
    return tuple(name.replace("_", " ") for name in cell.split())


def repeated(found: Iterable[str]) -> list[str]:
    """Those that stand more than once, in order."""
    seen: set[str] = set()
    return [name for name in found if name in seen or seen.add(name)]  # type: ignore[func-returns-value]
