"""Reads a file into rows of a report, batch by batch; does no input or output."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple

from pydantic import BaseModel
from pydantic_core import to_json

from common.imports.noun import Context, Known, Noun
from common.imports.readers import read_all
from common.imports.rules import RowState
from common.imports.understanding import Body, Remark, RemarkLevel, Understood, checked
from common.sheets.cells import Tables
from common.sheets.records import Record, SheetReading, records
from common.sheets.refusals import FileLimits, UnreadableFile
from common.sheets.texts import shown

SHOWN_CHARACTERS = 500
"""Of a cell's text in the report; the content has all of it."""


@dataclass(slots=True)
class ReadRow:
    """An entry as it was read; `identity` is of its content, None while that has errors."""

    number: int
    place: str
    body: Body
    cells: list[Body]
    remarks: list[Remark]
    subject: Known | None = None
    repeats: int | None = None

    @property
    def state(self) -> RowState:
        levels = {remark.level for remark in self.remarks}
        if RemarkLevel.ERROR in levels:
            return RowState.BAD
        if self.repeats is not None or (self.subject and self.subject.is_same):
            return RowState.SAME
        return RowState.WARNED if RemarkLevel.WARNING in levels else RowState.GOOD


class StoredRow(NamedTuple):
    """A row of the table, JSON as text."""

    number: int
    state: str
    place: str
    content: str
    cells: str
    remarks: str
    subject_id: Any


@dataclass
class FileReading:
    """What is known of a file so far. Memory grows with its rows by two short digests for each."""

    tables: Tables
    noun: Noun[Any]
    context: Context
    limits: FileLimits
    sheets: list[SheetReading] = field(default_factory=list)
    unknown: dict[str, dict[str, str]] = field(default_factory=dict)
    _same: dict[bytes, int] = field(default_factory=dict)
    _alike: dict[bytes, int] = field(default_factory=dict)
    _count: int = 0

    @property
    def row_total(self) -> int:
        """Rows there are at most, those of headers and remarks included."""
        return sum(sheet.row_count or 0 for sheet in self.tables.sheets)

    def batches(self, size: int) -> Iterator[list[ReadRow]]:
        """Raises UnreadableFile, at any time, and at the end of a file in which no table was found."""
        for sheet in self.tables.sheets:
            reading = SheetReading(sheet)
            self.sheets.append(reading)
            found = records(reading, self.noun.columns, self.limits)
            while some := list(islice(found, size)):
                yield self._rows(some, is_1904=sheet.is_1904)
        if not any(sheet.header for sheet in self.sheets):
            names = [column.headers[0] for column in self.noun.columns.columns]
            raise UnreadableFile(
                f"No table was found: no row names two columns such as {', '.join(names[:6])}",
                f"没有找到表格：未见含有{'、'.join(names[:6])}等列名的表头",
            )

    def _rows(self, found: Sequence[Record], *, is_1904: bool) -> list[ReadRow]:
        """One thing after the other for all of them, so that each finds the processor's caches warm: a sixth of the
        time."""
        understood = [Understood(record.place) for record in found]
        for each, record in zip(understood, found, strict=True):
            read_all(each, record.cells, is_1904=is_1904)
        for each in understood:
            self.noun.complete(each, self.context)
        for each in understood:
            self._check(each)
        return [self._row(each, record) for each, record in zip(understood, found, strict=True)]

    def _row(self, understood: Understood, record: Record) -> ReadRow:
        self._count += 1
        row = ReadRow(self._count, str(record.place), understood.body, _cells(record), understood.remarks)
        if understood.is_good:
            self._compare(row)
        return row

    def _check(self, row: Understood) -> None:
        """Put what the schema makes of the body in its place, or say what speaks against it."""
        content = checked(self.noun.schema, row.body)
        if isinstance(content, BaseModel):
            row.body = content.model_dump(mode="json", exclude_unset=True)
            row.refuse(self.noun.faults(content, self.context))
        else:
            row.refuse(content)

    def _compare(self, row: ReadRow) -> None:
        """Tell a row that repeats one above it."""
        same, alike = (_digest(text) for text in self.noun.identity(row.body))
        if (earlier := self._same.setdefault(same, row.number)) != row.number:
            row.repeats = earlier
            row.remarks.append(_repeats(row, earlier, is_same=True))
        elif (earlier := self._alike.setdefault(alike, row.number)) != row.number:
            row.remarks.append(_repeats(row, earlier, is_same=False))


def met(row: ReadRow, twin: Known | None) -> None:
    """Note what there is already that a row repeats."""
    if twin is not None:
        row.subject = twin
        level = RemarkLevel.NOTE if twin.is_same else RemarkLevel.WARNING
        row.remarks.append(Remark(level, None, row.place, twin.detail, twin.detail_zh))


def stored(row: ReadRow) -> StoredRow:
    subject = row.subject.id if row.subject and row.subject.is_same else None
    remarks = [remark.as_json() for remark in row.remarks]
    content, cells, said = (to_json(part).decode() for part in (row.body, row.cells, remarks))
    return StoredRow(row.number, row.state.value, row.place, content, cells, said, subject)


def sheet_report(reading: SheetReading) -> Body:
    """What a sheet was taken for: its header, what each column is about, and rows that are no entries."""
    headings = reading.header.headings if reading.header else {}
    return {
        "name": reading.sheet.name,
        "header_row": reading.header.last_row if reading.header else None,
        "columns": {one.text: one.column.field for one in headings.values() if one.column},
        "unknown_columns": sorted({one.text for one in headings.values() if one.column is None and one.text}),
        "row_count": reading.row_count,
        "skipped": {
            why.value: {"first": str(first), "count": count} for why, (first, count) in reading.skipped.items()
        },
    }


def _cells(record: Record) -> list[Body]:
    return [
        {
            "field": name,
            "place": read.where,
            "text": (read.value if type(read.value) is str else shown(read.value))[:SHOWN_CHARACTERS],
            **({"from": str(read.origin), "source": read.source} if read.source and read.origin else {}),
        }
        for name, reads in record.cells.items()
        for read in reads
    ]


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(errors="replace"), digest_size=12).digest()


def _repeats(row: ReadRow, earlier: int, *, is_same: bool) -> Remark:
    level = RemarkLevel.NOTE if is_same else RemarkLevel.WARNING
    if is_same:
        return Remark(
            level, None, row.place, f"says the same as entry {earlier}", f"与第 {earlier} 条完全相同，不会重复导入"
        )
    return Remark(level, None, row.place, f"may repeat entry {earlier}", f"可能与第 {earlier} 条重复")
