"""Reads .xls files, the format of Excel until 2003."""

import struct
from collections.abc import Iterator
from datetime import datetime

import xlrd
from xlrd.book import Book
from xlrd.compdoc import CompDocError
from xlrd.sheet import Cell as XlsCell
from xlrd.sheet import Sheet as XlsSheet
from xlrd.xldate import XLDateError, xldate_as_datetime

from common.sheets.cells import Failure, Formula, Sheet, TableRow, Tables, Value
from common.sheets.merges import Merge, filled
from common.sheets.refusals import FileLimits, UnreadableFile, broken, too_many_sheets

KIND = ".xls"
_FAULTS = (
    xlrd.XLRDError, CompDocError, struct.error, AssertionError, AttributeError, IndexError, KeyError, TypeError,
    ValueError, UnicodeDecodeError, OverflowError, RecursionError,
)  # fmt: skip
"""What xlrd raises for files that are damaged."""
_MACROS = "_VBA_PROJECT_CUR".encode("utf-16-le")
_FORMULA, _END = 0x0006, 0x000A


def opened(content: bytes, limits: FileLimits) -> Tables:
    """Raises UnreadableFile. The whole book is in memory, some times the size of the file."""
    if _MACROS in content:
        raise UnreadableFile(
            "The file holds macros; save it as .xlsx, a workbook without macros", "文件含有宏，请另存为 .xlsx 格式"
        )
    try:
        # Without its formats, xlrd tells neither merged cells nor percents; unless told that rows may be ragged, it
        # fills each up to the last column of all.
        book = xlrd.open_workbook(file_contents=content, formatting_info=True, on_demand=True, ragged_rows=True)
        if book.nsheets > limits.sheets:
            raise too_many_sheets(limits.sheets)
        shown = [one for one in map(book.sheet_by_index, range(book.nsheets)) if one.visibility == 0]
        return Tables(KIND, [_sheet(book, one, limits) for one in shown])
    except _FAULTS as error:
        if "encrypted" in str(error).lower():
            raise UnreadableFile("The file is protected by a password", "文件有密码保护，请取消密码后上传") from error
        raise broken(KIND) from error


def _sheet(book: Book, read: XlsSheet, limits: FileLimits) -> Sheet:
    merges = [Merge(top + 1, left + 1, bottom, right) for top, bottom, left, right in read.merged_cells]
    formulas = _formulas(book, read.number)

    def rows() -> Iterator[TableRow]:
        return filled(_rows(book, read, formulas, limits), merges, columns=limits.columns)

    return Sheet(read.name, rows, read.nrows, book.datemode == 1)


def _formulas(book: Book, number: int) -> frozenset[tuple[int, int]]:
    """Row and column, from 0, of cells that compute: xlrd shows their last value like any other, so the records of the
    sheet are looked through."""
    position, found, depth = book._sh_abs_posn[number], set[tuple[int, int]](), 0
    while position + 4 <= len(book.mem):
        kind, length = struct.unpack_from("<HH", book.mem, position)
        if kind == _FORMULA:
            found.add(struct.unpack_from("<HH", book.mem, position + 4))
        # A chart within the sheet begins and ends like a sheet.
        depth += (kind == 0x0809) - (kind == _END)
        if depth <= 0:
            break
        position += 4 + length
    return frozenset(found)


def _rows(book: Book, read: XlsSheet, formulas: frozenset[tuple[int, int]], limits: FileLimits) -> Iterator[TableRow]:
    for at in range(read.nrows):
        cells = read.row(at)[: limits.columns]
        values = [
            Formula(cell.value) if (at, column) in formulas else _value(book, cell) for column, cell in enumerate(cells)
        ]
        yield TableRow(at + 1, values)


def _value(book: Book, cell: XlsCell) -> Value:
    match cell.ctype:
        case xlrd.XL_CELL_TEXT:
            return str(cell.value)
        case xlrd.XL_CELL_DATE:
            return _moment(book, cell.value)
        case xlrd.XL_CELL_BOOLEAN:
            return bool(cell.value)
        case xlrd.XL_CELL_ERROR:
            return Failure(xlrd.error_text_from_code.get(cell.value, "#ERROR"))
        case xlrd.XL_CELL_NUMBER:
            is_share = "%" in book.format_map[book.xf_list[cell.xf_index].format_key].format_str
            return f"{round(cell.value * 100, 10):g}%" if is_share else _number(cell.value)
    return None


def _moment(book: Book, serial: float) -> datetime | Failure:
    try:
        moment: datetime = xldate_as_datetime(serial, book.datemode)
    except (XLDateError, OverflowError, ValueError):
        return Failure("#VALUE!")
    return moment


def _number(value: float) -> int | float:
    return int(value) if value.is_integer() and abs(value) < 1e15 else value
