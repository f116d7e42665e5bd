"""Makes the empty table that people fill in: its columns are read without a remark."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from common.imports.noun import Noun
from common.sheets.headers import KnownColumn
from common.tracks import Tracks

HINTS = "填写说明 Hints"
FILLED_ROWS = 2000
"""Rows below the header that offer lists to choose from."""
LISTS = "选项 Lists"


def template(noun: Noun[Any], tracks: Tracks) -> bytes:
    """An .xlsx: headers in Chinese, their field names in English, hints, then room; a hidden sheet has the lists."""
    book = Workbook()
    sheet, lists = book.active, book.create_sheet(LISTS)
    assert isinstance(sheet, Worksheet)
    sheet.title, lists.sheet_state = noun.name, "hidden"
    columns = [column for column in noun.columns.columns if column.option("hint") is not None]
    sheet.append([column.headers[0] + ("*" if column.option("required") else "") for column in columns])
    sheet.append([column.field for column in columns])
    sheet.append([_hint(column, at) for at, column in enumerate(columns)])
    for at, column in enumerate(columns, start=1):
        _offer(sheet, lists, at, _choices(column, tracks))
    _dress(sheet, len(columns))
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _hint(column: KnownColumn, at: int) -> str:
    # The first cell tells that the row is no entry.
    return f"{HINTS}：{column.option('hint')}" if at == 0 else str(column.option("hint"))


def _choices(column: KnownColumn, tracks: Tracks) -> Sequence[str]:
    return list(tracks) if column.option("choices") == "tracks" else list(column.option("words") or ())


def _offer(sheet: Worksheet, lists: Any, at: int, choices: Iterable[str]) -> None:
    """Let a column be chosen from a list; what is not in it can be typed all the same."""
    offered = list(choices)
    if not offered:
        return
    letter = get_column_letter(at)
    for row, choice in enumerate(offered, start=1):
        lists[f"{letter}{row}"] = choice
    rule = DataValidation("list", formula1=f"'{LISTS}'!${letter}$1:${letter}${len(offered)}", allow_blank=True)
    rule.errorStyle = "warning"
    rule.add(f"{letter}4:{letter}{FILLED_ROWS}")
    sheet.add_data_validation(rule)


def _dress(sheet: Worksheet, width: int) -> None:
    fill = PatternFill("solid", fgColor="DDE7F3")
    for at in range(1, width + 1):
        sheet.cell(1, at).font, sheet.cell(1, at).fill = Font(bold=True), fill
        sheet.cell(3, at).font, sheet.cell(3, at).alignment = (
            Font(italic=True, color="666666"),
            Alignment(wrap_text=True),
        )
        sheet.column_dimensions[get_column_letter(at)].width = 22
    sheet.freeze_panes = "A4"
