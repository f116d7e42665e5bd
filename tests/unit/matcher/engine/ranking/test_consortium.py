"""The smallest groups of offers that together meet every binding clause are found, and nobody is in one in vain."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.engine.ranking.consortium import Capability, Consortium, smallest_sets


def offer(*meets: int, fit: float = 50) -> Capability:
    return Capability(frozenset(meets), fit)


def members(groups: list[Consortium[str]]) -> list[tuple[str, ...]]:
    return [group.members for group in groups]


def test_one_who_meets_all_stands_before_two_who_share() -> None:
    offers = {"a": offer(0), "b": offer(1), "ab": offer(0, 1, fit=10)}
    assert members(smallest_sets({0, 1}, offers)) == [("ab",), ("a", "b")]


def test_among_groups_of_a_size_the_better_fit_stands_first() -> None:
    offers = {"a": offer(0, fit=40), "b": offer(1, fit=60), "c": offer(0, fit=80)}
    assert smallest_sets({0, 1}, offers) == [Consortium(("b", "c"), 70), Consortium(("a", "b"), 50)]


def test_equal_groups_keep_the_order_of_the_offers() -> None:
    offers = {key: offer(0) for key in "dcba"}
    assert members(smallest_sets({0}, offers, limit=3)) == [("d",), ("c",), ("b",)]


def test_nobody_is_in_a_group_in_vain() -> None:
    offers = {"ab": offer(0, 1), "bc": offer(1, 2), "c": offer(2), "a": offer(0)}
    assert members(smallest_sets({0, 1, 2}, offers)) == [("ab", "bc"), ("ab", "c"), ("bc", "a")]


def test_what_nobody_meets_has_no_group() -> None:
    assert smallest_sets({0, 1}, {"a": offer(0)}) == []


def test_a_demand_without_binding_clauses_has_no_group() -> None:
    assert smallest_sets(set(), {"a": offer(0)}) == []


@pytest.mark.parametrize(("limit", "max_size", "expected"), [(0, 4, []), (5, 1, []), (1, 2, [("a", "b")])])
def test_limits_are_kept(limit: int, max_size: int, expected: list[tuple[str, ...]]) -> None:
    offers = {"a": offer(0), "b": offer(1), "c": offer(1, fit=10)}
    assert members(smallest_sets({0, 1}, offers, limit=limit, max_size=max_size)) == expected


def test_many_offers_of_many_clauses_end_in_good_time() -> None:
    offers = {str(i): offer(i % 12, i // 12 % 12, i // 144 % 12, fit=i % 50) for i in range(3000)}
    groups = smallest_sets(set(range(12)), offers, limit=5, max_size=6)
    assert len(groups) == 5
    assert all(
        frozenset().union(*(offers[member].meets for member in group.members)) == set(range(12)) for group in groups
    )


def by_brute_force(needs: set[int], offers: dict[int, Capability], limit: int, max_size: int) -> list[tuple[int, ...]]:
    def holds(group: tuple[int, ...]) -> bool:
        return needs <= frozenset().union(*(offers[key].meets for key in group))

    found = []
    for size in range(1, max_size + 1):
        groups = [
            group
            for group in combinations(offers, size)
            if holds(group) and not any(holds(part) for part in combinations(group, size - 1))
        ]
        found += sorted(groups, key=lambda group: (-sum(offers[key].fit for key in group) / size, group))
    return found[:limit]


@settings(max_examples=300)
@given(
    needs=st.sets(st.integers(0, 4), min_size=1),
    offers=st.lists(
        st.builds(Capability, st.frozensets(st.integers(0, 5)), st.sampled_from([10.0, 20.0, 40.0])), max_size=7
    ),
    limit=st.integers(1, 6),
    max_size=st.integers(1, 4),
)
def test_the_search_finds_what_trying_every_group_finds(
    needs: set[int], offers: list[Capability], limit: int, max_size: int
) -> None:
    by_key = dict(enumerate(offers))
    groups = smallest_sets(needs, by_key, limit=limit, max_size=max_size)
    assert [group.members for group in groups] == by_brute_force(needs, by_key, limit, max_size)
