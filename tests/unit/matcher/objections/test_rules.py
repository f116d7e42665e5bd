"""The life of an objection, every step by every party; what of it may be public; how long each state may last."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from common.contracts.objections import ObjectionState
from common.errors import Forbidden, InvalidInput, NotAllowedNow
from common.fields import OrganisationKey
from common.roles import Role
from matcher.calendar import working_days
from matcher.objections import rules, terms
from matcher.objections.rules import LIFE, ObjectionAction, ObjectionParty, ObjectionStanding

AT = datetime(2026, 3, 2, 4, tzinfo=UTC)
FILED, ACCEPTED, ANSWERED = rules.OPEN
OBJECTOR, HANDLER = {ObjectionParty.OBJECTOR}, {ObjectionParty.HANDLER}
DECIDER, CLOCK = {ObjectionParty.DECIDER}, {ObjectionParty.CLOCK}
ALLOWED: dict[tuple[ObjectionState, ObjectionAction], tuple[ObjectionState, set[ObjectionParty]]] = {
    (FILED, ObjectionAction.ACCEPT): (ACCEPTED, HANDLER),
    (FILED, ObjectionAction.REJECT): (ObjectionState.REJECTED, DECIDER),
    (FILED, ObjectionAction.WITHDRAW): (ObjectionState.WITHDRAWN, OBJECTOR),
    (FILED, ObjectionAction.REMIND): (FILED, CLOCK),
    (ACCEPTED, ObjectionAction.ANSWER): (ANSWERED, HANDLER),
    (ACCEPTED, ObjectionAction.WITHDRAW): (ObjectionState.WITHDRAWN, OBJECTOR),
    (ACCEPTED, ObjectionAction.REMIND): (ACCEPTED, CLOCK),
    (ANSWERED, ObjectionAction.UPHOLD): (ObjectionState.UPHELD, DECIDER),
    (ANSWERED, ObjectionAction.REJECT): (ObjectionState.REJECTED, DECIDER),
    (ANSWERED, ObjectionAction.WITHDRAW): (ObjectionState.WITHDRAWN, OBJECTOR),
    (ANSWERED, ObjectionAction.REMIND): (ANSWERED, CLOCK),
}
EVERY = list(product(ObjectionState, ObjectionAction, ObjectionParty))


@pytest.mark.parametrize(("state", "action", "party"), EVERY, ids=["-".join(each) for each in EVERY])
def test_every_step_is_allowed_or_refused_with_what_is_possible(
    state: ObjectionState, action: ObjectionAction, party: ObjectionParty
) -> None:
    to, by = ALLOWED.get((state, action), (state, set()))
    if party in by:
        moved = LIFE.moved(state, action, by={party}, at=AT)
        assert (moved.after, moved.by) == (to, party)
        return
    with pytest.raises(NotAllowedNow) as refused:
        LIFE.moved(state, action, by={party}, at=AT)
    assert f"The objection is {state}" in refused.value.detail
    assert all(each in refused.value.detail for each in LIFE.allowed(state, {party}))


def test_what_is_open_has_a_clock_and_what_is_over_none() -> None:
    assert terms.working_days().keys() == set(rules.OPEN)
    over = [state for state in ObjectionState if not LIFE.allowed(state, set(ObjectionParty))]
    assert set(over) == set(ObjectionState) - set(rules.OPEN)
    assert [rules.due(state, AT, working_days.published()) for state in over] == [None] * len(over)


def test_days_are_working_days() -> None:
    """Filed on the Thursday before the Spring Festival; the Saturday makes up for it, ten days are free."""
    due = rules.due(FILED, datetime(2026, 2, 12, 4, tzinfo=UTC), working_days.published())
    assert due is not None
    assert (due.on.isoformat(), due.is_provisional) == ("2026-02-26", False)
    assert not rules.is_overdue(due, due.ends_at - timedelta(seconds=1))
    assert rules.is_overdue(due, due.ends_at)


FIRM, OTHER = (OrganisationKey(scheme="lei", code=code) for code in ("FIRM", "OTHER"))


def test_a_caller_is_all_that_their_organisation_and_roles_make_them() -> None:
    assert rules.parties(FIRM, FIRM, {Role.ENTERPRISE}) == OBJECTOR
    assert rules.parties(FIRM, OTHER, {Role.OPERATOR, Role.REVIEWER}) == HANDLER | DECIDER
    assert rules.parties(FIRM, OTHER, {Role.ENTERPRISE, Role.AUDITOR}) == set()
    with pytest.raises(Forbidden):
        rules.refuse_stranger(set())


@pytest.mark.parametrize(
    "text",
    [
        "请联系王经理，电话13800000000。",
        "联系人：王小明已核实。",
        "ask ann@example.com",
        "甲公司（青岛）的异议成立。",
        "甲 公 司 (青岛) 的异议成立。",
        "甲公司〔青岛〕的异议成立。",
        "统一社会信用代码 91370211ma3qdk2q8b 的异议不成立。",
    ],
)
def test_a_decision_names_nobody(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        rules.refuse_personal(text, ("甲公司（青岛）", "91370211MA3QDK2Q8B"), "#/decision")
    assert [fault.pointer for fault in refused.value.faults] == ["#/decision"]


def test_a_decision_may_cite_a_page() -> None:
    rules.refuse_personal(
        "经重算与收据一致，依据见 https://www.example.org/rules/9 ，异议不成立。", ("甲公司", "A1"), "#/decision"
    )


@pytest.mark.parametrize(
    ("interested", "answered", "left"),
    [(False, False, HANDLER | DECIDER), (False, True, HANDLER), (True, False, set()), (True, True, set())],
)
def test_who_is_interested_or_answered_acts_as_what_is_left(interested: bool, answered: bool, left: set[str]) -> None:
    for own in (set(), OBJECTOR):
        standing = ObjectionStanding(frozenset(HANDLER | DECIDER | own), False, interested, answered, frozenset())
        assert standing.acting == left | own
