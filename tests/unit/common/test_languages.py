"""Which of the two languages a reader asks for."""

import pytest

from common.languages import asked_for


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, None),
        ("", None),
        ("*", None),
        ("fr", None),
        ("zh", "zh"),
        ("zh-CN", "zh"),
        ("ZH-Hant-TW", "zh"),
        ("en-GB", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en;q=0.5, zh", "zh"),
        ("fr, en;q=0.8, zh;q=0.9", "zh"),
        ("en, zh", "en"),
        ("zh;q=0", None),
        ("zh;q=0, en", "en"),
        ("zh;q=much, en;q=0.1", "en"),
        ("zh;q=nan", None),
        ("zhuang", None),
        (",;,;q=", None),
    ],
)
def test_the_language_wanted_most_is_spoken(header: str | None, language: str | None) -> None:
    assert asked_for(header) == language
