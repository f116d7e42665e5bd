"""A sealed secret cannot be read without its key, and keys can be changed."""

import pytest
from cryptography.fernet import Fernet

from notify.vault import Vault

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_a_sealed_secret_comes_back_and_cannot_be_read_as_stored() -> None:
    sealed = Vault([NEW]).seal(SECRET)
    assert SECRET.removeprefix("whsec_") not in sealed
    assert Vault([NEW]).open(sealed) == SECRET


def test_what_an_older_key_sealed_can_still_be_opened() -> None:
    assert Vault([NEW, OLD]).open(Vault([OLD]).seal(SECRET)) == SECRET


def test_what_was_stored_before_there_was_a_key_can_still_be_opened() -> None:
    assert Vault([NEW]).open(Vault([]).seal(SECRET)) == SECRET


@pytest.mark.parametrize("keys", [[], [OLD]])
def test_without_its_key_a_secret_stays_shut(keys: list[str]) -> None:
    with pytest.raises(LookupError, match="NOTIFY_SECRET_KEYS"):
        Vault(keys).open(Vault([NEW]).seal(SECRET))


def test_a_key_that_is_none_is_refused_at_the_start() -> None:
    with pytest.raises(ValueError, match="32"):
        Vault(["short"])
