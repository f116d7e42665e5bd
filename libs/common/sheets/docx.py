"""Reads the tables of .docx files as they look with all tracked changes accepted."""

from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser  # nosec B405  # declarations are refused

from common.sheets.archive import Archive
from common.sheets.cells import Origins, Sheet, TableRow, Tables, Value
from common.sheets.refusals import FileLimits, UnreadableFile, broken, too_large, too_many_rows, too_many_sheets

KIND = ".docx"
_DOCUMENT = "word/document.xml"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_GONE = {"del", "moveFrom", "delText", "delInstrText", "instrText", "pPr", "rPr", "tblPr", "Fallback"}
"""What is no text of the document: what was deleted or moved away, codes of fields, properties."""
MOST_PARTS, MOST_NESTED = 200_000, 200
"""Elements of one row, and how deep they lie in each other."""
_BREAKS = {"br": "\n", "cr": "\n", "tab": "\t", "noBreakHyphen": "-"}


def opened(content: bytes, limits: FileLimits) -> Tables:
    """One sheet for each outermost table, named 表1, 表2 … in order; empty rows are left out. Raises UnreadableFile.
    Memory grows with the text of the tables and one row's elements, not with the document's."""
    archive = Archive(content, limits, KIND)
    if archive.size(_DOCUMENT) > limits.text_bytes:
        raise too_large("The text of the document", "文档内容", limits.text_bytes)
    tables, count = list[_Table](), 0
    for number, row in _rows(archive):
        while len(tables) < number:
            tables.append(_Table())
        if number > limits.sheets:
            raise too_many_sheets(limits.sheets)
        count += tables[-1].add(row, limits.columns)
        if count > limits.rows:
            raise too_many_rows(f"表{number}", limits.rows)
    return Tables(KIND, [_sheet(number, table.rows) for number, table in enumerate(tables, start=1)])


def _sheet(number: int, rows: Sequence[TableRow]) -> Sheet:
    return Sheet(f"表{number}", lambda: iter(rows), len(rows))


def _rows(archive: Archive) -> Iterator[tuple[int, Element]]:
    """The rows of outermost tables, each with the number of its table, from 1."""
    found = _RowBuilder()
    parser = XMLParser(target=found)  # nosec B314  # declarations are refused
    try:
        for chunk in archive.chunks(_DOCUMENT):
            parser.feed(chunk)
            yield from found.taken()
        parser.close()
    except ParseError as error:
        raise broken(KIND) from error


class _RowBuilder:
    """Told of each tag, it builds a tree of every row of an outermost table, and nothing of what stands elsewhere."""

    def __init__(self) -> None:
        self._table_count = self._table_depth = self._depth = self._parts = 0
        self._tree: TreeBuilder | None = None
        self._rows: list[tuple[int, Element]] = []

    def taken(self) -> list[tuple[int, Element]]:
        """The rows that came to their end since this was called."""
        rows, self._rows = self._rows, []
        return rows

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = _local(tag)
        if self._tree is None and name == "tbl":
            self._table_count += self._table_depth == 0
            self._table_depth += 1
        elif self._tree is None and name == "tr" and self._table_depth:
            self._tree, self._depth, self._parts = TreeBuilder(), 0, 0
        if self._tree is not None:
            self._depth, self._parts = self._depth + 1, self._parts + 1
            if self._parts > MOST_PARTS or self._depth > MOST_NESTED:
                raise UnreadableFile(
                    f"A row of table {self._table_count} holds too much; split it",
                    f"第 {self._table_count} 个表格中有一行内容过多，请拆分",
                )
            self._tree.start(tag, attributes)

    def end(self, tag: str) -> None:
        if self._tree is None:
            self._table_depth -= _local(tag) == "tbl"
            return
        self._tree.end(tag)
        self._depth -= 1
        if self._depth == 0:
            self._rows.append((self._table_count, self._tree.close()))
            self._tree = None

    def data(self, text: str) -> None:
        if self._tree is not None:
            self._tree.data(text)

    def close(self) -> None:
        """There is nothing to return at the end."""


class _Table:
    """The rows of a table so far, and what a vertical merge below would repeat, by column."""

    def __init__(self) -> None:
        self.rows: list[TableRow] = []
        self._count = 0
        self._above: dict[int, tuple[Value, tuple[int, int]]] = {}

    def add(self, row: Element, columns: int) -> bool:
        """Whether the row says anything."""
        self._count += 1
        if _find(row, "trPr", "del") is not None:
            return False
        values, origins, self._above = _cells(row, self._count, self._above, columns)
        if said := any(value is not None for value in values):
            self.rows.append(TableRow(self._count, values, origins))
        return said


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
    return _local(tag) if isinstance(tag, str) else ""


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


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
