"""Hostile files: each is refused by name, in both languages, and leaves nothing behind."""

import io
import zipfile
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import Workbook

from catalog.settings import CatalogSettings
from tests.attack.extent import IS_FULL, tell
from tests.integration.catalog.imports import Imports
from tests.integration.catalog.service_under_test import CatalogUnderTest
from tests.support import messy_files as files
from tests.unit.common.sheets.test_refused_files import REFUSED, SHEET, document_of

LARGE = {"bomb", "bomb of styles", "long document", "large", "row of many parts", "overlapping merges"}
"""Files that take a second to make."""
FORMULA = '=HYPERLINK("http://127.0.0.1/","甲")'
ROW = "<w:tr><w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p>{}</w:tc></w:tr>"


def nested(depth: int) -> bytes:
    """A .docx with a table in a cell of a table, and so on."""
    inner = ""
    for _ in range(depth):
        inner = f"<w:tbl>{ROW.format('应用需求', inner)}</w:tbl>"
    return document_of(inner)


def of_sheets(count: int) -> bytes:
    book, kept = Workbook(), io.BytesIO()
    for _ in range(count - 1):
        book.create_sheet()
    book.save(kept)
    return kept.getvalue()


def named_alike() -> bytes:
    """Two parts of one name: readers differ in which of them they read."""
    kept = io.BytesIO(files.by_openpyxl())
    with zipfile.ZipFile(kept, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr(SHEET, "<worksheet/>")
    return kept.getvalue()


ALSO_REFUSED: dict[str, Callable[[], bytes]] = {
    "many sheets": lambda: of_sheets(51),
    "tables in tables": lambda: nested(70),
    "document cut": lambda: files.document()[:-200],
    "picture": lambda: b"\x89PNG\r\n\x1a\n" + bytes(64),
    "program": lambda: b"MZ\x90\x00" + bytes(range(256)),
    "packed in packed": lambda: files.packed({"a.xlsx": files.by_openpyxl()}),
    "way out of the folder": lambda: files.packed({"../../a.txt": b"a", "xl/../../b": b"b"}),
}
HOSTILE = {**{name: make for name, (make, _) in REFUSED.items()}, **ALSO_REFUSED}


@pytest.fixture
def imports(catalog: CatalogUnderTest) -> Imports:
    settings: CatalogSettings = catalog.http._transport.app.state.settings  # type: ignore[attr-defined]
    return Imports(catalog, settings)


async def refusal(imports: Imports, content: bytes) -> tuple[str, dict[str, str]]:
    """Where a file is refused, at the door or by the worker, and what is said of it in each language."""
    sent = await imports.send(content, name="清单.xlsx")
    if sent.status_code != 202:
        zh = await imports.send(content, as_={**imports.catalog.port, "Accept-Language": "zh"}, name="清单.xlsx")
        for reply in (sent, zh):
            assert reply.headers["content-type"] == "application/problem+json", reply.text
            assert reply.status_code in (413, 415, 422), reply.text
        return "at the door", {"en": sent.json()["detail"], "zh": zh.json()["detail"]}
    await imports.work()
    told = {}
    for language in ("en", "zh"):
        headers = {**imports.catalog.port, "Accept-Language": language}
        report: Any = (await imports.catalog.get(sent.headers["location"], as_=headers)).json()
        assert report["state"] == "refused", report
        told[language] = report["refusal"]["detail"]
    return "by the worker", told


async def test_each_hostile_file_is_refused_by_name_and_leaves_nothing(
    imports: Imports, capsys: pytest.CaptureFixture[str]
) -> None:
    tried, said = Counter[str](), dict[str, str]()
    for name, make in HOSTILE.items():
        if name in LARGE and not IS_FULL:
            continue
        where, told = await refusal(imports, make())
        tried[f"refused {where}"] += 1
        if where == "by the worker":
            said[name] = told["en"]
        assert told["en"] != told["zh"], name
        assert not any(word in told["en"] for word in ("Traceback", "Error(", "zipfile", "openpyxl", "0x")), told
    assert await imports.drafts() == []
    wrong = {name: said[name] for name, (_, words) in REFUSED.items() if name in said and words not in said[name]}
    assert wrong == {}
    assert len(set(said.values())) > 8, "each is told what is wrong with it"
    tell(capsys, "hostile files", tried)


async def test_a_formula_is_a_text_and_columns_beyond_the_limit_are_left_out(imports: Imports) -> None:
    header = (*("场景名称", "应用需求"), *(f"列{at}" for at in range(300)))
    rows = [("'" + FORMULA, "需求甲"), ("=1+1", FORMULA), ("正常", "需求乙")]
    report = await imports.committed(files.table(header, *rows), rows="good")
    titles = {draft["title"] for draft in await imports.drafts()}
    assert "正常" in titles, report
    assert not any(title in ("2", "甲") for title in titles), "nothing was calculated"
    assert len(report["sheets"][0]["columns"]) <= 256


DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ATTACHED: tuple[tuple[str, str, bytes], ...] = (
    ("a.pdf", "application/pdf", b"MZ\x90\x00"),
    ("a.pdf", "application/pdf", b"<script>alert(1)</script>%PDF-1.7"),
    ("a.pdf", "text/html", b"%PDF-1.7"),
    ("a.pdf.html", "application/pdf", b"%PDF-1.7"),
    ("a.html", "text/html", b"<html>"),
    ("a.svg", "image/svg+xml", b"<svg onload='alert(1)'/>"),
    ("a.png", "image/png", b"GIF89a"),
    ("a.png", "image/png", b"<svg onload='alert(1)'/>"),
    ("a.jpg", "image/jpeg", b"\x89PNG\r\n\x1a\n"),
    ("a.docx", DOCX, b"%PDF-1.7"),
    ("a.docx", DOCX, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    ("a.doc", "application/msword", b"PK\x03\x04"),
    ("a.zip", "application/zip", b"Rar!"),
    ("a.csv", "text/csv", b"a,b\n\0"),
    ("a.txt", "text/plain", b"MZ\x90\0"),
    ("a.docm", DOCX, b"PK\x03\x04"),
    ("a.exe", "application/octet-stream", b"MZ"),
    ("a.js", "text/plain", b"alert(1)"),
    (".htaccess", "text/plain", b"a"),
    ("a.txt%00.pdf", "application/pdf", b"%PDF-1.7"),
    ("..%2Fa.pdf", "application/pdf", b"%PDF-1.7"),
    ("a%0D%0AX-Injected%3A%201.pdf", "application/pdf", b"%PDF-1.7"),
    ("a%E2%80%AEfdp.exe", "application/pdf", b"%PDF-1.7"),
    ("a.pdf%20", "application/pdf", b"%PDF-1.7"),
    ("a.pdf", "application/pdf; charset=%0d%0a", b""),
)


async def test_a_file_that_is_not_what_it_says_is_not_attached(
    catalog: CatalogUnderTest, capsys: pytest.CaptureFixture[str]
) -> None:
    where, tried = await catalog.a_draft(), Counter[str]()
    for name, media_type, content in ATTACHED:
        headers = {**catalog.port, "Content-Type": media_type}
        details = set()
        for language in ("en", "zh"):
            asked = headers | {"Accept-Language": language}
            reply = await catalog.http.put(f"{where}/attachments/{name}", content=content, headers=asked)
            assert reply.status_code in (404, 415, 422), (name, media_type, reply.text)
            assert reply.headers["content-type"] == "application/problem+json"
            assert "x-injected" not in reply.headers
            details.add(reply.json()["detail"])
            tried[f"answered {reply.status_code}"] += 1
        assert len(details) == 2, (name, details)
    assert (await catalog.get(f"{where}/attachments", as_=catalog.port)).json()["items"] == []
    tell(capsys, "hostile attachments", tried)
