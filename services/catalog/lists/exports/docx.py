"""A published list as a document for printing: its title, what is said of it, and a table with one row an entry.

Written part by part: the file has four, and the library that would make them brings another XML reader, which the
reader of workbooks then takes in place of the one that imports are tested with.
"""

import io
import zipfile
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape  # nosec B406  # escapes, and parses nothing

from catalog.lists.exports.edition import PublishedEdition
from catalog.lists.exports.table import COLUMNS as TABLE
from catalog.lists.exports.table import NUMBER, TableColumn, rows
from common.days import day_of

SHOWN = ("场景名称", "应用需求", "技术标准", "需求单位", "应用领域", "场景级别", "对接方式", "支持政策")
"""A page has room for so many columns; the technical standards are the clauses of every kind."""
_OF_CLAUSES = "功能要求", "技术指标", "技术标准", "资质要求", "数据要求", "安全要求", "交付要求", "造价要求"
NUMBER_WIDTH_TWIPS, TABLE_WIDTH_TWIPS = 600, 14_400
_DATED = (1980, 1, 1, 0, 0, 0)
"""The time that all parts have, so that equal lists are equal files."""
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_TYPES = (
    f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_WORD}.document.main+xml"/>'
    "</Types>"
)
_RELATIONS = (
    f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>'
)
_PAGE = (
    '<w:sectPr><w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/>'
    '<w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1134" w:header="567" w:footer="567" w:gutter="0"/>'
    "</w:sectPr>"
)
_BORDERS = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)


def render(edition: PublishedEdition) -> bytes:
    """A .docx; equal editions give equal bytes. O(entries) time and memory."""
    kept = io.BytesIO()
    parts = {"[Content_Types].xml": _TYPES, "_rels/.rels": _RELATIONS, "word/document.xml": _document(edition)}
    with zipfile.ZipFile(kept, "w") as archive:
        for name, text in parts.items():
            part = zipfile.ZipInfo(name, _DATED)
            part.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(part, text)
    return kept.getvalue()


def _document(edition: PublishedEdition) -> str:
    document = edition.document
    said = [
        f"编制单位：{document['owner_name']}",
        f"发布日期：{day_of(edition.published_at).isoformat()}　第 {document['edition']} 版",
        *([f"更正说明：{document['reason']}"] if document["reason"] else []),
        *([document["note"]] if document["note"] else []),
    ]
    body = [_paragraph(document["title"], size=36, is_bold=True, align="center"), *map(_paragraph, said)]
    return f'{_HEAD}<w:document xmlns:w="{_W}"><w:body>{"".join(body)}{_table(edition)}{_PAGE}</w:body></w:document>'


def _table(edition: PublishedEdition) -> str:
    shown = [column for column in TABLE if column.header in SHOWN]
    room = TABLE_WIDTH_TWIPS - NUMBER_WIDTH_TWIPS
    widths = [column.width * room // sum(each.width for each in shown) for column in shown]
    widths = [NUMBER_WIDTH_TWIPS, *widths]
    entries = enumerate(rows(edition.document["entries"]), start=1)
    content = [[str(number), *_cells(texts, shown)] for number, texts in entries]
    header = [NUMBER, *(column.header for column in shown)]
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    properties = (
        f'<w:tblPr><w:tblW w:w="{TABLE_WIDTH_TWIPS}" w:type="dxa"/><w:tblBorders>{_BORDERS}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
    )
    return (
        f"<w:tbl>{properties}{_row(header, widths, is_header=True)}"
        f"{''.join(_row(cells, widths) for cells in content)}</w:tbl>"
    )


def _cells(texts: Sequence[str], shown: Sequence[TableColumn]) -> Iterable[str]:
    by_header = {column.header: text for column, text in zip(TABLE, texts, strict=True)}
    for column in shown:
        if column.header == "技术标准":
            yield "\n".join(f"{name}：{by_header[name]}" for name in _OF_CLAUSES if by_header[name])
        else:
            yield by_header[column.header]


def _row(cells: Sequence[str], widths: Sequence[int], *, is_header: bool = False) -> str:
    # The header comes again on each page; no row is torn between two.
    properties = f"<w:trPr><w:cantSplit/>{'<w:tblHeader/>' if is_header else ''}</w:trPr>"
    written = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>'
        f"{_paragraph(text, size=18, is_bold=is_header)}</w:tc>"
        for text, width in zip(cells, widths, strict=True)
    )
    return f"<w:tr>{properties}{written}</w:tr>"


def _paragraph(text: str, *, size: int = 21, is_bold: bool = False, align: str = "left") -> str:
    """size  in half points"""
    bold = "<w:b/>" if is_bold else ""
    lines = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in _lines(text))
    return (
        f'<w:p><w:pPr><w:jc w:val="{align}"/></w:pPr><w:r><w:rPr><w:rFonts w:eastAsia="SimSun"/>{bold}'
        f'<w:sz w:val="{size}"/></w:rPr>{lines}</w:r></w:p>'
    )


def _lines(text: str) -> list[str]:
    """What XML 1.0 cannot hold is left out: two code points that no text of people has."""
    return text.translate({0xFFFE: None, 0xFFFF: None}).replace("\r\n", "\n").replace("\r", "\n").split("\n")
