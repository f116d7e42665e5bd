"""What is no requirement is told by rules whose examples hold."""

import pytest

from matcher.engine.clauses import exclusions
from matcher.engine.clauses.exclusions import Aside, Excluded, Exclusion, rows

RULES, ASIDES, NAMES = rows("rule"), rows("aside"), rows("name")


def named(one: object) -> str:
    return getattr(one, "id", str(one))


@pytest.mark.parametrize(("row", "text"), [(row, text) for row in RULES for text in row.yes], ids=named)
def test_a_rule_holds_of_its_examples(row: Exclusion, text: str) -> None:
    assert row.pattern.search(text)
    assert exclusions.excluded(text, asks=False) is Excluded(row.category)


@pytest.mark.parametrize(("row", "text"), [(row, text) for row in [*RULES, *ASIDES] for text in row.no], ids=named)
def test_a_rule_leaves_its_near_misses_alone(row: Exclusion, text: str) -> None:
    assert not row.pattern.search(text)


@pytest.mark.parametrize(("row", "pair"), [(row, pair) for row in ASIDES for pair in row.yes], ids=named)
def test_an_aside_is_blanked_and_the_rest_keeps_its_place(row: Exclusion, pair: tuple[str, str]) -> None:
    text, left = pair
    blanked = exclusions.without(text, Aside(row.category))
    assert (blanked.strip(), len(blanked)) == (left, len(text))


@pytest.mark.parametrize("row", NAMES)
def test_a_heading_that_names_a_quantity_is_no_device(row: Exclusion) -> None:
    assert not any(map(exclusions.names_a_device, row.yes))
    assert all(map(exclusions.names_a_device, row.no))


def test_a_stretch_that_insists_is_excluded_by_firm_rules_only() -> None:
    assert exclusions.excluded("项目覆盖46座泵站", asks=False) is Excluded.SCOPE
    assert exclusions.excluded("项目覆盖46座泵站", asks=True) is None
    assert exclusions.excluded("须在开标前缴纳保证金20万元", asks=True) is Excluded.TENDER


@pytest.mark.parametrize("row", [*RULES, *ASIDES, *NAMES], ids=named)
def test_a_row_has_examples_and_a_reason(row: Exclusion) -> None:
    assert (bool(row.yes), bool(row.no), row.why[-1]) == (True, True, ".")


def test_no_two_rules_have_one_id() -> None:
    assert len({row.id for row in (*RULES, *ASIDES)}) == len(RULES) + len(ASIDES)
