"""Canonical JSON has the bytes that RFC 8785 says, and a digest that anybody can compute of them."""

import hashlib

import pytest

from common.canonical import canonical, digest, digest_of


def test_members_are_sorted_and_numbers_written_one_way() -> None:
    assert canonical({"乙": 96.0, "a": [True, None, 1e21, 0.1]}) == '{"a":[true,null,1e+21,0.1],"乙":96}'.encode()
    assert canonical({"a": 1, "b": 2}) == canonical({"b": 2, "a": 1.0})


def test_a_digest_is_the_sha_256_of_those_bytes() -> None:
    assert digest({"b": 2, "a": 1}) == hashlib.sha256(b'{"a":1,"b":2}').hexdigest() == digest_of(b'{"a":1,"b":2}')


@pytest.mark.parametrize("number", [float("nan"), float("inf"), 2**60], ids=["nan", "infinite", "beyond"])
def test_what_has_no_canonical_form_is_refused(number: float) -> None:
    with pytest.raises(ValueError, match=r".+"):
        canonical({"number": number})
