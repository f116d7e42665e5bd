"""Texts that share rare words are alike, whichever side asks."""

from hypothesis import given
from hypothesis import strategies as st

from matcher.engine.words import rarity


def likeness(one: str, other: str) -> float:
    return rarity.likeness(rarity.weighed(one), rarity.weighed(other))


def test_chinese_is_read_by_character_and_pair_and_latin_by_word() -> None:
    assert rarity.terms("箱体AGV-3D") == ["箱", "体", "箱体", "agv", "3d"]


def test_a_rare_word_says_more_than_an_everyday_one() -> None:
    assert rarity.rarity("技术") < rarity.rarity("残损")
    assert rarity.rarity("的") < rarity.rarity("箱")
    assert rarity.rarity("2024") < rarity.rarity("lidar")


def test_sharing_what_is_rare_counts_more_than_sharing_what_is_common() -> None:
    asked = "集装箱残损识别技术研究"
    assert likeness(asked, "箱体残损检测") > likeness(asked, "蔬菜种植技术研究")


def test_texts_without_a_word_are_like_nothing() -> None:
    assert likeness("！？", "集装箱") == likeness("", "") == 0.0


@given(st.text(max_size=60), st.text(max_size=60))
def test_likeness_is_the_same_from_both_sides_and_never_more_than_one(one: str, other: str) -> None:
    assert likeness(one, other) == likeness(other, one)
    assert 0.0 <= likeness(one, other) <= 1.0 + 1e-9


@given(st.text(min_size=1, max_size=60).filter(lambda text: any(map(rarity.rarity, rarity.terms(text)))))
def test_a_text_is_wholly_like_itself(text: str) -> None:
    assert abs(likeness(text, text) - 1.0) < 1e-9
