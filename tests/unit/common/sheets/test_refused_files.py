"""Files that are not read: each refusal says what to do, and costs no more memory than its limits."""

import struct
import tracemalloc
from codecs import BOM_UTF16
from collections.abc import Callable

import pytest

from common.sheets import xls
from common.sheets.archive import CHUNK
from common.sheets.opening import opened
from common.sheets.refusals import MIB, FileLimits, UnreadableFile
from tests.support import messy_files as files
from tests.unit.common.sheets.reading import read

SHEET = "xl/worksheets/sheet1.xml"


def bomb(part: str = SHEET) -> bytes:
    """A kilobyte for each megabyte of blanks."""
    return files.patched(files.by_openpyxl(), part, lambda xml: xml + b" " * (300 * MIB))


DOCTYPE = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'


def entities(part: str = SHEET, *, before: bytes = b"", encoding: str = "utf-8") -> bytes:
    def changed(xml: bytes) -> bytes:
        body = xml.decode().partition("?>")[2] if xml.startswith(b"<?xml") else xml.decode()
        return (before + DOCTYPE).decode().encode(encoding) + body.encode(encoding).removeprefix(BOM_UTF16)

    return files.patched(files.by_openpyxl(), part, changed)


def document_of(body: str) -> bytes:
    return files.patched(
        files.document(), "word/document.xml", lambda xml: xml.replace(b"<w:body>", f"<w:body>{body}".encode())
    )


def overlapping() -> bytes:
    merges = "".join(f'<mergeCell ref="A{1 + at % 3}:IV{9 + at}"/>' for at in range(300))
    return files.patched(
        files.by_openpyxl(), SHEET,
        lambda xml: xml.replace(b"</sheetData>", f"</sheetData><mergeCells>{merges}</mergeCells>".encode()),
    )  # fmt: skip


def biff(*sheets: bytes) -> bytes:
    """The records of an old workbook with these sheets, without a container."""

    def record(kind: int, body: bytes) -> bytes:
        return struct.pack("<HH", kind, len(body)) + body

    def begun(kind: int) -> bytes:
        return record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0, 1996, 0, 6))

    end, names = record(0x000A, b""), [f"S{at}" for at in range(len(sheets))]
    bodies = [begun(0x0010) + cells + end for cells in sheets]
    position = len(begun(0x0005)) + sum(4 + 8 + len(name) for name in names) + len(end)
    bound = b""
    for name, body in zip(names, bodies, strict=True):
        bound += record(0x0085, struct.pack("<IBBBB", position, 0, 0, len(name), 0) + name.encode())
        position += len(body)
    return begun(0x0005) + bound + end + b"".join(bodies)


