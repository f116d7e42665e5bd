"""Each rule about the words around a claim fires in its examples and in none of its near misses."""

import re

import pytest

from matcher.engine.modifiers import interpreter
from matcher.engine.modifiers.interpreter import RELATING, Rule, rules

RULES = rules()


def compiled(rule: Rule) -> re.Pattern[str]:
    return re.compile(rule.pattern, re.IGNORECASE)


@pytest.mark.parametrize(
    ("rule", "text"), [(rule, text) for rule in RULES for text in rule.yes], ids=lambda one: getattr(one, "id", one)
)
def test_a_rule_fires_in_its_examples(rule: Rule, text: str) -> None:
    assert compiled(rule).search(text)


@pytest.mark.parametrize(
    ("rule", "text"), [(rule, text) for rule in RULES for text in rule.no], ids=lambda one: getattr(one, "id", one)
)
def test_a_rule_leaves_its_near_misses_alone(rule: Rule, text: str) -> None:
    assert not compiled(rule).search(text)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_has_examples_and_a_reason(rule: Rule) -> None:
    assert (bool(rule.yes), bool(rule.no), rule.why[-1]) == (True, True, ".")


def test_no_two_rules_have_one_id() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)


def test_no_two_rules_claim_the_same_words_for_different_categories() -> None:
    deciding = [rule for rule in RULES if rule.category not in RELATING]
    for text in {text for rule in deciding for text in rule.yes}:
        claims = {
            (match.span(), kind, rule.category)
            for rule in deciding
            for match in compiled(rule).finditer(text)
            for kind in rule.targets
        }
        assert len({(span, kind) for span, kind, _ in claims}) == len(claims), (text, claims)


def test_no_pattern_names_a_group_of_its_own() -> None:
    assert not [rule.id for rule in RULES if compiled(rule).groups]


def test_a_category_is_found_by_the_rule_that_holds() -> None:
    scope = interpreter.Scope(interpreter.Kind.WORDS, "可选语音播报", 2, 6, (0, 6), (0, 6), (0, 6))
    assert interpreter.found(interpreter.Category.OPTIONAL, scope) == "zh.optional"
    assert interpreter.found(interpreter.Category.DENIED, scope) is None
