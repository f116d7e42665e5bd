"""Checks a file of columns by its own examples."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from common.imports.readers import READERS
from common.sheets.headers import Columns

Row = dict[str, Any]


def rows(path: Path) -> list[Row]:
    found: list[Row] = tomllib.loads(path.read_text(encoding="utf-8"))["column"]
    return found


def faults(path: Path, row: Row) -> Iterator[str]:
    """What its examples say against a column."""
    columns = Columns.of(path)

    def field(header: str) -> str | None:
        column = columns.heading("".join(header.split())).column
        return column.field if column else None

    yield from (
        f"{header} is not {row['field']}" for header in (*row["headers"], *row["yes"]) if field(header) != row["field"]
    )
    yield from (f"{header} is {row['field']}" for header in row["no"] if field(header) == row["field"])
    if row["reads"] not in READERS:
        yield f"nobody reads {row['reads']}"


def repeated_names(path: Path) -> set[str]:
    """Headers that two columns claim."""
    names = [name for row in rows(path) for name in {*row["headers"], row["field"]}]
    return {name for name in names if names.count(name) > 1}
