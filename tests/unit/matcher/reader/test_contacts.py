"""Contacts are blanked in what a second reader is sent, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.contacts import ContactPattern, rows
from matcher.reader import contacts

ROWS = rows()


def named(one: object) -> str:
    return getattr(one, "id", str(one))


@pytest.mark.parametrize(("row", "pair"), [(row, pair) for row in ROWS for pair in row.yes], ids=named)
def test_a_pattern_blanks_its_examples(row: ContactPattern, pair: tuple[str, str]) -> None:
    text, left = pair
    blanked = row.pattern.sub("", text)
    assert blanked.strip() == left.strip()


@pytest.mark.parametrize(("row", "text"), [(row, text) for row in ROWS for text in row.no], ids=named)
def test_a_pattern_leaves_its_near_misses_alone(row: ContactPattern, text: str) -> None:
    assert not row.pattern.search(text)


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("残损识别准确率97.6%，联系人：王小明，电话13800000000。", ("王小明", "13800000000")),
        ("支持离线部署。微信：port_ai_2020；邮箱 a.b@example.com.cn", ("port_ai_2020", "a.b@example.com.cn")),
        ("Accuracy 97 %. Contact: Jane Doe, +44 20 0000 0000, jane@example.org", ("Jane", "0000", "jane@")),
        ("负责人张伟主持研发，官方资料https://example.com/zhang", ("张伟", "example.com")),
    ],
)
def test_what_reaches_a_person_is_gone_and_the_rest_is_there(text: str, gone: tuple[str, ...]) -> None:
    blanked = contacts.without(text)
    assert not any(word in blanked for word in gone)
    assert len(blanked) == len(text)
    assert any(word in blanked for word in ("97", "离线部署", "研发"))


@pytest.mark.parametrize(
    "text",
    [
        "残损识别准确率97.6%，时延不超过200ms，已在12个码头应用。",
        "须支持短信和电话告警，符合GB/T 28181-2022。",
        "工作温度-40~85℃，并发连接数10000000，2024-2025年完成。",
        "项目经理1名、高级工程师12人，负责人具备高级职称。",
    ],
)
def test_a_text_without_contacts_stays_as_it_is(text: str) -> None:
    assert contacts.without(text) == text


@given(st.text(max_size=200))
def test_places_stay_where_they_are(text: str) -> None:
    blanked = contacts.without(text)
    assert len(blanked) == len(text)
    assert all(one in (other, " ") for one, other in zip(blanked, text, strict=True))
