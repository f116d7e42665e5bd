"""Reads the tables of .docx files as they look with all tracked changes accepted."""

from collections.abc import Iterator
from typing import Any, cast
from xml.etree.ElementTree import Element, ParseError, XMLPullParser

from common.sheets.archive import Archive
from common.sheets.cells import Origins, Sheet, TableRow, Tables, Value
from common.sheets.refusals import FileLimits, UnreadableFile, broken

KIND = ".docx"
_DOCUMENT = "word/document.xml"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_GONE = {"del", "moveFrom", "delText", "delInstrText", "instrText", "pPr", "rPr", "tblPr", "Fallback"}
"""What is no text of the document: what was deleted or moved away, codes of fields, properties."""
_BREAKS = {"br": "\n", "cr": "\n", "tab": "\t", "noBreakHyphen": "-"}


def opened(content: bytes, limits: FileLimits) -> Tables:
    """One sheet for each outermost table, named 表1, 表2 … in order. Raises UnreadableFile."""
    archive = Archive(content, limits, KIND)
    sheets = [_sheet(number, table, limits) for number, table in enumerate(_tables(archive), start=1)]
    if len(sheets) > limits.sheets:
        raise UnreadableFile(
            f"The document has more than {limits.sheets} tables; split it", f"表格超过 {limits.sheets} 个，请拆分文件"
        )
    return Tables(KIND, sheets)


def _tables(archive: Archive) -> Iterator[Element]:
    """Each outermost table, when it has been read; what stands between tables is forgotten at once."""
    parser: XMLPullParser[Any] = XMLPullParser(("start", "end"))
    depth = 0
    try:
        for chunk in archive.chunks(_DOCUMENT):
            parser.feed(chunk)
            for event, element in cast(Iterator[tuple[str, Element]], parser.read_events()):
                is_table = _name(element) == "tbl"
                if event == "start":
                    depth += is_table
                elif is_table:
                    depth -= 1
                    if depth == 0:
                        yield element
                        element.clear()
                elif depth == 0 and _name(element) == "p":
                    element.clear()
        parser.close()
    except ParseError as error:
        raise broken(KIND) from error


def _sheet(number: int, table: Element, limits: FileLimits) -> Sheet:
    rows = list(_rows(table, limits))
    return Sheet(f"表{number}", lambda: iter(rows), len(rows))


def _rows(table: Element, limits: FileLimits) -> Iterator[TableRow]:
    above: dict[int, tuple[Value, tuple[int, int]]] = {}
    for number, row in enumerate(_children(table, "tr"), start=1):
        if _find(row, "trPr", "del") is not None:
            continue
        values, origins, above = _cells(row, number, above, limits.columns)
        yield TableRow(number, values, origins)


def _cells(
    row: Element, number: int, above: dict[int, tuple[Value, tuple[int, int]]], columns: int
) -> tuple[list[Value], Origins, dict[int, tuple[Value, tuple[int, int]]]]:
    """A row's values and their origins; and, by column, what a vertical merge below would repeat."""
    skipped = min(_number(_find(row, "trPr", "gridBefore")), columns)
    values: list[Value] = [None] * skipped
    origins: dict[int, tuple[int, int]] = {}
    repeated: dict[int, tuple[Value, tuple[int, int]]] = {}
    for cell in _children(row, "tc"):
        column, merge = len(values), _find(cell, "tcPr", "vMerge")
        value: Value = _text(cell) or None
        origin = (number, column + 1)
        if merge is not None and _value(merge) != "restart" and column in above:
            value, origin = above[column]
        for at in range(column, min(columns, column + max(1, _number(_find(cell, "tcPr", "gridSpan"))))):
            values.append(value)
            if value is not None and origin != (number, at + 1):
                origins[at] = origin
        if merge is not None:
            repeated[column] = (value, origin)
    return values, origins, repeated


def _children(element: Element, name: str) -> Iterator[Element]:
    """Rows of a table or cells of a row, those in content controls and tracked insertions included."""
    for child in element:
        if _name(child) == name:
            yield child
        elif _name(child) in {"sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag"}:
            yield from _children(child, name)


def _text(cell: Element) -> str:
    """The text of a cell: paragraphs on lines of their own, what was deleted left out."""
    return "\n".join(filter(None, ("".join(_pieces(part)).strip() for part in _paragraphs(cell))))


def _paragraphs(element: Element) -> Iterator[Element]:
    for child in element:
        if _name(child) == "p":
            yield child
        elif _name(child) not in _GONE:
            yield from _paragraphs(child)


def _pieces(element: Element) -> Iterator[str]:
    for child in element:
        name = _name(child)
        if name in _GONE or name == "p":
            continue
        if name == "t":
            yield child.text or ""
        else:
            yield _BREAKS.get(name, "")
            yield from _pieces(child)


def _name(element: Element) -> str:
    """The local name of an element of Word, or of another vocabulary; comments have none."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _find(element: Element, *path: str) -> Element | None:
    found: Element | None = element
    for name in path:
        found = next((child for child in found if _name(child) == name), None) if found is not None else None
    return found


def _value(element: Element | None) -> str:
    if element is None:
        return ""
    return element.get(f"{_W}val") or element.get(f"{_STRICT}val") or ""


def _number(element: Element | None) -> int:
    value = _value(element)
    return int(value) if value.isdigit() and len(value) < 5 else 0
