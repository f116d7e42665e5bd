"""The unified social credit code's check (GB 32100-2015)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import Forbidden
from common.fields import OrganisationKey
from common.uscc import ALPHABET, LENGTH, check_character, fault, refuse_wrong_token

codes = st.text(ALPHABET, min_size=17, max_size=17).map(lambda first: first + check_character(first))


@pytest.mark.parametrize("code", ["11320000MB151840XJ", "91110000802100433B", "91110000600037341L"])
def test_known_codes_are_valid(code: str) -> None:
    assert fault(code) is None


def test_a_mistyped_code_is_told_what_its_check_character_should_be() -> None:
    english, chinese = fault("91330106MA2805HB2J") or ("", "")
    assert "'J' but the other seventeen give 'A'" in english
    assert "'J'，而由前十七位算得 'A'" in chinese


@pytest.mark.parametrize("first", ["A", "N", "Y"])
def test_codes_that_begin_with_a_letter_are_valid_too(first: str) -> None:
    seventeen = first + "1" * 16
    assert fault(seventeen + check_character(seventeen)) is None


@given(codes)
def test_every_code_with_its_own_check_character_is_valid(code: str) -> None:
    assert fault(code) is None


@given(codes, st.integers(0, LENGTH - 1), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_noticed(code: str, place: int, other: str) -> None:
    changed = code[:place] + other + code[place + 1 :]
    assert (fault(changed) is None) == (changed == code)


@given(codes, st.integers(0, LENGTH - 3))
def test_two_neighbours_in_the_wrong_order_are_always_noticed(code: str, place: int) -> None:
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert (fault(swapped) is None) == (swapped == code)


@given(st.text(max_size=40))
def test_any_text_gets_an_answer(text: str) -> None:
    told = fault(text)
    assert told is None or all(told)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("", "has 18 characters, this has 0"),
        ("91110000802100433", "this has 17"),
        ("9111000080210043IB", "character 17 is 'I'"),
        ("91110000802100433b", "character 18 is 'b'"),
        ("９1110000802100433B", "character 1 is '９'"),
    ],
)
def test_the_fault_says_where_it_is(code: str, said: str) -> None:
    english, _ = fault(code) or ("", "")
    assert said in english


def test_a_token_is_refused_for_a_wrong_credit_code_alone() -> None:
    refuse_wrong_token(OrganisationKey(scheme="lei", code="529900T8BM49AURSDO55"))
    refuse_wrong_token(OrganisationKey(scheme="uscc", code="91110000802100433B"))
    with pytest.raises(Forbidden):
        refuse_wrong_token(OrganisationKey(scheme="uscc", code="91110000802100433C"))
