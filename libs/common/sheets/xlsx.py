"""Reads .xlsx files row by row, with merged cells filled and formulas told from values."""

import io
import re
import struct
import warnings
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from string import digits as DIGITS
from typing import IO, Any, NamedTuple
from xml.etree.ElementTree import Element, XMLPullParser  # nosec B405  # `Archive` refused what declares entities

from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet._reader import DATA_TAG, INLINE_STRING, VALUE_TAG, WorkSheetParser

from common.sheets.archive import DAMAGED, Archive
from common.sheets.cells import Failure, Formula, Sheet, TableRow, Tables, Value, column_of
from common.sheets.merges import Merge, filled
from common.sheets.refusals import FileLimits, UnreadableFile, broken, too_large, too_many_sheets

KIND = ".xlsx"
_TEXTS = "xl/sharedStrings.xml"
_MERGE = re.compile(
    rb"""<(?:\w+:)?mergeCell\s[^>]{0,200}?ref=["']\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})["']"""
)
_ROWS = (b"<row ", b"<row>", b":row ")
_LONGEST_TAG = 512
PIECE = 1 << 16
"""Bytes of a sheet whose rows are in memory at once."""
TEXT_TAG = VALUE_TAG.replace("}v", "}t")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_FAULTS = (*DAMAGED, KeyError, TypeError, AttributeError, IndexError, SyntaxError, struct.error)
"""What openpyxl raises for files that are damaged."""

# What it says of styles and validations that it does not know concerns nobody who reads values.
warnings.filterwarnings("ignore", module="openpyxl")


@dataclass(frozen=True)
class _Facts:
    """What is known of a sheet before its rows are read."""

    merges: tuple[Merge, ...]
    row_count: int


def opened(content: bytes, limits: FileLimits) -> Tables:
    """Raises UnreadableFile. Rows are read when they are asked for, and may raise it too."""
    archive = Archive(content, limits, KIND)
    if archive.size(_TEXTS) > limits.text_bytes:
        raise too_large("The text of the workbook", "工作簿中的文字", limits.text_bytes)
    try:
        book = _Book(content)
    except _FAULTS as error:
        raise broken(KIND) from error
    if len(book.parts) > limits.sheets:
        raise too_many_sheets(limits.sheets)
    return Tables(KIND, [_sheet(archive, book, part, limits) for part in book.parts])


class SheetPart(NamedTuple):
    """Where a sheet is in its file."""

    name: str
    path: str


class _Book(ExcelReader):  # type: ignore[misc]  # its module says no types
    """What openpyxl knows of a workbook before its rows are read. Its `load_workbook` reads each sheet to the end here
    that does not say how large it is, and believes those that say so.

    parts  of each sheet that people see, its name and where it is, in order
    """

    def __init__(self, content: bytes) -> None:
        super().__init__(io.BytesIO(content), read_only=True, keep_links=False)
        self.parts = list[SheetPart]()
        for read in (self.read_manifest, self.read_strings, self.read_workbook, self.read_worksheets):
            read()
        apply_stylesheet(self.archive, self.wb)

    def read_worksheets(self) -> None:
        for sheet, found in self.parser.find_sheets():
            if found.target in self.valid_files and "chartsheet" not in found.Type and sheet.state == "visible":
                self.parts.append(SheetPart(sheet.name, found.target))


def _sheet(archive: Archive, book: _Book, part: SheetPart, limits: FileLimits) -> Sheet:
    facts = _facts(archive, part.path, limits)

    def rows() -> Iterator[TableRow]:
        return filled(_rows(book, part, limits), facts.merges, columns=limits.columns)

    return Sheet(part.name, rows, facts.row_count, book.wb.epoch == CALENDAR_MAC_1904)


def _facts(archive: Archive, part: str, limits: FileLimits) -> _Facts:
    """Merged cells, which the file lists after the rows and openpyxl does not tell when it reads row by row."""
    merges, count, tail = list[Merge](), 0, b""
    for chunk in archive.chunks(part):
        text = tail + chunk
        # What ends in the tail was counted with the last piece.
        count += sum(text.count(tag, max(0, len(tail) - len(tag) + 1)) for tag in _ROWS)
        if b"mergeCell" in text:
            merges += [_merge(found) for found in _MERGE.finditer(text) if found.end() > len(tail)]
        tail = text[-_LONGEST_TAG:]
        if len(merges) > limits.merges:
            raise UnreadableFile(
                f"A sheet has more than {limits.merges} merged cells; unmerge them", "合并单元格过多，请取消合并"
            )
    return _Facts(tuple(merges), count)


