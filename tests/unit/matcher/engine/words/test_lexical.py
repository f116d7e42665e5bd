"""Texts become words that two texts can share, whatever script they are in."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from matcher.engine.words import lexical


def test_long_words_come_with_their_parts() -> None:
    assert {"集装", "装箱", "集装箱"} <= set(lexical.tokens("集装箱残损识别"))


def test_forms_of_one_character_are_one_word() -> None:
    assert lexical.tokens("ＬｉＤＡＲ检测") == lexical.tokens("lidar检测")


def test_function_words_and_marks_are_dropped() -> None:
    assert lexical.tokens("的、和；the of (and)！") == []


def test_english_words_are_kept_whole() -> None:
    assert lexical.tokens("Berth scheduling for container terminals") == [
        "berth",
        "scheduling",
        "container",
        "terminals",
    ]


def test_a_query_asks_each_word_once_and_not_too_many() -> None:
    asked = lexical.query_lexemes("识别 识别 " + " ".join(f"词{n}x" for n in range(300)), most=10)
    assert len(asked) == len(set(asked)) == 10
    assert asked[0] == "识别"


def test_pairs_do_not_cross_blanks_or_marks() -> None:
    assert lexical.pairs("港口,AI 3D") == {"港口", "ai", "3d"}


@given(st.text(max_size=200))
def test_any_text_has_words_that_hold_a_letter_or_digit(text: str) -> None:
    for token in lexical.tokens(text):
        assert any(c.isalnum() for c in token)
        assert unicodedata.normalize("NFKC", token).lower() == token or not token.isascii()


@given(st.text(alphabet="a1中'\\:&|!()<>* -", max_size=60))
def test_a_lexeme_holds_no_syntax_of_a_tsvector(text: str) -> None:
    for lexeme in lexical.lexemes(text):
        assert lexeme
        assert not set(lexeme) & set("'\\:&|!()<>*")
