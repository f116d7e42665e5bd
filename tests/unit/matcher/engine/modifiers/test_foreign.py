"""Each rule about other languages is found in its examples and in none of its near misses."""

import pytest

from matcher.engine.modifiers import foreign
from matcher.engine.modifiers.foreign import LanguageRule

RULES = [rule for kind in foreign.rules() for rule in kind]


def _cases(examples: str) -> list[tuple[LanguageRule, str]]:
    return [(rule, text) for rule in RULES for text in getattr(rule, examples)]


@pytest.mark.parametrize(("rule", "text"), _cases("yes"), ids=lambda one: getattr(one, "id", one))
def test_a_rule_holds_of_its_examples(rule: LanguageRule, text: str) -> None:
    assert rule.holds(text)


@pytest.mark.parametrize(("rule", "text"), _cases("no"), ids=lambda one: getattr(one, "id", one))
def test_a_rule_leaves_its_near_misses_alone(rule: LanguageRule, text: str) -> None:
    assert not rule.holds(text)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_has_examples_and_a_reason(rule: LanguageRule) -> None:
    assert (bool(rule.yes), bool(rule.no), rule.why[-1]) == (True, True, ".")


def test_a_denial_counts_in_another_language_only() -> None:
    assert foreign.is_doubtful("Das System wird nicht geliefert")
    assert not foreign.is_doubtful("The line has no downtime")
