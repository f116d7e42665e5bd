"""Files that are not read: each refusal says what to do, and costs no more memory than its limits."""

import tracemalloc
from collections.abc import Callable

import pytest

from common.sheets.refusals import MIB, FileLimits, UnreadableFile
from tests.support import messy_files as files
from tests.unit.common.sheets.reading import read

SHEET = "xl/worksheets/sheet1.xml"


def bomb(part: str = SHEET) -> bytes:
    """A kilobyte for each megabyte of blanks."""
    return files.patched(files.by_openpyxl(), part, lambda xml: xml + b" " * (300 * MIB))


def entities() -> bytes:
    doctype = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    return files.patched(files.by_openpyxl(), SHEET, lambda xml: doctype + xml)


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "bomb": (bomb, "larger than 256 MiB"),
    "bomb of styles": (lambda: bomb("xl/styles.xml"), "larger than 256 MiB"),
    "entities": (entities, "damaged"),
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
