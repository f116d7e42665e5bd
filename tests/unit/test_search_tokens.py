"""How text is cut into what full-text search compares."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.demands.search_tokens import INDEXED_CHARACTERS, WORD_CHARACTERS, index_tokens, query_tokens

IDEOGRAPHS = "港口机器人堆场巡检的一二三㐀𠀀𠮷𫚉々"
sentences = st.text(IDEOGRAPHS + "，。 \n5G%aB１Ｇ", max_size=60)


def finds(query: str, text: str) -> bool:
    """What the database answers: whether the text has every token of the query."""
    return set(query_tokens(query)) <= set(index_tokens([text]))


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", []),
        ("，。！？%&'\\:*|()", []),
        ("港", ["港"]),
        ("港口", ["口", "港", "港口"]),
        ("港,口", ["口", "港"]),
        ("５Ｇ专网", ["5g", "专", "专网", "网"]),
        ("AGV 调度", ["agv", "度", "调", "调度"]),
        ("ＧＢ／Ｔ 11601", ["11601", "gb", "t"]),
        ("snake_case", ["case", "snake"]),
        ("Straße", ["strasse"]),
        ("ロボット", ["ッ", "ット", "ト", "ボ", "ボッ", "ロ", "ロボ"]),
        ("㎡", ["m2"]),
        ("\x00港\x00", ["港"]),
    ],
)
def test_text_is_cut_into_words_ideographs_and_pairs(text: str, tokens: list[str]) -> None:
    assert index_tokens([text]) == tokens


@pytest.mark.parametrize(
    ("query", "tokens"),
    [
        ("港", ["港"]),
        ("港口", ["港口"]),
        ("港口机", ["口机", "港口"]),
        ("港口 机器人", ["器人", "机器", "港口"]),
        ("5G专网", ["5g", "专网"]),
        ("5G 网", ["5g", "网"]),
        ("𠮷野", ["𠮷野"]),
        ("？！", []),
    ],
)
def test_a_query_asks_for_pairs_where_it_can(query: str, tokens: list[str]) -> None:
    assert query_tokens(query) == tokens


@given(st.text(IDEOGRAPHS, min_size=1, max_size=40), st.data())
def test_every_part_of_a_chinese_text_finds_it(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    assert finds(text[start:end], text)


@given(sentences)
def test_a_text_finds_itself(text: str) -> None:
    assert finds(text, text)


@given(sentences, sentences)
def test_two_queries_together_ask_for_all_that_either_asks(one: str, other: str) -> None:
    assert set(query_tokens(f"{one} {other}")) == set(query_tokens(one)) | set(query_tokens(other))


@given(sentences)
def test_width_and_letter_case_make_no_difference(text: str) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)
    assert index_tokens([text]) == index_tokens([text.upper()]) == index_tokens([unicodedata.normalize("NFKC", wide)])
    assert index_tokens([wide]) == index_tokens([text])


@given(st.text(max_size=200))
def test_no_token_can_break_a_query(text: str) -> None:
    for token in (*index_tokens([text]), *query_tokens(text)):
        assert token
        assert not set(token) & set("'\\&|!()<>:* \x00\n\t")


@given(st.lists(sentences, max_size=4))
def test_tokens_are_sorted_and_each_there_once(texts: list[str]) -> None:
    tokens = index_tokens(texts)
    assert tokens == sorted(set(tokens))


def test_neighbours_in_different_texts_are_no_pair() -> None:
    assert "港口" not in index_tokens(["港", "口"])


def test_long_words_are_compared_by_their_beginning() -> None:
    assert index_tokens(["x" * 10_000]) == ["x" * WORD_CHARACTERS]
    assert finds("x" * 5_000, "x" * 10_000)


def test_the_widest_text_still_fits_a_tsvector() -> None:
    text = "".join(chr(0x20000 + number) for number in range(0xA6D0))
    tokens = index_tokens([text, text[::-1], text])
    assert sum(len(token.encode()) for token in tokens) < 2**20


def test_text_beyond_the_limit_is_not_searched() -> None:
    assert index_tokens(["a " * INDEXED_CHARACTERS, "港"]) == ["a"]
    # One character that becomes eighteen does not get past the limit either.
    assert sum(map(len, index_tokens(["\ufdfa" * INDEXED_CHARACTERS]))) <= INDEXED_CHARACTERS
