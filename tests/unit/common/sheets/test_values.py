"""Each row of the data files by its own examples, and what they leave open."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.sheets import dates, divisions, money, numerals, texts
from common.sheets.cells import column_of, letters
from common.sheets.delimited import delimiter_of, encoding_of
from common.sheets.headers import Columns, KnownColumn
from common.sheets.money import Money


@pytest.mark.parametrize("example", money.table()["yes"], ids=lambda row: row["text"])
def test_a_sum_is_read(example: dict[str, Any]) -> None:
    low, high = (None if fen == "" else fen for fen in example["fen"])
    assert money.read(example["text"], example.get("unit")) == (low, high)


@pytest.mark.parametrize("example", money.table()["no"], ids=lambda row: row["text"])
def test_what_is_no_sum_says_why(example: dict[str, str]) -> None:
    assert money.read(example["text"]) == example["why"]


@given(st.integers(0, 10**12))
def test_fen_are_exact(fen: int) -> None:
    assert money.read(f"{fen // 100}.{fen % 100:02}元") == Money(fen, fen)


@pytest.mark.parametrize("example", dates.examples(), ids=lambda row: row[0])
def test_a_date_is_read(example: tuple[str, str, str]) -> None:
    text, first, last = example
    assert dates.read(text) == (date.fromisoformat(first), date.fromisoformat(last), None)


@pytest.mark.parametrize("spelling", dates.spellings(), ids=lambda row: row.id)
def test_a_spelling_takes_its_own_dates_alone(spelling: dates.Spelling) -> None:
    assert all(spelling.pattern.fullmatch(dates.plain(text)) for text, _, _ in spelling.yes)
    assert not any(spelling.pattern.fullmatch(dates.plain(text)) for text in spelling.no)


@pytest.mark.parametrize("text", dates.table()["no"][0]["yes"])
def test_what_has_two_readings_or_none_is_no_date(text: str) -> None:
    assert dates.read(text) is None


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_every_day_reads_the_same_in_all_full_spellings(day: date) -> None:
    spelled = (f"{day.isoformat()}", f"{day.year}年{day.month}月{day.day}日", f"{day:%Y/%m/%d}", f"{day:%Y%m%d}")
    assert {dates.read(text) for text in spelled} == {(day, day, None)}


def test_a_deadline_ends_with_its_day_in_china() -> None:
    span = dates.read("2026年3月底前")
    assert span
    assert span.closes_at == datetime(2026, 3, 31, 16, tzinfo=UTC)
    assert span.opens_at == datetime(2026, 3, 30, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["2026-03-31 18:00", "2026年3月31日18时", "2026年3月31日 18:00:00", "2026-03-31T10:00:00Z"]
)
def test_a_time_of_day_counts(text: str) -> None:
    span = dates.read(text)
    assert span
    assert span.closes_at == datetime(2026, 3, 31, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "code"),
    [("青岛市", "370200"), ("山东省青岛市黄岛区", "370211"), ("青岛西海岸新区", "370211"), ("即墨", "370215"),
     ("370211", "370211"), ("上海市（310000）", "310000"), ("北京", None), ("市南区、市北区", None),
     ("黄岛区某街道", None)],
)  # fmt: skip
def test_a_place_has_its_code_or_none(text: str, code: str | None) -> None:
    assert divisions.code_of(text) == code


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("三百二十万", 3_200_000),
        ("二〇二六", 2026),
        ("十二", 12),
        ("一亿二千万", 120_000_000),
        ("两百零五", 205),
        ("甲", None),
    ],
)
def test_chinese_numerals_are_numbers(text: str, number: int | None) -> None:
    assert numerals.value(text) == number


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("②人工智能", "人工智能"),
        ("3、人工智能", "人工智能"),
        ("（三）人工智能", "人工智能"),
        ("12.人工智能", "人工智能"),
        ("5G专网", "5G专网"),
        ("3.5米以上", "3.5米以上"),
        ("一体化平台", "一体化平台"),
        ("②", "②"),
    ],
)
def test_a_number_before_a_name_goes_and_one_within_stays(text: str, name: str) -> None:
    assert texts.without_number(text) == name


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("①准确率不低于96%；②响应时间不超过50ms", ["准确率不低于96%", "响应时间不超过50ms"]),
        ("1.识别率≥9.5%\n2.延时≤20ms。", ["识别率≥9.5%", "延时≤20ms"]),
        ("夜间可用；雨天可用;", ["夜间可用", "雨天可用"]),
        ("只有一条，含逗号", ["只有一条，含逗号"]),
    ],
)
def test_clauses_are_cut_where_they_are_listed(text: str, parts: list[str]) -> None:
    assert texts.clauses(text) == parts


def test_digits_in_full_width_become_plain_and_punctuation_stays() -> None:
    assert texts.clean("准确率≥９５％，　支持５Ｇ\r\n\r\n夜间\u200b可用") == "准确率≥95%， 支持5G\n夜间可用"


@pytest.mark.parametrize(("value", "text"), [(5.0, "5"), (0.1, "0.1"), (1e-7, "0.0000001"), (True, "是"), (300, "300")])
def test_a_number_is_shown_as_a_sheet_shows_it(value: float, text: str) -> None:
    assert texts.shown(value) == text


@given(st.integers(1, 16_384))
def test_columns_have_their_letters(column: int) -> None:
    assert column_of(letters(column)) == column


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_an_encoding_is_told_by_the_text_alone(encoding: str) -> None:
    content = "场景名称,应用需求\n黄岛区𠮷,残损识别\n".encode(encoding)
    assert content.decode(encoding_of(content)).startswith("场景名称")


@pytest.mark.parametrize("mark", [",", "\t", ";", "|", "，"])
def test_a_delimiter_is_the_one_that_cuts_evenly(mark: str) -> None:
    import io

    rows = (mark.join(row) for row in (["名称", "需求"], ["甲", '"一、二"'], ["乙", "三、四"]))
    assert delimiter_of(io.StringIO("\n".join(rows))) == mark


@pytest.mark.parametrize(
    "header", ["预算（万元）", "预算 (万元)", "预算[万元]", "*预算/万元", "2.预算（万元）", "预\n算（万元）"]
)
def test_a_header_has_its_unit_in_brackets(header: str) -> None:
    heading = Columns([KnownColumn("budget", "money", ("预算",))]).heading("".join(header.split()))
    assert heading.column
    assert heading.unit == "万元"


@given(st.integers(0, 10**15) | st.none(), st.integers(0, 10**15) | st.none())
def test_a_written_sum_is_read_as_it_was(low: int | None, high: int | None) -> None:
    if low is not None and high is not None:
        low, high = sorted((low, high))
    said = money.written(low, high)
    assert said == "" if low is None and high is None else money.read(said, "万元") == Money(low, high)


@given(st.integers(0, 99 * 365 * 24 * 60 * 60))
def test_a_written_closing_time_of_this_century_is_read_to_the_minute(seconds: int) -> None:
    moment = datetime(2000, 1, 3, tzinfo=UTC) + timedelta(seconds=seconds)
    found = dates.read(dates.written(moment))
    assert found is not None
    assert found.closes_at == moment.replace(second=0, microsecond=0)


@pytest.mark.parametrize("code", ["370211", "370200", "110105"])
def test_a_written_place_is_read_as_its_code(code: str) -> None:
    assert divisions.code_of(divisions.name_of(code)) == code
