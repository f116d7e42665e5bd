"""Which division lies in which, and whom a limit to some places lets in."""

import pytest

from common.contracts.clauses import Locality
from common.fields import divisions_around, is_within

REASON = "设备故障后须在三十分钟内到场处置"


@pytest.mark.parametrize(
    ("inner", "outer", "expected"),
    [
        ("370211", "370200", True),
        ("370211", "370000", True),
        ("370211", "370211", True),
        ("370200", "370211", False),
        ("370102", "370200", False),
    ],
)
def test_a_code_with_noughts_holds_all_that_begin_like_it(inner: str, outer: str, expected: bool) -> None:
    assert is_within(inner, outer) is expected


def test_the_divisions_around_one_are_its_city_and_its_province() -> None:
    assert divisions_around("370211") == ["370000", "370200"]
    assert divisions_around("370200") == ["370000"]
    assert divisions_around("370000") == []


@pytest.mark.parametrize(
    ("stated", "is_let_in"),
    [("370211", True), ("370200", True), ("370000", True), (None, True), ("370212", False), ("110000", False)],
)
def test_only_who_is_known_to_be_elsewhere_is_left_out(stated: str | None, is_let_in: bool) -> None:
    assert Locality(divisions=("370211",), justification=REASON).admits(stated) is is_let_in
