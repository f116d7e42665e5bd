"""Reads a table below its header: one record a row, with the cell that each value comes from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from itertools import chain, islice
from typing import NamedTuple

from common.sheets.cells import CellPlace, Sheet, TableRow, Value, letters
from common.sheets.headers import SEARCHED_ROWS, Columns, Header, Heading, words
from common.sheets.refusals import FileLimits, too_many_rows
from common.sheets.texts import compact

FEWEST_MERGED = 3
"""A row of which so many cells are one is the title of a section."""


MOST_ROWS = 200
"""Rows of one entry."""
LONGEST_WORD = 16
"""Characters of 同上, 无, 合计 and the like, blanks among them."""


class Borrowed(StrEnum):
    """Why a cell says what stands elsewhere."""

    MERGED = "merged"
    ABOVE = "above"
    BLANK = "blank"


class SheetColumn(NamedTuple):
    """A column of one table. `where` is the place of its cells without the row, `at` counts from 0."""

    heading: Heading
    where: str
    sheet: str
    at: int
    is_key: bool

    @classmethod
    def of(cls, sheet: str, at: int, heading: Heading) -> "SheetColumn":
        is_key = heading.column is not None and heading.column.is_key
        return cls(heading, f"{sheet}!{letters(at + 1)}", sheet, at, is_key)


class Read(NamedTuple):
    """One cell of a record. `origin` is where its value stands when `source` says that it is another place."""

    slot: SheetColumn
    value: Value
    row: int
    origin: CellPlace | None = None
    source: Borrowed | None = None

    @property
    def heading(self) -> Heading:
        return self.slot.heading

    @property
    def place(self) -> CellPlace:
        return CellPlace(self.slot.sheet, self.row, self.slot.at + 1)

    @property
    def where(self) -> str:
        """The place as it is written."""
        return f"{self.slot.where}{self.row}"

    @property
    def stands_at(self) -> CellPlace:
        """Where the value itself stands."""
        return self.origin or self.place


class Record(NamedTuple):
    """One entry of a table, by field, in the order of the columns; and what stands in columns nobody knows.

    place  its first row; the cells of further rows, where one name stands merged beside several, come behind those of
           the first
    """

    place: CellPlace
    cells: dict[str, list[Read]]
    others: list[Read]

    @property
    def last_row(self) -> int:
        return max((read.row for reads in self.cells.values() for read in reads), default=self.place.row)


class Skip(StrEnum):
    """Why a row is no record."""

    HEADER = "header"
    SECTION = "section"
    REMARK = "remark"
    TOTAL = "total"
    NUMBER = "number"


@dataclass
class SheetReading:
    """What was found out about a sheet so far; complete when its records have been read.

    skipped  the first rows of each reason that hold no record, and how many there are
    """

    sheet: Sheet
    header: Header | None = None
    row_count: int = 0
    skipped: dict[Skip, tuple[CellPlace, int]] = field(default_factory=dict)

    def skip(self, why: Skip, row: TableRow) -> None:
        first, count = self.skipped.get(why, (CellPlace(self.sheet.name, row.number), 0))
        self.skipped[why] = (first, count + 1)


def records(reading: SheetReading, columns: Columns, limits: FileLimits) -> Iterator[Record]:
    """The records of a sheet, none when it has no header. Raises UnreadableFile when it has too many rows."""
    rows = (row for row in reading.sheet.rows() if not row.is_empty)
    first = list(islice(rows, SEARCHED_ROWS + 1))
    reading.header = columns.find(first)
    if reading.header is None:
        return
    below = (row for row in chain(first, rows) if reading.header and row.number > reading.header.last_row)
    sheet_columns = [SheetColumn.of(reading.sheet.name, at, heading) for at, heading in reading.header.headings.items()]
    above: dict[int, Read] = {}
    current: Record | None = None
    for row in below:
        reading.row_count += 1
        if reading.row_count > limits.rows:
            raise too_many_rows(reading.sheet.name, limits.rows)
        if why := _is_none(row, reading.header, columns):
            reading.skip(why, row)
            continue
        record = _record(reading.sheet.name, row, sheet_columns, above)
        if record is None:
            reading.skip(Skip.NUMBER, row)
        elif current and _continues(current, record):
            _join(current, record)
        else:
            if current:
                yield current
            current = _nameless(record)
    if current:
        yield current


def _continues(current: Record, record: Record) -> bool:
    """Whether a row goes on with the entry above: its name is the very cell above, merged, or blank beside nothing but
    what may be said in several rows."""
    keys = [reads[0] for reads in record.cells.values() if reads[0].slot.is_key]
    if len(keys) != 1 or record.place.row - current.place.row >= MOST_ROWS:
        return False
    [key] = keys
    before = current.cells.get(key.heading.column.field if key.heading.column else "", [])
    if key.origin is None or not before or key.origin != before[0].stands_at:
        return False
    own = (read.heading.column for reads in record.cells.values() for read in reads if read.source is None)
    return key.source is not Borrowed.BLANK or all(column is not None and column.joins for column in own)


def _nameless(record: Record) -> Record:
    """An entry of its own whose name is blank has none: only what goes on with the entry above has that one's."""
    for name, reads in record.cells.items():
        if reads[0].source is Borrowed.BLANK and reads[0].slot.is_key:
            return record._replace(cells={other: reads for other, reads in record.cells.items() if other != name})
    return record


