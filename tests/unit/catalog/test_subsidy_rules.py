"""Caps hold and sums balance whatever is granted, paid and clawed back; who has a part in a claim decides nothing."""

from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.subsidy_claims import rules
from catalog.subsidy_claims.rules import APPROVED, CLAWED_BACK, FILED, PAID, Involved
from common.contracts.words import SubsidyClaimState
from common.errors import Forbidden, NotAllowedNow
from common.fields import OrganisationKey

FEN = st.integers(1, 10**15)
RATES = st.integers(1, 10_000)
KEYS = [OrganisationKey(scheme="uscc", code=f"A{number}") for number in range(4)]


@given(FEN, RATES, FEN)
def test_a_claim_is_whole_fen_within_rate_and_cap(cost: int, rate: int, cap: int) -> None:
    amount = rules.entitled(cost, rate, cap)
    assert type(amount) is int
    assert 0 <= amount <= cap
    assert amount * 10_000 <= cost * rate
    assert amount == cap or cost * rate - amount * 10_000 < 10_000


@given(FEN, FEN, RATES, FEN)
def test_a_higher_cost_never_comes_to_less(cost: int, more: int, rate: int, cap: int) -> None:
    assert rules.entitled(cost, rate, cap) <= rules.entitled(cost + more, rate, cap)


@dataclass
class Claim:
    state: SubsidyClaimState
    amount: int


DEEDS = st.lists(st.tuples(st.sampled_from(["file", "approve", "pay", "reclaim"]), st.integers(0, 9), FEN))


@given(FEN, DEEDS)
def test_whatever_is_done_the_total_holds_and_all_sums_balance(cap: int, deeds: list[tuple[str, int, int]]) -> None:
    claims: list[Claim] = []
    for deed, place, amount in deeds:
        if deed == "file":
            claims.append(Claim(FILED, amount))
        elif place < len(claims):
            do(deed, claims[place], amount, rules.balance(cap, sums(claims)).remaining)
        found = rules.balance(cap, sums(claims))
        assert found.remaining >= 0
        assert found.approved + found.paid + found.remaining == cap
        assert found.clawed_back == sum(one.amount for one in claims if one.state is CLAWED_BACK)


def do(deed: str, claim: Claim, amount: int, remaining: int) -> None:
    if deed == "approve" and claim.state is FILED:
        granted = min(amount, claim.amount)
        with suppress(NotAllowedNow):
            rules.refuse_excess(granted, claim.amount, remaining)
            claim.state, claim.amount = APPROVED, granted
    elif deed == "pay" and claim.state is APPROVED:
        claim.state = PAID
    elif deed == "reclaim" and claim.state in (APPROVED, PAID):
        claim.state = CLAWED_BACK


def sums(claims: list[Claim]) -> dict[SubsidyClaimState, int]:
    states = {one.state for one in claims}
    return {state: sum(one.amount for one in claims if one.state is state) for state in states}


class Somebody(NamedTuple):
    subject: str
    organisation: OrganisationKey


INVOLVED = Involved(frozenset({KEYS[0]}), frozenset({KEYS[1]}), frozenset({"expert"}), "clerk")


@pytest.mark.parametrize(
    "person",
    [
        Somebody("anybody", KEYS[0]),
        Somebody("anybody", KEYS[1]),
        Somebody("expert", KEYS[2]),
        Somebody("clerk", KEYS[2]),
    ],
    ids=["claiming organisation", "evaluating organisation", "evaluator elsewhere", "who filed, elsewhere"],
)
def test_nobody_with_a_part_in_it_decides_wherever_they_act_from(person: Somebody) -> None:
    with pytest.raises(Forbidden):
        rules.refuse_involved(person, INVOLVED)


def test_others_decide_but_nobody_twice() -> None:
    rules.refuse_involved(Somebody("officer", KEYS[2]), INVOLVED)
    rules.refuse_same("second", "first")
    with pytest.raises(Forbidden):
        rules.refuse_same("first", "first")
