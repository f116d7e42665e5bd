"""Makes the files that departments really send, small: what a program writes, and what has been done to it since.

`python -m tests.support.messy_files FOLDER` writes them all, to be looked at.
"""

import io
import re
import sys
import zipfile
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

DATA = Path(__file__).parents[1] / "data" / "imports"
HEADER = ("序号", "场景名称", "应用需求", "技术指标", "建设单位", "预算（万元）", "联系方式")
FIRST = (1, "闸口箱体残损识别", "不停车识别箱体破洞和凹陷", "准确率不低于96%", "青岛港", 300, "王工 0532-88880000")
SECOND = (2, "岸桥下集卡定位", "卫星信号被遮挡时连续定位", "误差不大于5厘米", "青岛港", 120, "李工 13800000000")
DATES = (
    "2026-03-31",
    "2026/3/31",
    "2026.3.31",
    "20260331",
    "2026年3月31日",
    "２０２６年３月３１日",
    "二〇二六年三月三十一日",
    "2026年3月底前",
    46112,
    date(2026, 3, 31),
    "31/3/2026",
    "March 31, 2026",
)
"""Twelve spellings of one day."""


def workbook(fill: Callable[[Worksheet], None], *, epoch_1904: bool = False) -> bytes:
    book = Workbook()
    if epoch_1904:
        from openpyxl.utils.datetime import CALENDAR_MAC_1904

        book.epoch = CALENDAR_MAC_1904
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "清单"
    fill(sheet)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def table(*rows: Sequence[Any], merged: Iterable[str] = (), epoch_1904: bool = False) -> bytes:
    """An .xlsx whose sheet holds these rows."""

    def fill(sheet: Worksheet) -> None:
        for row in rows:
            sheet.append(list(row))
        for block in merged:
            sheet.merge_cells(block)

    return workbook(fill, epoch_1904=epoch_1904)


def by_openpyxl() -> bytes:
    return table(HEADER, FIRST, SECOND)


def merged_cells() -> bytes:
    """The owner stands once, merged over both rows, and something else is stored beneath."""
    return with_value_beneath(table(HEADER, FIRST, SECOND, merged=["E2:E3"]))


def with_value_beneath(content: bytes) -> bytes:
    """Puts 旧值 into E3, which a merge covers: what programs leave there, and show to nobody."""
    beneath = '<c r="E3" t="inlineStr"><is><t>旧值</t></is></c>'.encode()
    return patched(content, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b'<c r="F3"', beneath + b'<c r="F3"'))


def same_as_above() -> bytes:
    return table(HEADER, FIRST, (2, "岸桥下集卡定位", "同上", "误差不大于5厘米", "〃", 120, "同上"))


def from_row_three() -> bytes:
    return table(["附件1"], ["2026年应用场景清单（第一批）"], HEADER, FIRST, SECOND, merged=["A2:G2"])


def circled_numbers() -> bytes:
    clauses = "①准确率不低于96%；②响应时间不超过50ms；③支持GB/T 28181"
    return table(HEADER, (1, "②人工智能质检", "需求", clauses, "③海尔", 300, ""))


def one_over_many_rows() -> bytes:
    """One demand over three rows, as its name is merged; each row says one more indicator."""
    rows = [FIRST, (None, None, None, "响应时间不超过50ms"), (None, None, None, "夜间可用"), (2, *SECOND[1:])]
    merged = [f"{column}2:{column}4" for column in "ABCEFG"]
    return table(HEADER, *rows, merged=merged)


def empty_rows() -> bytes:
    """Rows with a number and nothing else, rows of blanks, sums and remarks."""
    blanks = [None, " ", "　", "", None]
    return table(
        HEADER, FIRST, [], blanks, [2], [3], (4, *SECOND[1:]), ["合计", *[None] * 4, 420], ["注：以上为征求意见稿"]
    )


def sections() -> bytes:
    first, second = ["一、智慧港口类"], ["二、工业制造类"]
    return table(HEADER, first, FIRST, HEADER, second, SECOND, merged=["A2:G2", "A5:G5"])


def full_width() -> bytes:
    return table(
        HEADER, ("１", "５Ｇ专网", "时延＜２０ｍｓ", "准确率≥９５％", "青岛港", "３００", "０５３２－８８８８００００")
    )


def two_header_rows() -> bytes:
    upper = ("序号", "场景名称", "应用需求", "投资预算（万元）", None, "联系人信息", None)
    lower = (None, None, None, "下限", "上限", "姓名", "电话")
    rows = [upper, lower, (1, "场景甲", "需求甲", 100, 300, "王工", "0532-88880000")]
    return table(*rows, merged=["A1:A2", "B1:B2", "C1:C2", "D1:E1", "F1:G1"])


def two_header_rows_without_merges() -> bytes:
    upper = "序号,场景名称,应用需求,投资预算（万元）,,联系人信息,"
    return "\n".join((upper, ",,,下限,上限,姓名,电话", "1,场景甲,需求甲,100,300,王工,0532-88880000")).encode()


def wrong_dimension() -> bytes:
    """The sheet says that it holds one cell."""
    replace = re.compile(rb'<dimension ref="[^"]*"')
    return patched(by_openpyxl(), "xl/worksheets/sheet1.xml", lambda xml: replace.sub(b'<dimension ref="A1"', xml))


def many_dates() -> bytes:
    return table(
        ("场景名称", "应用需求", "截止时间"), *((f"场景{at}", "需求", said) for at, said in enumerate(DATES, 1))
    )


