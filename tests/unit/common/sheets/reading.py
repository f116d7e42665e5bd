"""Reads a file as the tests look at it: what each entry says, field by field."""

from pathlib import Path

from common.sheets.cells import Value
from common.sheets.headers import Columns
from common.sheets.opening import opened
from common.sheets.records import Record, SheetReading, records
from common.sheets.refusals import FileLimits

COLUMNS = Columns.of(Path(__file__).parent / "columns.toml")


def read(content: bytes, limits: FileLimits | None = None) -> tuple[list[SheetReading], list[Record]]:
    limits = limits or FileLimits()
    readings = [SheetReading(sheet) for sheet in opened(content, limits).sheets]
    return readings, [record for reading in readings for record in records(reading, COLUMNS, limits)]


def said(record: Record, field: str) -> list[Value]:
    return [one.value for one in record.cells.get(field, [])]


def column(content: bytes, field: str) -> list[Value]:
    """The first value of a field of every entry."""
    return [next(iter(said(record, field)), None) for record in read(content)[1]]
