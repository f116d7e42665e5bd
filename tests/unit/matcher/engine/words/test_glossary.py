"""The glossary says each thing once."""

from matcher.engine.words import glossary
from matcher.engine.words.glossary import entries, meanings


def test_no_meaning_has_two_lines() -> None:
    names = [stems[0] for stems, _ in entries()]
    assert [name for name in names if names.count(name) > 1] == []


def test_no_word_stands_twice_in_a_line() -> None:
    for stems, words in entries():
        assert (len(set(stems)), len(set(words))) == (len(stems), len(words)), stems


def test_every_line_has_stems_in_lower_case_and_words() -> None:
    for stems, words in entries():
        assert all(stems), words
        assert words, stems
        assert all(stem == stem.lower() for stem in stems), stems


def test_both_languages_mean_the_same() -> None:
    assert meanings("集装箱残损识别") >= {"container", "damage", "recogni"}
    assert meanings("Recognises damaged containers") >= {"container", "damage", "recogni"}
    assert glossary.TABLE.name == "glossary.tsv"
