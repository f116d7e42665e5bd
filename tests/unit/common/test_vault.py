"""A sealed secret cannot be read without its key, and keys can be changed."""

import json

import pytest
from cryptography.fernet import Fernet

from common.vault import Vault, key_id

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
    with pytest.raises(LookupError, match="SECRET_KEYS"):
        Vault(keys).open(Vault([NEW]).seal(SECRET))


def test_a_key_that_is_none_is_refused_at_the_start() -> None:
    with pytest.raises(ValueError, match="32"):
        Vault(["short"])


CONTACT = {"name": "示例联系人", "phone": "0532-00000000", "email": None}


def test_sealed_json_names_its_key_and_says_nothing_else() -> None:
    vault = Vault([NEW, OLD])
    sealed = vault.seal_json(CONTACT)
    assert sealed.keys() == {"key", "sealed"}
    assert (sealed["key"], vault.open_json(sealed)) == (key_id(NEW), CONTACT)
    assert not {"示例联系人", "0532"} & {json.dumps(sealed, ensure_ascii=False)}


@pytest.mark.parametrize("written", [(", ", ": "), (",", ":")], ids=["as PostgreSQL", "as we"])
def test_sealed_json_is_known_as_text_however_it_is_written(written: tuple[str, str]) -> None:
    text = json.dumps(Vault([NEW]).seal_json(CONTACT), separators=written)
    assert json.loads(Vault([NEW]).open_text(text)) == CONTACT


@pytest.mark.parametrize("stored", [CONTACT, [], [{"text": "甲"}], {"key": "a"}])
def test_json_of_before_there_were_keys_comes_back_as_it_is(stored: object) -> None:
    assert Vault([NEW]).open_json(stored) == stored
    assert Vault([NEW]).open_text(json.dumps(stored)) == json.dumps(stored)


def test_what_only_looks_sealed_is_not_opened() -> None:
    forged = Vault([OLD]).seal_bytes(b"{}")
    stored = Vault([]).seal_bytes(forged)
    assert Vault([]).open_bytes(stored).strip() == Vault([NEW]).open_bytes(stored).strip() == forged
    assert Vault([NEW]).open_bytes(Vault([NEW]).seal_bytes(forged)) == forged


@pytest.mark.parametrize("keys", [[], [OLD]])
def test_without_its_key_sealed_json_stays_shut(keys: list[str]) -> None:
    with pytest.raises(LookupError, match="SECRET_KEYS"):
        Vault(keys).open_json(Vault([NEW]).seal_json(CONTACT))
