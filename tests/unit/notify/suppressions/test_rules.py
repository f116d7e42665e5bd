"""An address is known again however it is written and whichever key hashed it, and nobody reads it from the list."""

import pytest

from notify.suppressions.rules import AddressHashes, AddressKind, normal

EMAIL = AddressKind.EMAIL


@pytest.mark.parametrize("written", ["Li.Wei@Example.com", " li.wei@example.com\n", "LI.WEI@EXAMPLE.COM."])
def test_an_address_is_the_same_however_it_is_written(written: str) -> None:
    assert normal(EMAIL, written) == "email:li.wei@example.com"


@pytest.mark.parametrize("said", ["", "li.wei", "@example.com", "li@", "李@example.com", "a b@example.com"])
def test_what_is_no_address_is_refused(said: str) -> None:
    with pytest.raises(ValueError, match="such as"):
        normal(EMAIL, said)


def test_what_an_older_key_hashed_is_found() -> None:
    before = AddressHashes((b"old",)).newest(EMAIL, "a@example.com")
    both = AddressHashes((b"new", b"old"))
    assert before in both.every(EMAIL, "A@example.com")
    assert both.newest(EMAIL, "a@example.com") != before
    assert len(set(both.key_ids)) == 2


def test_without_a_key_the_list_cannot_be_read() -> None:
    with pytest.raises(LookupError, match="NOTIFY_SECRET_KEYS"):
        AddressHashes(()).every(EMAIL, "a@example.com")
