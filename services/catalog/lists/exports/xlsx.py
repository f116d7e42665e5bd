"""A published list as a workbook in the form agencies publish: its title, a header, one row an entry."""

import io
from datetime import UTC
from typing import TYPE_CHECKING, Any

from catalog.lists.exports.edition import PublishedEdition
from catalog.lists.exports.table import COLUMNS, NUMBER, rows

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

SHEET = "场景清单"
CELL_CHARACTERS = 32_767
"""The most that a cell of this format holds; a longer text is cut, which its last character says."""
NUMBER_WIDTH = 6


def render(edition: PublishedEdition) -> bytes:
    """An .xlsx; equal editions give equal bytes. O(entries) time and memory."""
    # Imported for the first of them: a start should not wait for it.
    from xlsxwriter import Workbook

    kept = io.BytesIO()
    # Texts stay texts: one that begins with = would be a formula, one with mailto: a link.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(kept, options) as book:
        # Without it a file is dated by when it was made.
        book.set_properties(
            {
                "title": edition.document["title"],
                "author": edition.document["owner_name"],
                "created": edition.published_at.astimezone(UTC).replace(tzinfo=None),
            }
        )
        _fill(book, book.add_worksheet(SHEET), edition)
    return kept.getvalue()


def _fill(book: Any, sheet: "Worksheet", edition: PublishedEdition) -> None:
    named, header, cell = (book.add_format(each) for each in _FORMATS)
    sheet.merge_range(0, 0, 0, len(COLUMNS), "", named)
    sheet.write_string(0, 0, edition.document["title"], named)
    for at, text in enumerate([NUMBER, *(column.header for column in COLUMNS)]):
        sheet.write_string(1, at, text, header)
    for row, texts in enumerate(rows(edition.document["entries"]), start=2):
        sheet.write_number(row, 0, row - 1, cell)
        for at, text in enumerate(texts, start=1):
            # An empty text is no content: the cell stays blank.
            sheet.write_string(row, at, fitted(text), cell) if text else sheet.write_blank(row, at, None, cell)
    sheet.set_column(0, 0, NUMBER_WIDTH)
    for at, column in enumerate(COLUMNS, start=1):
        sheet.set_column(at, at, column.width)
    sheet.freeze_panes(2, 2)
    sheet.repeat_rows(0, 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


_BORDERED = {"border": 1, "text_wrap": True, "valign": "top"}
_FORMATS = (
    {"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"},
    {**_BORDERED, "bold": True, "align": "center", "bg_color": "#DDE7F3"},
    _BORDERED,
)


def fitted(text: str) -> str:
    return text if len(text) <= CELL_CHARACTERS else text[: CELL_CHARACTERS - 1] + "…"
