"""Merged cells: what stands in the first one is what all of them say, whatever is stored beneath."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from common.sheets.cells import TableRow, Value
from common.sheets.refusals import UnreadableFile


class Merge(NamedTuple):
    """A block of merged cells, all four counted from 1 and inclusive."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def width(self) -> int:
        return max(0, self.right - self.left + 1)


class _Open:
    """A merge that rows are passing, with the value of its first cell."""

    __slots__ = ("merge", "value")

    def __init__(self, merge: Merge, value: Value) -> None:
        self.merge, self.value = merge, value


def filled(rows: Iterable[TableRow], merges: Iterable[Merge], *, columns: int) -> Iterator[TableRow]:
    """The rows with every merge filled from its first cell; rows come in order of their numbers. A row costs `columns`
    steps at most, however many merges there are.

    columns  how many columns are read at most; a merge that reaches beyond is cut there

    Raises UnreadableFile for merges that lie upon each other, which no spreadsheet program writes.
    """
    beginning: dict[int, list[Merge]] = defaultdict(list)
    for merge in merges:
        if merge.left <= columns:
            beginning[merge.top].append(merge._replace(right=min(merge.right, columns)))
    if not beginning:
        yield from rows
        return
    waiting, passing = sorted(beginning, reverse=True), list[_Open]()
    for row in rows:
        while waiting and waiting[-1] <= row.number:
            for merge in beginning[waiting.pop()]:
                # A merge whose first row was left out, because it is empty, says nothing.
                value = _at(row, merge.left) if merge.top == row.number else None
                if merge.bottom >= row.number:
                    passing.append(_Open(merge, value))
        passing = [one for one in passing if one.merge.bottom >= row.number]
        if sum(one.merge.width for one in passing) > columns:
            raise UnreadableFile(
                f"Merged cells overlap in row {row.number}; unmerge them",
                f"第 {row.number} 行的合并单元格互相重叠，请取消合并",
            )
        yield _filled(row, passing) if passing else row


def _at(row: TableRow, column: int) -> Value:
    return row.values[column - 1] if column <= len(row.values) else None


def _filled(row: TableRow, passing: list[_Open]) -> TableRow:
    values, origins = list(row.values), dict(row.origins)
    for one in passing:
        top, left, _, right = one.merge
        values += [None] * (right - len(values))
        for column in range(left, right + 1):
            values[column - 1] = one.value
            if one.value is not None and (row.number, column) != (top, left):
                origins[column - 1] = (top, left)
    return TableRow(row.number, values, origins)
