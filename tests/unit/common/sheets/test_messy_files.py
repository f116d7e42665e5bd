"""Files as departments send them, each with one thing that goes wrong elsewhere."""

from collections.abc import Callable
from datetime import date, datetime

import pytest

from common.sheets import dates
from common.sheets.cells import Failure, Formula
from common.sheets.opening import opened
from common.sheets.records import Borrowed, Skip
from common.sheets.refusals import FileLimits
from tests.support import messy_files as files
from tests.unit.common.sheets.reading import column, read, said

TITLES = ["闸口箱体残损识别", "岸桥下集卡定位"]


@pytest.mark.parametrize("name", files.FILES)
def test_every_file_is_opened_by_what_it_is_and_has_entries(name: str) -> None:
    content = files.FILES[name]()
    assert opened(content, FileLimits()).kind == "." + name.rsplit(".", 1)[1]
    assert read(content)[1]


@pytest.mark.parametrize(
    "name",
    ["openpyxl.xlsx", "merged.xlsx", "row_three.xlsx", "empty_rows.xlsx", "sections.xlsx", "wrong_dimension.xlsx",
     "gb18030.csv", "libreoffice.xlsx", "old.xls", "same_as_above.xlsx"],
)  # fmt: skip
def test_the_same_table_reads_the_same_whatever_was_done_to_it(name: str) -> None:
    content = files.FILES[name]()
    assert column(content, "title") == TITLES
    assert column(content, "owner") == ["青岛港", "青岛港"]


@pytest.mark.parametrize("make", [files.merged_cells, files.by_libreoffice, files.old_excel])
def test_a_merged_cell_says_what_its_first_one_says_and_where(make: Callable[[], bytes]) -> None:
    _, (_, second) = read(make())
    [owner] = second.cells["owner"]
    assert (owner.value, str(owner.place)[-2:], str(owner.origin)[-2:]) == ("青岛港", "E3", "E2")
    assert owner.source is Borrowed.MERGED


def test_same_as_above_takes_the_cell_above_and_names_it() -> None:
    _, (_, second) = read(files.same_as_above())
    [need], [owner] = second.cells["need"], second.cells["owner"]
    assert (need.value, str(need.origin), need.source) == ("不停车识别箱体破洞和凹陷", "清单!C2", Borrowed.ABOVE)
    assert owner.value == "青岛港"


def test_titles_and_remarks_above_the_header_are_no_entries() -> None:
    [reading], entries = read(files.from_row_three())
    assert reading.header
    assert reading.header.last_row == 3
    assert [str(entry.place) for entry in entries] == ["清单!4", "清单!5"]


def test_an_entry_whose_name_is_merged_over_rows_is_one() -> None:
    _, entries = read(files.one_over_many_rows())
    assert [said(entry, "clauses") for entry in entries] == [
        ["准确率不低于96%", "响应时间不超过50ms", "夜间可用"],
        ["误差不大于5厘米"],
    ]
    assert said(entries[0], "budget") == [300]


def test_a_table_without_its_merges_is_read_as_one_with_them() -> None:
    _, entries = read(files.without_merges())
    assert [(said(entry, "title"), said(entry, "clauses"), said(entry, "owner")) for entry in entries] == [
        (["甲"], ["指标一", "指标二"], ["青岛港"]),
        (["乙"], ["指标三"], ["青岛港"]),
    ]
    assert entries[1].cells["owner"][0].source is Borrowed.BLANK


def test_rows_that_only_count_or_add_up_are_left_out_and_counted() -> None:
    [reading], _ = read(files.empty_rows())
    assert {why: count for why, (_, count) in reading.skipped.items()} == {
        Skip.NUMBER: 2,
        Skip.TOTAL: 1,
        Skip.REMARK: 1,
    }


def test_sections_and_repeated_headers_are_no_entries() -> None:
    [reading], entries = read(files.sections())
    assert len(entries) == 2
    assert {why: count for why, (_, count) in reading.skipped.items()} == {Skip.SECTION: 2, Skip.HEADER: 1}


@pytest.mark.parametrize("make", [files.two_header_rows, files.two_header_rows_without_merges])
def test_two_header_rows_are_read_together(make: Callable[[], bytes]) -> None:
    [reading], [entry] = read(make())
    assert reading.header
    assert reading.header.last_row == 2
    assert {name: said(entry, name) for name in ("budget_min", "budget_max", "contact_name", "contact_phone")} == {
        "budget_min": ["100"] if reading.sheet.name == "csv" else [100],
        "budget_max": ["300"] if reading.sheet.name == "csv" else [300],
        "contact_name": ["王工"],
        "contact_phone": ["0532-88880000"],
    }
    assert said(entry, "title") == ["场景甲"]
    assert entry.cells["budget_max"][0].heading.unit == "万元"


def test_a_day_reads_the_same_in_twelve_spellings() -> None:
    day = date(2026, 3, 31)
    spans = [dates.read(value) for value in column(files.many_dates(), "closes_at")]
    assert [span and span.last for span in spans] == [day] * len(files.DATES)


def test_days_of_a_workbook_that_counts_from_1904_are_its_own() -> None:
    [sheet] = opened(files.dates_of_1904(), FileLimits()).sheets
    assert sheet.is_1904
    shown, number = column(files.dates_of_1904(), "closes_at")
    assert shown == datetime(2026, 3, 31)  # noqa: DTZ001  # a spreadsheet's days have no zone
    span = dates.read(number, is_1904=True)
    assert span
    assert span.last == date(2026, 3, 31)


def test_formulas_are_told_from_values() -> None:
    _, (first, second) = read(files.formulas())
    assert isinstance(said(first, "budget")[0], Formula)
    assert said(second, "budget") == [120]


def test_formulas_of_an_old_workbook_are_told_from_values_too() -> None:
    _, (first, second) = read(files.old_excel())
    assert said(first, "budget") == [300]
    assert isinstance(said(second, "budget")[0], Formula)
    assert [entry.others[-1].value for entry in (first, second)] == ["95%", "100%"]


def test_a_document_reads_as_with_all_changes_accepted() -> None:
    _, (first, second) = read(files.tracked_changes())
    assert (said(first, "title"), said(first, "need")) == (["残损识别"], ["不停车识别残损"])
    assert (said(second, "need"), said(second, "owner")) == (["定位\n连续"], ["青岛港"])
    assert str(second.cells["owner"][0].origin) == "表1!C2"


def test_an_error_in_a_cell_is_no_text() -> None:
    broken = files.patched(
        files.by_openpyxl(), "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace(b'<c r="F2" t="n"><v>300</v>', b'<c r="F2" t="e"><v>#REF!</v>'),
    )  # fmt: skip
    assert column(broken, "budget") == [Failure("#REF!"), 120]
    assert isinstance(column(broken, "budget")[0], Failure)
