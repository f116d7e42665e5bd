"""The name of a metric keeps its words and loses those that only lead to the figure."""

import pytest

from matcher.engine.clauses import metric_names
from matcher.engine.clauses.metric_names import Word

WORDS = metric_names.words()


@pytest.mark.parametrize("word", [word for word in WORDS if word.example], ids=lambda word: word.example)
def test_a_longer_word_keeps_its_beginning_and_end(word: Word) -> None:
    assert metric_names.bare(word.example) == word.example


@pytest.mark.parametrize("word", WORDS, ids=lambda word: word.word)
def test_a_word_that_only_leads_to_the_figure_is_cut_off(word: Word) -> None:
    around = f"{word.word}通行高度" if word.place == "leading" else f"通行高度{word.word}"
    assert metric_names.bare(around) == "通行高度"


@pytest.mark.parametrize("name", ["", " ", "应不", "要求其"])
def test_a_name_of_such_words_alone_is_none(name: str) -> None:
    assert metric_names.bare(name) is None


def test_an_endless_name_is_cut() -> None:
    assert metric_names.bare("很" * 1000) == "很" * metric_names.LONGEST
