"""The life-cycle table of demands and what their content must satisfy."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.demands import rules
from catalog.demands.rules import ASKERS, LIFE, Action, Actor
from catalog.demands.terms import Bounds, refuse_faulty, refuse_other_kind
from common.contracts.words import DemandKind, DemandState
from common.errors import Forbidden, InvalidInput, NotAllowedNow
from common.roles import Role

NOW = datetime(2026, 5, 1, tzinfo=UTC)
BOUNDS = Bounds(at=NOW, tracks={"空天信息": "aerospace", "量子信息": "quantum"})


@dataclass(frozen=True)
class Terms:
    tracks: tuple[str, ...] = ()
    budget_min_fen: int | None = None
    budget_max_fen: int | None = None
    opens_at: datetime | None = None
    closes_at: datetime | None = None


def pointers(terms: Terms) -> list[str | None]:
    with pytest.raises(InvalidInput) as refused:
        refuse_faulty(terms, BOUNDS)
    return [error.pointer for error in refused.value.faults]


def test_what_was_public_never_becomes_a_draft_again() -> None:
    before = {*rules.UNPUBLISHED, DemandState.WITHDRAWN}
    assert all(move.to not in rules.UNPUBLISHED for move in LIFE.moves if move.state not in before)


def test_the_clock_opens_and_closes() -> None:
    assert {move.action for move in LIFE.moves if Actor.CLOCK in move.by} == {Action.OPEN, Action.CLOSE}


def test_nobody_reviews_what_they_submitted() -> None:
    reviewer = frozenset({"reviewer"})
    assert rules.parties(reviewer, is_own=False, has_submitted=True, needs_review=True) == frozenset()
    assert rules.parties(reviewer, is_own=True, has_submitted=False, needs_review=True) == {
        Actor.OWNER,
        Actor.REVIEWER,
    }


def test_an_owner_publishes_where_no_review_is_asked_for() -> None:
    for needs_review in (False, True):
        owner = rules.parties(frozenset(), is_own=True, has_submitted=True, needs_review=needs_review)
        possible = LIFE.allowed(DemandState.SUBMITTED, owner)
        assert (Action.PUBLISH in possible) == (not needs_review)


def test_every_kind_has_askers_and_their_roles_exist() -> None:
    assert set(ASKERS) == set(DemandKind)
    assert frozenset().union(*ASKERS.values()) <= frozenset(Role)


@pytest.mark.parametrize("kind", DemandKind)
def test_a_publisher_may_ask_for_every_kind_and_a_reviewer_for_none(kind: DemandKind) -> None:
    rules.refuse_asker(kind, frozenset({"publisher", "reviewer"}))
    with pytest.raises(Forbidden, match="publisher"):
        rules.refuse_asker(kind, frozenset({"reviewer"}))


def test_sound_terms_pass() -> None:
    later = NOW + timedelta(days=1)
    refuse_faulty(Terms(), BOUNDS)
    refuse_faulty(Terms(("量子信息",), 100, 100, opens_at=NOW, closes_at=later), BOUNDS)
    refuse_faulty(Terms(opens_at=NOW - timedelta(days=900)), BOUNDS)


@pytest.mark.parametrize(
    ("terms", "named"),
    [
        (Terms(closes_at=NOW), ["#/closes_at"]),
        (Terms(closes_at=NOW - timedelta(seconds=1)), ["#/closes_at"]),
        (Terms(opens_at=NOW + timedelta(days=2), closes_at=NOW + timedelta(days=1)), ["#/opens_at"]),
        (Terms(opens_at=NOW + timedelta(days=1), closes_at=NOW + timedelta(days=1)), ["#/opens_at"]),
        (Terms(budget_min_fen=2, budget_max_fen=1), ["#/budget_max_fen"]),
        (Terms(tracks=("空天信息", "风水")), ["#/tracks/1"]),
        (Terms(tracks=("空天信息", "空天信息")), ["#/tracks/1"]),
        (Terms(("风水",), 2, 1, closes_at=NOW), ["#/closes_at", "#/budget_max_fen", "#/tracks/0"]),
    ],
)
def test_each_fault_is_named(terms: Terms, named: list[str]) -> None:
    assert pointers(terms) == named


@given(st.integers(0, 10**15), st.integers(0, 10**15))
def test_a_budget_is_a_range(low: int, high: int) -> None:
    terms = Terms(budget_min_fen=low, budget_max_fen=high)
    if low <= high:
        refuse_faulty(terms, BOUNDS)
    else:
        assert pointers(terms) == ["#/budget_max_fen"]
    refuse_faulty(replace(terms, budget_max_fen=None), BOUNDS)


def test_a_closing_time_must_still_lie_ahead_at_publication() -> None:
    rules.refuse_expired(None, NOW)
    rules.refuse_expired(NOW + timedelta(microseconds=1), NOW)
    with pytest.raises(NotAllowedNow, match="has passed"):
        rules.refuse_expired(NOW, NOW)


def test_a_published_kind_stays() -> None:
    refuse_other_kind(DemandKind.PILOT, DemandKind.PILOT)
    with pytest.raises(InvalidInput):
        refuse_other_kind(DemandKind.PILOT, DemandKind.SCENARIO)
