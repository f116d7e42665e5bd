"""What a table holds: rows of values, each with the cell that it was read from."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from types import MappingProxyType
from typing import NamedTuple


class Formula(str):
    """A cell that computes what it shows; the value stored beside may be stale, so it is not read."""

    __slots__ = ()


class Failure(str):
    """A cell that shows an error, such as #REF!."""

    __slots__ = ()


Value = str | int | float | bool | datetime | date | time | timedelta | None


class CellPlace(NamedTuple):
    """A cell as people name it. Rows and columns count from 1; column 0 stands for the whole row."""

    sheet: str
    row: int
    column: int = 0

    def __str__(self) -> str:
        return f"{self.sheet}!{letters(self.column)}{self.row}" if self.column else f"{self.sheet}!{self.row}"


Origins = Mapping[int, tuple[int, int]]
"""Of values that stand elsewhere (merged cells): the row and column, both from 1, by index in the row."""
_NONE: Origins = MappingProxyType({})


class TableRow(NamedTuple):
    """One row of a sheet: `number` counts from 1 as spreadsheet programs do, `values` begin with column A."""

    number: int
    values: Sequence[Value]
    origins: Origins = _NONE

    @property
    def is_empty(self) -> bool:
        return all(value is None or (isinstance(value, str) and not value.strip()) for value in self.values)


@dataclass(frozen=True)
class Sheet:
    """One table of a file. `rows` begins anew with each call, in order, and may leave empty rows out.

    row_count  rows there are at most, for showing progress; None when unknown
    is_1904    dates stored as numbers count from 1904, as old Macintosh files do
    """

    name: str
    rows: Callable[[], Iterator[TableRow]]
    row_count: int | None = None
    is_1904: bool = False


@dataclass(frozen=True)
class Tables:
    """A file that was opened: what it is, and its sheets in order."""

    kind: str
    sheets: Sequence[Sheet] = field(default_factory=tuple)


@cache
def letters(column: int) -> str:
    """The letters of a column counted from 1: A, Z, AA, XFD."""
    name = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def column_of(name: str) -> int:
    """The column, counted from 1, of its letters."""
    number = 0
    for letter in name:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