def dates_of_1904() -> bytes:
    """Dates of a workbook that counts from 1904: one that is shown as such, and its plain number."""
    return table(
        ("场景名称", "应用需求", "截止时间"), ("甲", "需求", date(2026, 3, 31)), ("乙", "需求", 44650), epoch_1904=True
    )


def formulas() -> bytes:
    return table(HEADER, ("=ROW()-1", *FIRST[1:5], "=100*3", FIRST[6]), SECOND)


def by_gb18030() -> bytes:
    rows = (HEADER, FIRST, SECOND)
    return "".join(",".join(f'"{cell}"' for cell in row) + "\r\n" for row in rows).encode("gb18030")


def without_merges() -> bytes:
    """A .csv of a sheet with merged cells, which are lost: what was merged stands once, blanks below it."""
    rows = (
        "序号;场景名称;应用需求;技术指标;建设单位",
        "1;甲;需求甲;指标一;青岛港",
        ";;;指标二;",
        "2;乙;需求乙;指标三;",
    )
    return "\n".join(rows).encode("utf-8-sig")


def by_libreoffice() -> bytes:
    """`soffice --headless --convert-to xlsx` (7.4.7.2) of merged_cells()."""
    return (DATA / "libreoffice.xlsx").read_bytes()


def old_excel() -> bytes:
    """`soffice --headless --convert-to xls:"MS Excel 97"` (7.4.7.2) of old_excel_source()."""
    return (DATA / "old.xls").read_bytes()


def old_excel_source() -> bytes:
    def fill(sheet: Worksheet) -> None:
        sheet.append([*HEADER, "截止时间", "国产化率"])
        sheet.append([*FIRST, date(2026, 3, 31), 0.95])
        sheet.append([*SECOND[:5], "=100+20", SECOND[6], date(2026, 3, 31), 1])
        sheet.merge_cells("E2:E3")
        for row in (2, 3):
            sheet.cell(row, 9).number_format = "0%"

    return workbook(fill)


_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def _run(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


def _cell(content: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr><w:p>{content}</w:p></w:tc>"


def tracked_changes() -> bytes:
    """A .docx whose title was changed under review, whose last row was deleted, with cells merged both ways."""
    gone = '<w:del w:id="1"><w:r><w:delText>旧名称</w:delText></w:r></w:del>'
    gone += f"<w:moveFrom w:id='4'>{_run('移走的')}</w:moveFrom>"
    title = f'{gone}<w:ins w:id="2">{_run("残损")}</w:ins>{_run("识别")}'
    need = f"<w:sdt><w:sdtContent>{_run('不停车')}</w:sdtContent></w:sdt><w:smartTag>{_run('识别残损')}</w:smartTag>"
    rows = [
        "".join(_cell(_run(name)) for name in ("场景名称", "应用需求", "建设单位")),
        _cell(title) + _cell(need) + _cell(_run("青岛港"), '<w:vMerge w:val="restart"/>'),
        _cell(_run("集卡定位")) + _cell(f"{_run('定位')}<w:r><w:br/></w:r>{_run('连续')}") + _cell("", "<w:vMerge/>"),
        '<w:trPr><w:del w:id="3"/></w:trPr>' + "".join(_cell(_run(name)) for name in ("删掉的", "行", "无")),
    ]
    return document("".join(f"<w:tr>{row}</w:tr>" for row in rows))


def document(*tables: str) -> bytes:
    body = "".join(f"<w:p>{_run('附件')}</w:p><w:tbl>{table}</w:tbl>" for table in tables)
    xml = f"<?xml version='1.0' encoding='UTF-8'?><w:document {_W}><w:body>{body}</w:body></w:document>"
    return packed({"word/document.xml": xml.encode()})


def packed(parts: dict[str, bytes]) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return kept.getvalue()


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def patched(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """A packed file with one part changed."""
    parts = parts_of(content)
    changed = change(parts[part])
    assert changed != parts[part], part
    return packed({**parts, part: changed})


def with_parts(content: bytes, **more: bytes) -> bytes:
    """A packed file with parts added; names say __ for a slash and _dot_ for a dot."""
    named = {name.replace("_dot_", ".").replace("__", "/"): part for name, part in more.items()}
    return packed({**parts_of(content), **named})


FILES: dict[str, Callable[[], bytes]] = {
    "openpyxl.xlsx": by_openpyxl,
    "merged.xlsx": merged_cells,
    "same_as_above.xlsx": same_as_above,
    "row_three.xlsx": from_row_three,
    "circled.xlsx": circled_numbers,
    "one_over_many.xlsx": one_over_many_rows,
    "empty_rows.xlsx": empty_rows,
    "sections.xlsx": sections,
    "full_width.xlsx": full_width,
    "two_headers.xlsx": two_header_rows,
    "two_headers.csv": two_header_rows_without_merges,
    "wrong_dimension.xlsx": wrong_dimension,
    "dates.xlsx": many_dates,
    "dates_1904.xlsx": dates_of_1904,
    "formulas.xlsx": formulas,
    "gb18030.csv": by_gb18030,
    "without_merges.csv": without_merges,
    "libreoffice.xlsx": by_libreoffice,
    "old.xls": old_excel,
    "tracked.docx": tracked_changes,
}


if __name__ == "__main__":
    for name, make in FILES.items():
        (Path(sys.argv[1]) / name).write_bytes(make())