def _join(current: Record, record: Record) -> None:
    for name, reads in record.cells.items():
        current.cells.setdefault(name, []).extend(read for read in reads if read.source is None)
    current.others.extend(read for read in record.others if read.source is None)


@cache
def _folded(key: str) -> tuple[str, ...]:
    return tuple(map(compact, words()[key]))


def _is_none(row: TableRow, header: Header, columns: Columns) -> Skip | None:
    first = next((value for value in row.values if value is not None), None)
    if isinstance(first, str):
        beginning = first.strip()[: LONGEST_WORD + 1]
        said = compact(beginning)
        if len(beginning) <= LONGEST_WORD and said in _folded("totals"):
            return Skip.TOTAL
        if said.startswith(_folded("remarks")):
            return Skip.REMARK
    if len(row.origins) >= FEWEST_MERGED - 1 and _is_section(row):
        return Skip.SECTION
    return Skip.HEADER if columns.is_header(row, header) else None


def _is_section(row: TableRow) -> bool:
    """Whether all that the row says is one merged cell: 一、智慧港口类."""
    said = [at for at, value in enumerate(row.values) if value is not None]
    places = {row.origins.get(at, (row.number, at + 1)) for at in said}
    return len(said) >= FEWEST_MERGED and len(places) == 1 and next(iter(places))[0] == row.number


def _record(sheet: str, row: TableRow, sheet_columns: Sequence[SheetColumn], above: dict[int, Read]) -> Record | None:
    """The row as a record; None when nothing but columns that are filled from above, or unknown, says anything."""
    cells: dict[str, list[Read]] = {}
    others: list[Read] = []
    has_own = False
    for slot in sheet_columns:
        read = _read(row, slot, above)
        if read is None:
            continue
        column = slot.heading.column
        if column is None:
            others.append(read)
            continue
        has_own = has_own or (read.source is None and column.reads != "number")
        cells.setdefault(column.field, []).append(read)
    return Record(CellPlace(sheet, row.number), cells, others) if has_own else None


def _read(row: TableRow, slot: SheetColumn, above: dict[int, Read]) -> Read | None:
    at = slot.at
    value = row.values[at] if at < len(row.values) else None
    if type(value) is str:
        said = compact(value) if len(value) < LONGEST_WORD else value
        if said in _folded("above"):
            meant = above.get(at) or Read(slot, value, row.number)
            return Read(slot, meant.value, row.number, meant.stands_at, Borrowed.ABOVE)
        if said in _folded("nothing"):
            value = None
    if value is None:
        if at in above and slot.heading.column and slot.heading.column.is_filled_from_above:
            return Read(slot, above[at].value, row.number, above[at].stands_at, Borrowed.BLANK)
        return None
    if at in row.origins:
        origin = CellPlace(slot.sheet, *row.origins[at])
        # Across columns of one row nothing comes from above.
        read = Read(slot, value, row.number, origin, Borrowed.MERGED if origin.row != row.number else None)
    else:
        read = Read(slot, value, row.number)
    above[at] = read
    return read
