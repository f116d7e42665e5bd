"""A link ends the one subscription that it was signed for, whichever key signed it."""

from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from common.vault import subkeys
from notify.subscriptions.unsubscribe import UnsubscribeLinks, is_one_click

OLD, NEW = (subkeys([Fernet.generate_key().decode()], "unsubscribe")[0] for _ in range(2))
LINKS = UnsubscribeLinks("https://notify.example", (NEW, OLD))


def signature(links: UnsubscribeLinks, subscription_id: UUID) -> str:
    [found] = parse_qs(urlsplit(links.link(subscription_id)).query)["signature"]
    return found


def test_a_link_names_its_subscription_and_is_signed_for_no_other() -> None:
    mine, other = uuid4(), uuid4()
    assert urlsplit(LINKS.link(mine)).path == f"/v1/unsubscribe/{mine}"
    assert LINKS.is_signed(mine, signature(LINKS, mine))
    assert not LINKS.is_signed(other, signature(LINKS, mine))


def test_an_older_link_works_for_as_long_as_its_key_is_kept() -> None:
    mine = uuid4()
    before = signature(UnsubscribeLinks("https://notify.example", (OLD,)), mine)
    assert LINKS.is_signed(mine, before)
    assert not UnsubscribeLinks("https://notify.example", (NEW,)).is_signed(mine, before)
    assert signature(LINKS, mine) != before, "the newest key signs"


@given(st.text(max_size=60))
def test_nothing_else_is_a_signature(said: str) -> None:
    mine = UUID(int=7)
    assert LINKS.is_signed(mine, said) is (said == signature(LINKS, mine))


def test_without_a_key_or_an_address_there_is_no_link_and_nothing_is_signed() -> None:
    for links in (UnsubscribeLinks("", (NEW,)), UnsubscribeLinks("https://notify.example", ())):
        with pytest.raises(LookupError, match="NOTIFY_PUBLIC_URL"):
            links.link(uuid4())
    assert not UnsubscribeLinks("https://notify.example", ()).is_signed(uuid4(), "")


def test_a_key_for_one_purpose_is_none_for_another() -> None:
    key = Fernet.generate_key().decode()
    assert len({key.encode(), subkeys([key], "unsubscribe")[0], subkeys([key], "suppressions")[0]}) == 3


def test_a_mail_says_how_one_click_ends_it() -> None:
    mine = uuid4()
    headers = LINKS.headers(mine)
    assert headers["List-Unsubscribe"] == f"<{LINKS.link(mine)}>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_both_kinds_of_form_are_one_click_and_nothing_else_is() -> None:
    parts = b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
    assert is_one_click(b"List-Unsubscribe=One-Click")
    assert is_one_click(parts)
    assert not any(map(is_one_click, (b"", b"One-Click", b"List-Unsubscribe=No", b"{}")))