def _merge(found: re.Match[bytes]) -> Merge:
    left, top, right, bottom = (part.decode() for part in found.groups())
    return Merge(int(top), column_of(left), int(bottom), column_of(right))


def _rows(book: _Book, part: SheetPart, limits: FileLimits) -> Iterator[TableRow]:
    try:
        with book.archive.open(part.path) as opened_part:
            for number, values in _Rows(opened_part, book, limits.columns).parse():
                if values:
                    yield TableRow(number, values)
    except _FAULTS as error:
        raise broken(KIND) from error


class _Rows(WorkSheetParser):  # type: ignore[misc]  # its module says no types
    """openpyxl's reader of a sheet, which gives values by column instead of cells with styles, and rows alone: a third
    of the time."""

    def __init__(self, part: IO[bytes], book: _Book, columns: int) -> None:
        known = book.wb
        formats = {"date_formats": known._date_formats, "timedelta_formats": known._timedelta_formats}
        super().__init__(part, book.shared_strings, epoch=known.epoch, **formats)
        self._columns, self._percents = columns, _percents(known)
        self._known: dict[str, int] = {}

    def parse(self) -> Iterator[tuple[int, list[Value]]]:
        """The rows in their order. In memory is what one piece of the part holds of them."""
        parser: XMLPullParser[Any] = XMLPullParser(("start",))
        data: Element | None = None
        while chunk := self.source.read(PIECE):
            parser.feed(chunk)
            begun: Iterator[Any] = parser.read_events()
            data = next((element for _, element in begun if element.tag == DATA_TAG), data)
            # What else has begun is of no use, and would be kept.
            deque(begun, maxlen=0)
            if data is not None and len(data) > 1:
                # The last one may go on in the next piece.
                yield from map(self.parse_row, data[:-1])
                del data[:-1]
        parser.close()
        yield from map(self.parse_row, () if data is None else data)

    def parse_row(self, row: Element) -> tuple[int, list[Value]]:
        """The row's number and its values up to the last that is one."""
        number = row.get("r")
        self.row_counter: int = int(float(number)) if number else self.row_counter + 1
        self.col_counter = 0
        values = list[Value]()
        for element in row:
            value = self._value(element)
            if value is None or not 0 < self.col_counter <= self._columns:
                continue
            if len(values) < self.col_counter:
                values += [None] * (self.col_counter - len(values))
            values[self.col_counter - 1] = value
        return self.row_counter, values

    def _value(self, element: Element) -> Value:
        if len(element) != 1:
            if len(element):
                return self._unusual(self.parse_cell(element))
            self._advance(element)
            return None
        only, kind = element[0], element.get("t")
        if kind == "inlineStr" and only.tag == INLINE_STRING and len(only) == 1 and only[0].tag == TEXT_TAG:
            self._advance(element)
            return _plain(only[0].text)
        if kind == "s" and only.tag == VALUE_TAG:
            self._advance(element)
            return _plain(self.shared_strings[int(only.text or "")])
        return self._unusual(self.parse_cell(element))

    def _advance(self, element: Element) -> None:
        where = element.get("r", "").rstrip(DIGITS)
        known = self._known.get(where) if where else self.col_counter + 1
        self.col_counter = known or self._known.setdefault(where, column_of(where.upper()))

    def _unusual(self, cell: dict[str, Any]) -> Value:
        value: Any = cell["value"]
        match cell["data_type"]:
            case "f":
                return Formula(value)
            case "e":
                return Failure(value)
            case "n" if cell["style_id"] in self._percents and isinstance(value, int | float):
                return f"{round(value * 100, 10):g}%"
            case "s":
                return _plain(value)
        return value  # type: ignore[no-any-return]


def _percents(book: Any) -> frozenset[int]:
    """The styles that show a number as a share of a hundred: the built-in formats 9 and 10, and a file's own."""
    own = {164 + at for at, form in enumerate(book._number_formats) if "%" in form}
    return frozenset(at for at, style in enumerate(book._cell_styles) if style.numFmtId in own | {9, 10})


def _plain(text: str | None) -> str | None:
    return _ESCAPED.sub(_unescaped, text) if text and "_x" in text else text


def _unescaped(found: re.Match[str]) -> str:
    """A character that XML cannot hold, or a carriage return, written as _x000D_; control characters are dropped."""
    character = chr(int(found[1], 16))
    return "\n" if character == "\r" else character if character.isprintable() else ""
