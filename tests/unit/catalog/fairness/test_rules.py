"""Each rule of fair competition is found in its examples and in none of its near misses; reading stays linear."""

import re
import time
from itertools import permutations

import pytest

from catalog.fairness import interpreter
from catalog.fairness.interpreter import FairnessRule, check, kinds, rules, sources

TEXTUAL = [rule for rule in rules() if rule.all]


def found(text: str) -> list[str]:
    return [one.rule.id for one in check(text)]


@pytest.mark.parametrize("rule", TEXTUAL, ids=lambda rule: rule.id)
def test_a_rule_is_found_in_its_examples_and_in_no_near_miss(rule: FairnessRule) -> None:
    assert {text: interpreter.holds(rule, text) for text in rule.found} == dict.fromkeys(rule.found, True)
    assert {text: found(text) for text in rule.not_found} == {text: [] for text in rule.not_found}


@pytest.mark.parametrize("rule", TEXTUAL, ids=lambda rule: rule.id)
def test_a_rule_has_examples_a_known_kind_and_known_provisions(rule: FairnessRule) -> None:
    assert (bool(rule.found), bool(rule.not_found), bool(rule.sources)) == (True, True, True)
    assert rule.kind in kinds()
    assert not set(rule.sources) - set(sources())


def test_a_neutral_wording_is_neutral() -> None:
    assert {rule.id: found(text) for rule in rules() for text in rule.suggest if found(text)} == {}


def test_every_list_and_every_provision_is_used() -> None:
    assert interpreter.lists_named() == set(interpreter.lists().names)
    assert {name for rule in rules() for name in rule.sources} == set(sources())


def test_no_list_has_an_unbounded_gap() -> None:
    """Two in a row could make a text cost the square of its length."""
    for name in interpreter.lists().names:
        for gap in re.findall(r"\[[^\]]*\][*+]|\.[*+]", interpreter.lists().written(name)):
            assert gap.startswith("["), (name, gap)
            assert "^" not in gap, (name, gap)


def test_a_passage_is_where_the_words_stand() -> None:
    text = "续航不低于4小时。投标人须在青岛设有分公司，并提供7×24小时服务。"
    [one] = check(text)
    assert (one.rule.kind, text[one.start : one.end]) == ("place", "须在青岛设有分公司")


@pytest.mark.parametrize(
    ("text", "passages"),
    [
        ("注册资本不低于500万元,实缴资本不低于300万元。", ["注册资本不低于", "实缴资本"]),
        ("须为华隆S9300交换机，服务器须为海纳H200。", ["须为华隆S9300", "须为海纳H200"]),
        ("投标人须在本市设有分公司，投标人须在本市注册。", ["须在本市设有分公司", "本市注册"]),
    ],
)
def test_each_passage_of_a_sentence_is_found(text: str, passages: list[str]) -> None:
    """A justification of one must not stand for the others."""
    assert [text[one.start : one.end] for one in check(text)] == passages


def test_a_passage_within_another_of_its_kind_is_not_named_again() -> None:
    for text in (text for rule in TEXTUAL for text in rule.found):
        for one, other in permutations(check(text), 2):
            alike = (one.rule.kind, one.rule.level) == (other.rule.kind, other.rule.level)
            assert not (alike and other.start <= one.start and one.end <= other.end), text


def test_twice_the_text_takes_about_twice_the_time() -> None:
    text = "投标人须具有同类项目业绩，系统应在本市范围内支持不少于5000台设备接入，"
    seconds = []
    for times in (100, 400):
        began = time.process_time()
        check(text * times)
        seconds.append(time.process_time() - began)
    assert seconds[1] < 8 * seconds[0]