def label(row: int, column: int, text: str = "x") -> bytes:
    return struct.pack("<HHHHHHB", 0x0204, 9 + len(text), row, column, 0, len(text), 0) + text.encode()


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "bomb": (bomb, "larger than 256 MiB"),
    "bomb of styles": (lambda: bomb("xl/styles.xml"), "larger than 256 MiB"),
    "entities": (entities, "damaged"),
    "entities in another part": (lambda: entities("xl/workbook.xml"), "damaged"),
    "entities in UTF-16": (lambda: entities(encoding="utf-16"), "damaged"),
    "entities far in": (lambda: entities(before=b"<!--" + b" " * (CHUNK - 12) + b"-->"), "damaged"),
    "endless beginning": (lambda: entities(before=b"<!--" + b" " * (3 * MIB) + b"-->"), "damaged"),
    "overlapping merges": (overlapping, "overlap"),
    "long document": (lambda: document_of(" " * (65 * MIB)), "larger than 64 MiB"),
    "row of many parts": (lambda: document_of(f"<w:tbl><w:tr>{'<w:p/>' * 200_001}</w:tr></w:tbl>"), "too much"),
    "row of many levels": (lambda: document_of(f"<w:tbl><w:tr>{'<w:p>' * 201}"), "too much"),
    "macros": (lambda: files.with_parts(files.by_openpyxl(), xl__vbaProject_dot_bin=b"x"), "macros"),
    "links": (lambda: files.with_parts(files.by_openpyxl(), xl__externalLinks__link1_dot_xml=b"<x/>"), "refers"),
    "large": (lambda: b"x" * (20 * MIB + 1), "larger than 20 MiB"),
    "empty": (lambda: b" \n", "empty"),
    "cut": (lambda: files.by_openpyxl()[:3000], "damaged"),
    "no workbook": (lambda: files.packed({"a.txt": b"a"}), ".xlsx, .xls"),
    "broken sheet": (lambda: files.patched(files.by_openpyxl(), SHEET, lambda xml: xml[:-40]), "damaged"),
    "broken document": (
        lambda: files.patched(files.tracked_changes(), "word/document.xml", lambda xml: xml[:-9]), "damaged"
    ),
    "web page": (lambda: b"<html><table><tr><td>1</td></tr></table></html>", "web page"),
    "pdf": (lambda: b"%PDF-1.7", ".xlsx, .xls"),
    "binary": (lambda: bytes(range(256)) * 4, "encoding"),
    "quotation mark": (lambda: ('场景名称,应用需求\n"甲,乙\n' + "丙,丁\n" * 50_000).encode(), "quotation mark"),
    "locked": (lambda: bytes.fromhex("D0CF11E0A1B11AE1") + "EncryptedPackage".encode("utf-16-le"), "password"),
    "old macros": (lambda: files.old_excel() + "_VBA_PROJECT_CUR".encode("utf-16-le"), "macros"),
    "old and cut": (lambda: files.old_excel()[:2000], "damaged"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_cannot_be_read_is_refused_with_a_way_out(name: str) -> None:
    make, words = REFUSED[name]
    with pytest.raises(UnreadableFile, match=words) as refused:
        read(make())
    assert refused.value.detail_zh != refused.value.detail


def test_too_many_rows_are_refused_by_the_name_of_their_sheet() -> None:
    rows = [(str(at), "需求") for at in range(12)]
    with pytest.raises(UnreadableFile, match="清单 has more than 10 rows"):
        read(files.table(("场景名称", "应用需求"), *rows), FileLimits(rows=10))


def test_cells_far_out_cost_nothing() -> None:
    """One cell in the last column of the last row: no row is made for what lies between."""
    far = files.table(files.HEADER, files.FIRST)
    far = files.patched(
        far, SHEET,
        lambda xml: xml.replace(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'),
    )  # fmt: skip
    tracemalloc.start()
    _, entries = read(far)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(entries) == 1
    assert most < 4 * MIB


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    content = bomb()
    tracemalloc.start()
    with pytest.raises(UnreadableFile):
        read(content)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 4 * MIB


def test_a_long_document_costs_what_its_texts_do() -> None:
    row = "<w:tr><w:tc><w:tcPr/><w:p><w:pPr/><w:r><w:rPr/><w:t>x</w:t></w:r></w:p></w:tc></w:tr>"
    content = document_of("<w:p><w:r/></w:p>" * 20_000 + f"<w:tbl>{row * 5_000}{'<w:tr/>' * 20_000}</w:tbl>")
    tracemalloc.start()
    [sheet] = opened(content, FileLimits()).sheets
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sum(1 for _ in sheet.rows()) == 5_000
    assert most < 8 * MIB


def test_a_document_of_too_many_rows_is_refused() -> None:
    row = "<w:tr><w:tc><w:p><w:r><w:t>x</w:t></w:r></w:p></w:tc></w:tr>"
    with pytest.raises(UnreadableFile, match="more than 10 rows"):
        opened(document_of(f"<w:tbl>{row * 6}</w:tbl>" * 2), FileLimits(rows=10))


def test_rows_of_an_old_workbook_are_as_long_as_they_are() -> None:
    content = biff(b"".join(label(row, 0) for row in range(20_000)) + label(20_000, 255))
    tracemalloc.start()
    [sheet] = xls.opened(content, FileLimits()).sheets
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [len(row.values) for row in sheet.rows()][-2:] == [1, 256]
    assert most < 20 * MIB


def test_an_old_workbook_of_many_sheets_is_refused_before_they_are_read() -> None:
    with pytest.raises(UnreadableFile, match="more than 3 sheets"):
        xls.opened(biff(*[label(0, 0)] * 4), FileLimits(sheets=3))
