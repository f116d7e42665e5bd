"""Shares balance exactly: over categories, over parts of what was bought, in any order; none exceeds one."""

from dataclasses import dataclass, field
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from catalog.procurements.rules import quarters
from catalog.share_rules import rules
from catalog.share_rules.rules import Bought, Share
from common.contracts.words import ProcurementCategory, ProcurementTrait


@dataclass(frozen=True)
class Some:
    having: frozenset[ProcurementTrait] = frozenset()
    lacking: frozenset[ProcurementTrait] = frozenset()


@dataclass(frozen=True)
class Defined:
    categories: tuple[ProcurementCategory, ...] = tuple(ProcurementCategory)
    numerator: Some = field(default_factory=Some)
    denominator: Some = field(default_factory=Some)
    valid_from: str = "2026-Q1"
    valid_until: str | None = None


TRAITS = st.frozensets(st.sampled_from(ProcurementTrait), max_size=3)
SOME = st.builds(Some, TRAITS, TRAITS)
CATEGORIES = st.lists(st.sampled_from(ProcurementCategory), min_size=1, unique=True).map(tuple)
DEFINED = st.builds(Defined, CATEGORIES, SOME, SOME)
BOUGHT = st.lists(st.builds(Bought, st.sampled_from(ProcurementCategory), TRAITS, st.integers(0, 10**15)), max_size=30)


@given(BOUGHT, DEFINED)
def test_no_share_exceeds_one_and_each_is_a_whole_number_of_fen(bought: list[Bought], by: Defined) -> None:
    for share in rules.shares(bought, by).values():
        assert 0 <= share.numerator <= share.denominator
        assert share.fraction is None or share.fraction * share.denominator == share.numerator


@given(BOUGHT, DEFINED)
def test_categories_add_up_to_the_whole(bought: list[Bought], by: Defined) -> None:
    found = rules.shares(bought, by)
    assert list(found) == list(by.categories)
    alone = [rules.shares(bought, Defined((each,), by.numerator, by.denominator))[each] for each in by.categories]
    assert rules.whole(alone) == rules.whole(found.values())


@given(BOUGHT, BOUGHT, DEFINED)
def test_parts_add_up_to_the_whole(some: list[Bought], others: list[Bought], by: Defined) -> None:
    """As quarters do to a year, and organisations to a city."""
    together = rules.shares([*others, *some], by)
    apart = [rules.shares(each, by) for each in (some, others)]
    assert together == {category: rules.whole(part[category] for part in apart) for category in by.categories}


@given(BOUGHT)
def test_what_counts_and_what_does_not_is_all_that_was_bought(bought: list[Bought]) -> None:
    for trait in ProcurementTrait:
        having = rules.whole(rules.shares(bought, Defined(numerator=Some(frozenset({trait})))).values())
        lacking = rules.whole(rules.shares(bought, Defined(numerator=Some(lacking=frozenset({trait})))).values())
        total = sum(one.amount_fen for one in bought)
        assert (having.numerator + lacking.numerator, having.denominator) == (total, total)


def test_a_denominator_leaves_out_what_it_lacks_from_both() -> None:
    goods, green, first = ProcurementCategory.GOODS, ProcurementTrait.GREEN, ProcurementTrait.FIRST_OF_KIND
    bought = [
        Bought(goods, frozenset(traits), 10 ** len(traits))
        for count in range(3)
        for traits in combinations((green, first), count)
    ]
    by = Defined((goods,), Some(frozenset({first})), Some(lacking=frozenset({green})))
    assert rules.shares(bought, by)[goods] == Share(10, 11)


def test_a_year_has_four_quarters() -> None:
    assert quarters("2026") == ["2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"]
    assert quarters("2026-Q3") == ["2026-Q3"]
