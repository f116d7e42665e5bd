"""How text is cut into what full-text search compares."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.search.simplified import simplified
from common.search.tokens import INDEXED_CHARACTERS, WORD_CHARACTERS, index_tokens, query_terms

IDEOGRAPHS = "港口机器人堆场巡检的一二三㐀𠀀𠮷𫚉々"
sentences = st.text(IDEOGRAPHS + "，。 \n5G%aB１Ｇ", max_size=60)


def finds(query: str, text: str) -> bool:
    """What the database answers: whether the text has a spelling of every term of the query."""
    held = set(index_tokens([text]))
    return all(held.intersection(spellings) for spellings in query_terms(query))


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
        ("ＧＢ／Ｔ 11601", ["11601", "gb", "gbt", "gbt11601", "t", "t11601"]),
        ("snake_case", ["case", "snake", "snakecase"]),
        ("岸橋軟件", ["件", "岸", "岸桥", "桥", "桥软", "软", "软件"]),
        ("Straße", ["strasse"]),
        ("ロボット", ["ッ", "ット", "ト", "ボ", "ボッ", "ロ", "ロボ"]),
        ("㎡", ["m2"]),
        ("\x00港\x00", ["港"]),
    ],
)
def test_text_is_cut_into_words_ideographs_and_pairs(text: str, tokens: list[str]) -> None:
    assert index_tokens([text]) == tokens


@pytest.mark.parametrize(
    ("query", "terms"),
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
def test_a_query_asks_for_pairs_where_it_can(query: str, terms: list[str]) -> None:
    assert query_terms(query) == [(term,) for term in terms]


def test_a_query_takes_words_that_stand_together_apart_or_as_one() -> None:
    assert query_terms("OPC UA 网关") == [("opc", "opcua"), ("opcua", "ua"), ("网关",)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("軟件", "软件"),
        ("集裝箱識別", "集装箱识别"),
        ("臺灣", "台湾"),
        ("智慧港口", "智慧港口"),
        ("OPC UA", "OPCUA"),
        ("OPC-UA服务器", "OPCUA服务器"),
        ("RS-485", "RS485"),
        ("RS 485", "rs485"),
        ("RS‑485", "RS485"),
        ("GB/T 28181", "GBT28181"),
        ("GB/T 28181", "GB/T28181"),
        ("GB/T 28181-2022", "GB/T28181-2022"),
        ("ISO/IEC 27001", "ISOIEC27001"),
        ("Wi-Fi 6", "WiFi6"),
        ("Node.js", "nodejs"),
    ],
)
def test_spellings_of_one_thing_find_each_other(one: str, other: str) -> None:
    assert finds(one, f"支持{other}协议")
    assert finds(other, f"支持{one}协议")


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("35", "精度3.5毫米"),
        ("5060", "60 50"),
        ("智能港口", "智慧港口"),
        ("OPCUA", "OPC，UA"),
        ("containerterminal", "container terminal"),
        ("RS485", "485 RS"),
    ],
)
def test_what_is_another_thing_is_not_found(query: str, text: str) -> None:
    assert not finds(query, text)


def test_conversion_keeps_lengths_and_simplified_texts() -> None:
    every = "".join(map(chr, (*range(0x3400, 0xA000), *range(0x20000, 0x32400))))
    assert len(simplified(every)) == len(every)
    plain = "闸口每天通过约九千个集装箱，目前由人工查看箱体残损。"
    assert simplified(plain) == plain


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
    assert set(query_terms(f"{one}，{other}")) == set(query_terms(one)) | set(query_terms(other))


@given(sentences)
def test_width_and_letter_case_make_no_difference(text: str) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)
    assert index_tokens([text]) == index_tokens([text.upper()]) == index_tokens([unicodedata.normalize("NFKC", wide)])
    assert index_tokens([wide]) == index_tokens([text])


@given(st.text(max_size=200))
def test_no_token_can_break_a_query(text: str) -> None:
    asked = [token for spellings in query_terms(text) for token in spellings]
    for token in (*index_tokens([text]), *asked):
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
    assert index_tokens(["a " * INDEXED_CHARACTERS, "港"]) == ["a", "aa", "aaa"]
    # One character that becomes eighteen does not get past the limit either.
    assert sum(map(len, index_tokens(["\ufdfa" * INDEXED_CHARACTERS]))) <= INDEXED_CHARACTERS
