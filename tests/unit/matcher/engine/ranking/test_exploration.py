"""Which pairs that just missed are shown, and with what chance."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from matcher.engine.ranking import exploration

IDS = st.lists(st.uuids(), max_size=12, unique=True)
SHARES = st.floats(0.0, 1.0)


@given(SHARES, st.integers(0, 60), st.integers(0, 10))
def test_the_slots_explored_are_that_share_of_those_shown(share: float, shown: int, candidates: int) -> None:
    chance = exploration.chance(share, shown=shown, candidates=candidates)
    assert 0.0 <= chance <= 1.0
    assert chance * candidates <= share * max(shown, 1) + 1e-9


@given(st.text(max_size=5), IDS, SHARES)
def test_a_candidate_is_chosen_alike_in_any_company_and_order(seed: str, ids: list[UUID], chance: float) -> None:
    chosen = exploration.chosen(seed, ids, chance)
    assert chosen == [one for one in ids if exploration.chosen(seed, [one], chance)]
    assert sorted(chosen) == sorted(exploration.chosen(seed, ids[::-1], chance))


@given(IDS, SHARES, SHARES)
def test_a_greater_chance_drops_none(ids: list[UUID], one: float, other: float) -> None:
    fewer = exploration.chosen("demand/1", ids, min(one, other))
    assert set(fewer) <= set(exploration.chosen("demand/1", ids, max(one, other)))


@given(IDS)
def test_nothing_is_explored_without_a_share_and_everything_with_certainty(ids: list[UUID]) -> None:
    assert exploration.chosen("demand/1", ids, 0.0) == []
    assert exploration.chosen("demand/1", ids, 1.0) == ids


def test_over_many_demands_a_candidate_is_shown_as_often_as_its_chance_says() -> None:
    shown = sum(len(exploration.chosen(f"demand/{number}", ["profile"], 0.15)) for number in range(20_000))
    assert 0.14 < shown / 20_000 < 0.16


def test_candidates_are_drawn_apart_from_each_other() -> None:
    both = sum(len(exploration.chosen(f"demand/{number}", ["one", "other"], 0.5)) == 2 for number in range(20_000))
    assert 0.235 < both / 20_000 < 0.265
