"""Every state, action and role of a docking; whose turn it is; when the clock rings."""

from datetime import datetime, timedelta

import pytest

from common.contracts.dockings import DockingState, Side
from common.days import ZONE
from common.errors import InvalidInput, NotAllowedNow
from matcher.calendar import working_days
from matcher.dockings import rules
from matcher.dockings.rules import LIFE, AlarmKind, DockingAction, DockingParty, Turn
from matcher.dockings.tables import failure_reasons, steps

NOW = datetime(2026, 3, 2, 10, tzinfo=ZONE)
OWNER, ENTERPRISE = Side.OWNER, Side.ENTERPRISE
MAY = {
    "opened": {"offer_slots": "opened", "withdraw_slot": "opened", "take_slot": "meeting", "fail": "failed"},
    "meeting": {
        "offer_slots": "meeting",
        "withdraw_slot": "meeting",
        "take_slot": "meeting",
        "cancel_meeting": "opened",
        "agree": "agreeing",
        "fail": "failed",
    },
    "agreeing": {"fail": "failed"},
    "agreed": {},
    "failed": {},
}
"""What a side may do, and what it leads to, beside sharing a contact while it is not over."""


@pytest.mark.parametrize("state", DockingState)
@pytest.mark.parametrize("action", DockingAction)
@pytest.mark.parametrize("party", DockingParty)
def test_every_step_does_what_it_says_or_is_refused(
    state: DockingState, action: DockingAction, party: DockingParty
) -> None:
    to = _leads_to(state, action, party)
    if to is not None:
        assert LIFE.moved(state, action, by={party}, at=NOW).after == to
        return
    with pytest.raises(NotAllowedNow, match=f"The docking is {state}"):
        LIFE.moved(state, action, by={party}, at=NOW)


def _leads_to(state: DockingState, action: DockingAction, party: DockingParty) -> str | None:
    is_over = state in ("agreed", "failed")
    if party is DockingParty.CLOCK:
        return "failed" if action == "lapse" and not is_over else None
    if party is DockingParty.AWAITED:
        return "agreed" if (state, action) == ("agreeing", "agree") else None
    if action == "share_contact":
        return None if is_over else state
    return MAY[state].get(action)


@pytest.mark.parametrize("opened_by", Side)
def test_whoever_is_asked_answers_first(opened_by: Side) -> None:
    other = rules.other(opened_by)
    assert rules.turn(DockingState.OPENED, opened_by, None, None) == Turn("offer_slots", other)
    assert rules.turn(DockingState.OPENED, opened_by, other, None) == Turn("take_slot", opened_by)
    assert rules.turn(DockingState.MEETING, opened_by, other, None) == Turn("agree", None)
    assert rules.turn(DockingState.AGREEING, opened_by, other, opened_by) == Turn("confirm", other)
    assert rules.turn(DockingState.AGREED, opened_by, other, opened_by) is None
    assert rules.turn(DockingState.FAILED, opened_by, None, None) is None


def test_who_is_awaited_is_so_alone() -> None:
    assert DockingParty.AWAITED in rules.parties(OWNER, OWNER)
    assert DockingParty.AWAITED not in rules.parties(OWNER, ENTERPRISE)
    assert DockingParty.AWAITED in rules.parties(OWNER, None)


def test_the_clock_rings_before_the_day_on_the_day_and_when_nobody_answered() -> None:
    calendar = working_days.published()
    due = rules.due("offer_slots", NOW, calendar)
    soon, day, lapse = rules.alarms("offer_slots", due, calendar)
    assert due.on.isoformat() == "2026-03-09"
    assert (soon.kind, soon.at.isoformat()) == (AlarmKind.SOON, "2026-03-05T09:00:00+08:00")
    assert (day.kind, day.at.isoformat()) == (AlarmKind.DUE, "2026-03-09T09:00:00+08:00")
    assert (lapse.kind, lapse.at) == (AlarmKind.LAPSE, datetime(2026, 3, 24, tzinfo=ZONE))
    assert rules.first_alarm((soon, day, lapse), soon.at - timedelta(seconds=1)) == soon
    assert rules.first_alarm((soon, day, lapse), soon.at) == day
    assert rules.first_alarm((soon, day, lapse), lapse.at + timedelta(days=1)) == lapse


def test_a_step_is_overdue_when_its_last_day_is_over() -> None:
    due = rules.due("offer_slots", NOW, working_days.published())
    assert not rules.is_overdue(due, due.ends_at - timedelta(seconds=1))
    assert rules.is_overdue(due, due.ends_at)


def test_every_step_and_reason_is_said_in_both_languages() -> None:
    titles = [(row.en, row.zh) for row in steps().values()]
    titles += [(row.en, row.zh) for row in failure_reasons().values()]
    assert all(en.isascii() and not zh.isascii() for en, zh in titles)
    for terms in steps().values():
        assert 0 < terms.soon < terms.days
        assert terms.lapse > 0
    assert all(len(code) <= 32 for code in [*steps(), *failure_reasons()])


@pytest.mark.parametrize(
    ("code", "words", "is_right"),
    [
        ("price", None, True),
        ("other", "项目暂停", True),
        ("other", None, False),
        ("no_answer", "x", False),
        ("", None, False),
    ],
)
def test_a_reason_is_one_that_people_may_give(code: str, words: str | None, is_right: bool) -> None:
    if is_right:
        rules.refuse_wrong_reason(code, words)
        return
    with pytest.raises(InvalidInput):
        rules.refuse_wrong_reason(code, words)


def test_a_match_that_lapsed_or_was_dismissed_opens_nothing() -> None:
    rules.refuse_unfit_to_open(True, False)
    for is_current, is_dismissed in ((False, False), (True, True)):
        with pytest.raises(NotAllowedNow):
            rules.refuse_unfit_to_open(is_current, is_dismissed)
