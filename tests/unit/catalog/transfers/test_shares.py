"""How instalments are shared between seller and broker: to the last fen."""

from hypothesis import given
from hypothesis import strategies as st

from catalog.transfers.rules import InstalmentShare, shares

AMOUNTS = st.lists(st.integers(0, 10**15), max_size=60)


@st.composite
def priced(draw: st.DrawFn) -> tuple[list[int], int]:
    amounts = draw(AMOUNTS)
    return amounts, draw(st.integers(0, sum(amounts)))


@given(priced())
def test_all_shares_add_up_and_none_is_negative(case: tuple[list[int], int]) -> None:
    amounts, fee = case
    found = shares(amounts, fee)
    assert [one.amount_fen for one in found] == amounts
    assert sum(one.broker_fen for one in found) == fee
    assert sum(one.seller_fen for one in found) == sum(amounts) - fee
    assert all(one.seller_fen + one.broker_fen == one.amount_fen for one in found)
    assert all(min(one) >= 0 and isinstance(one.broker_fen, int) for one in found)


def test_a_fee_that_does_not_divide_is_made_up_for_by_the_last() -> None:
    assert shares([1, 1, 1], 1) == [InstalmentShare(1, 1, 0), InstalmentShare(1, 1, 0), InstalmentShare(1, 0, 1)]
