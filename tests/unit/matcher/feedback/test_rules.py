"""Who may report what of a match, what state that leaves it in, and what it teaches."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from common.contracts.dockings import Side
from common.errors import Forbidden, InvalidInput, NotAllowedNow
from matcher.feedback import rules
from matcher.feedback.rules import DismissalReason, MatchAction, MatchOutcome, MatchParty, MatchState


@dataclass(frozen=True)
class Told:
    side: Side
    outcome: MatchOutcome
    reason: DismissalReason | None = None


def by_owner(outcome: MatchOutcome, reason: DismissalReason | None = None) -> Told:
    return Told(Side.OWNER, outcome, reason)


def by_enterprise(outcome: MatchOutcome, reason: DismissalReason | None = None) -> Told:
    return Told(Side.ENTERPRISE, outcome, reason)


DISMISSAL = st.builds(Told, st.sampled_from(Side), st.just(MatchOutcome.DISMISSED), st.sampled_from(DismissalReason))
OTHERWISE = st.sampled_from(
    [
        Told(side, outcome)
        for side, outcomes in rules.MAY_REPORT.items()
        for outcome in sorted(outcomes - {MatchOutcome.DISMISSED})
    ]
)
NOW = datetime(2026, 5, 1, tzinfo=UTC)
HISTORY = st.lists(DISMISSAL | OTHERWISE, max_size=8)


def test_interest_is_either_sides_to_say_and_selection_the_owners() -> None:
    for side in Side:
        assert rules.side_for([side], MatchOutcome.INTERESTED) is side
    assert rules.side_for([Side.ENTERPRISE, Side.OWNER], MatchOutcome.SELECTED) is Side.OWNER
    with pytest.raises(Forbidden):
        rules.side_for([Side.ENTERPRISE], MatchOutcome.SELECTED)


SAID_BY_BOTH = {MatchAction.VIEW, MatchAction.EXPRESS_INTEREST, MatchAction.DISMISS}
FARTHEST = ["viewed", "interested", "shortlisted", "selected", "validated"]
SAYS = dict(zip([action for action in rules.ACTION_OF.values() if action != "dismiss"], FARTHEST, strict=True))


@pytest.mark.parametrize("state", MatchState)
@pytest.mark.parametrize("action", MatchAction)
@pytest.mark.parametrize("party", MatchParty)
def test_every_step_of_a_match_does_what_it_says_or_is_refused(
    state: MatchState, action: MatchAction, party: MatchParty
) -> None:
    to = _leads_to(state, action, party)
    if to is not None:
        assert rules.LIFE.moved(state, action, by={party}, at=NOW).after == to
        return
    with pytest.raises(NotAllowedNow, match=f"The match is {state}"):
        rules.LIFE.moved(state, action, by={party}, at=NOW)


def _leads_to(state: MatchState, action: MatchAction, party: MatchParty) -> str | None:
    if party is MatchParty.RELAY:
        return "notified" if (state, action) == ("computed", "announce") else None
    if action is MatchAction.ANNOUNCE:
        return None
    if state is MatchState.DISMISSED and action not in {MatchAction.VIEW, MatchAction.DISMISS}:
        return SAYS[action] if party is MatchParty.DISMISSER else None
    if party is MatchParty.DISMISSER or (party is MatchParty.ENTERPRISE and action not in SAID_BY_BOTH):
        return None
    if action is MatchAction.DISMISS or state is MatchState.DISMISSED:
        return "dismissed"
    behind = state not in FARTHEST or FARTHEST.index(SAYS[action]) > FARTHEST.index(state)
    return SAYS[action] if behind else state


def test_the_side_whose_dismissal_alone_stands_may_take_it_back() -> None:
    told = [by_owner(MatchOutcome.DISMISSED, DismissalReason.TIMING)]
    assert rules.parties(Side.OWNER, told) == {MatchParty.OWNER, MatchParty.DISMISSER}
    assert rules.parties(Side.ENTERPRISE, told) == {MatchParty.ENTERPRISE}
    both = [*told, by_enterprise(MatchOutcome.DISMISSED, DismissalReason.TIMING)]
    assert rules.parties(Side.OWNER, both) == {MatchParty.OWNER}


@pytest.mark.parametrize(
    ("outcome", "reason", "words", "pointer"),
    [
        (MatchOutcome.DISMISSED, None, None, "#/reason"),
        (MatchOutcome.DISMISSED, DismissalReason.OTHER, None, "#/reason/text"),
        (MatchOutcome.INTERESTED, DismissalReason.TIMING, None, "#/reason"),
    ],
)
def test_a_dismissal_has_a_reason_and_nothing_else_has(
    outcome: MatchOutcome, reason: DismissalReason | None, words: str | None, pointer: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        rules.refuse_missing_reason(outcome, reason, words)
    assert refused.value.faults[0].pointer == pointer


def test_a_match_is_as_far_as_its_sides_last_words_go() -> None:
    told = [by_enterprise(MatchOutcome.VIEWED), by_enterprise(MatchOutcome.INTERESTED), by_owner(MatchOutcome.VIEWED)]
    assert rules.state([]) is MatchState.COMPUTED
    assert rules.state(told) is MatchState.INTERESTED
    assert rules.state([*told, by_owner(MatchOutcome.SELECTED)]) is MatchState.SELECTED


def test_a_dismissal_stands_until_its_side_takes_it_back() -> None:
    dismissed = by_enterprise(MatchOutcome.DISMISSED, DismissalReason.TIMING)
    shortlisted = by_owner(MatchOutcome.SHORTLISTED)
    assert rules.state([dismissed, shortlisted]) is MatchState.DISMISSED
    assert rules.state([dismissed, shortlisted, by_enterprise(MatchOutcome.INTERESTED)]) is MatchState.SHORTLISTED


@given(HISTORY, st.sampled_from(Side))
def test_to_look_again_changes_nothing(told: list[Told], side: Side) -> None:
    looked = [*told, Told(side, MatchOutcome.VIEWED)]
    if any(one.side is side for one in told):
        assert rules.state(looked) is rules.state(told)
        assert rules.telling(looked) == rules.telling(told)
        assert rules.said_before(told, side, MatchOutcome.VIEWED, None) is not None


@given(HISTORY)
def test_what_was_just_said_is_no_news(told: list[Told]) -> None:
    for one in told[-1:]:
        known = rules.said_before(told, one.side, one.outcome, one.reason)
        assert known is not None
        assert known.side is one.side


def kept_of(said: list[Told]) -> list[Told]:
    """What is left of all that was said, in this order."""
    kept: list[Told] = []
    for one in said:
        if rules.said_before(kept, one.side, one.outcome, one.reason) is None:
            again = rules.said_anew(kept, one.side, one.outcome, one.reason)
            kept = [*(each for each in kept if each not in again), one]
    return kept


UNFIT_TO_BOTH = [
    by_owner(MatchOutcome.DISMISSED, DismissalReason.OTHER_FIELD),
    by_enterprise(MatchOutcome.DISMISSED, DismissalReason.OTHER_FIELD),
    by_owner(MatchOutcome.SHORTLISTED),
    by_owner(MatchOutcome.DISMISSED, DismissalReason.OTHER_FIELD),
]


@given(HISTORY)
@example(UNFIT_TO_BOTH)
def test_what_is_kept_says_the_same_as_all_that_was_said(said: list[Told]) -> None:
    kept = kept_of(said)
    assert rules.state(kept) is rules.state(said)
    assert rules.telling(kept) == rules.telling(said)


@given(st.lists(DISMISSAL | OTHERWISE, max_size=60))
def test_no_side_says_the_same_twice_in_what_is_kept(said: list[Told]) -> None:
    kept = kept_of(said)
    assert len(set(kept)) == len(kept)


def test_one_side_may_say_again_what_the_other_has_said() -> None:
    told = [by_owner(MatchOutcome.VIEWED)]
    assert rules.said_before(told, Side.ENTERPRISE, MatchOutcome.VIEWED, None) is None


def grade(*told: Told) -> int | None:
    telling = rules.telling(told)
    return telling[1] if telling else None


def test_the_farther_a_match_came_the_better_it_was() -> None:
    assert grade(by_enterprise(MatchOutcome.VIEWED)) == 1
    assert grade(by_enterprise(MatchOutcome.INTERESTED)) == 2
    assert grade(by_enterprise(MatchOutcome.INTERESTED), by_owner(MatchOutcome.SHORTLISTED)) == 3


def test_a_side_that_finds_the_fit_bad_decides() -> None:
    unfit = by_owner(MatchOutcome.DISMISSED, DismissalReason.REQUIREMENT_UNMET)
    assert grade(by_enterprise(MatchOutcome.INTERESTED), unfit) == 0


@pytest.mark.parametrize("reason", sorted(rules.SAYS_NOTHING_OF_FIT))
def test_a_dismissal_that_has_nothing_to_do_with_the_fit_teaches_nothing(reason: DismissalReason) -> None:
    dismissed = by_enterprise(MatchOutcome.DISMISSED, reason)
    assert grade(dismissed) is None
    assert grade(by_enterprise(MatchOutcome.INTERESTED), dismissed) is None
    assert grade(dismissed, by_owner(MatchOutcome.SHORTLISTED)) == 3


@given(HISTORY)
def test_what_decides_is_one_of_the_reports(told: list[Told]) -> None:
    telling = rules.telling(told)
    if telling:
        assert telling[0] in told
        assert 0 <= telling[1] <= 3
