"""Reads .csv files: which encoding, which delimiter, then row by row."""

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from itertools import islice

from common.sheets.cells import Sheet, TableRow, Tables
from common.sheets.refusals import FileLimits, UnreadableFile

KIND = ".csv"
SHEET = "csv"
DELIMITERS = ",\t;|，；"
SAMPLED_ROWS = 50
LONGEST_FIELD = 1 << 17
"""Bytes of a quoted field beyond which a quotation mark was surely forgotten."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ENCODINGS = ("utf-8", "gb18030", "big5")


def opened(content: bytes, limits: FileLimits) -> Tables:
    """Raises UnreadableFile for what is no text in an encoding that is known, or holds zero bytes."""
    encoding = encoding_of(content)
    delimiter = delimiter_of(_text(content, encoding))

    def rows() -> Iterator[TableRow]:
        return _rows(content, encoding, delimiter, limits)

    return Tables(KIND, [Sheet(SHEET, rows, content.count(b"\n") + 1)])


def encoding_of(content: bytes) -> str:
    """UTF-8 when it is that, else GB18030 (with GBK and GB2312 in it), else Big5; a byte order mark decides first."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            candidates: Sequence[str] = (encoding,)
            break
    else:
        candidates = _ENCODINGS
    for encoding in candidates:
        if _is_in(content, encoding):
            return encoding
    raise UnreadableFile(
        "The text is in no encoding that is known; save it as CSV UTF-8", "无法识别文件编码，请另存为 CSV UTF-8 格式"
    )


def _is_in(content: bytes, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        for at in range(0, len(content), 1 << 16):
            if "\0" in decoder.decode(content[at : at + (1 << 16)]):
                return False
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def delimiter_of(text: io.TextIOBase) -> str:
    """The one that cuts most of the first rows into the same number of fields, the more fields the better; the comma
    when there is but one column."""
    sample = list(islice(text, SAMPLED_ROWS))
    return max(DELIMITERS, key=lambda delimiter: _evenness(sample, delimiter))


def _evenness(lines: Sequence[str], delimiter: str) -> tuple[int, int]:
    try:
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if any(row)]
    except csv.Error:
        return (0, 0)
    if not widths or max(widths) < 2:
        return (0, 0)
    usual = max(set(widths) - {1}, key=lambda width: (widths.count(width), width))
    return widths.count(usual), usual


def _text(content: bytes, encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(content), encoding, newline="")


def _rows(content: bytes, encoding: str, delimiter: str, limits: FileLimits) -> Iterator[TableRow]:
    reader = csv.reader(_text(content, encoding), delimiter=delimiter)
    try:
        for number, fields in enumerate(reader, start=1):
            yield TableRow(number, [field or None for field in fields[: limits.columns]])
    except csv.Error as error:
        raise UnreadableFile(
            f"Near line {reader.line_num} a quotation mark is not closed, or a field is longer than any text",
            f"第 {reader.line_num} 行附近的引号没有成对，或单元格内容过长",
        ) from error
