"""Points and weights add up exactly, whoever scores in which order; ties with a solution are found."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.evaluations import rules
from catalog.solicitations import rules as terms
from catalog.solicitations.rules import SolicitationAction, SolicitationParty
from catalog.solutions import rules as solutions
from catalog.solutions.rules import SolutionParty
from common.errors import InvalidInput
from common.fields import OrganisationKey

IDS = [UUID(int=number) for number in range(1, 6)]
KEYS = [OrganisationKey(scheme="uscc", code=f"A{number}") for number in range(4)]


@st.composite
def weights(draw: st.DrawFn) -> list[int]:
    """Positive whole numbers that add up to 100."""
    cuts = sorted(draw(st.sets(st.integers(1, 99), max_size=10)))
    return [high - low for low, high in zip([0, *cuts], [*cuts, 100], strict=True)]


@given(weights(), st.data())
def test_a_score_is_a_whole_number_between_nothing_and_all(given_weights: list[int], data: st.DataObject) -> None:
    criteria = [{"name": str(place), "weight": weight} for place, weight in enumerate(given_weights)]
    points = {one["name"]: data.draw(st.integers(0, 100)) for one in criteria}
    total = rules.points_sum(criteria, points)  # type: ignore[arg-type]
    assert total == sum(points[str(place)] * weight for place, weight in enumerate(given_weights))
    assert 0 <= total <= rules.MOST_SUM
    assert rules.points_sum(criteria, dict.fromkeys(points, 100)) == rules.MOST_SUM  # type: ignore[arg-type]


@given(st.lists(st.tuples(st.sampled_from(IDS), st.integers(0, 10_000)), max_size=40), st.randoms())
def test_totals_balance_in_any_order(scores: list[tuple[UUID, int]], order: object) -> None:
    found = rules.totals(scores)
    assert sum(total.points_sum for total in found.values()) == sum(points for _, points in scores)
    assert sum(total.scores_count for total in found.values()) == len(scores)
    shuffled = list(scores)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    assert rules.totals(shuffled) == found
    assert rules.ranked(IDS, rules.totals(shuffled)) == rules.ranked(IDS, found)


def test_more_scores_make_no_solution_better() -> None:
    found = rules.totals([(IDS[0], 6000), (IDS[1], 5999), (IDS[1], 6000), (IDS[1], 6000)])
    assert rules.ranked(IDS[:3], found) == IDS[:3]


def test_ties_are_those_declared_and_ones_own_organisation() -> None:
    assert rules.interests([KEYS[0], KEYS[1]], KEYS[2], {KEYS[1], KEYS[2]}) == [KEYS[1], KEYS[2]]
    assert rules.interests([KEYS[0]], KEYS[3], {KEYS[1]}) == []


@pytest.mark.parametrize("points", [{}, {"甲": 1, "乙": 1}], ids=["missing", "unknown"])
def test_points_are_for_each_criterion_and_no_other(points: dict[str, int]) -> None:
    with pytest.raises(InvalidInput):
        rules.points_sum([{"name": "甲", "weight": 100}], points)


def test_the_clock_alone_closes_and_nobody_but_an_evaluator_scores() -> None:
    by = {
        action: {party for move in terms.LIFE.moves if move.action is action for party in move.by}
        for action in SolicitationAction
    }
    assert by[SolicitationAction.CLOSE] == by[SolicitationAction.REMIND] == {SolicitationParty.CLOCK}
    assert by[SolicitationAction.SCORE] == by[SolicitationAction.DECLARE] == {SolicitationParty.EVALUATOR}


def test_a_submitter_takes_no_step_once_a_solution_is_screened() -> None:
    states = {move.state for move in solutions.LIFE.moves if SolutionParty.SUBMITTER in move.by}
    assert states == {solutions.SUBMITTED}
