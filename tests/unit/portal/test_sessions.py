"""Sessions: sealed, of limited life, and proved by their own forms."""

import dataclasses

from cryptography.fernet import Fernet

from portal.sessions import Seal, Session, form_proof, is_proved

A_DAY_S = 86_400
OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
SESSION = Session("token", "uscc", "X1", "某公司", ("enterprise",), expires_at=1_000.0)


def seal(*keys: str, at: float = 500.0) -> Seal:
    return Seal(keys, seconds=lambda: at)


def test_a_session_comes_back_from_its_cookie() -> None:
    assert seal(NEW).session(seal(NEW).of(SESSION), within_s=A_DAY_S) == SESSION


def test_nothing_of_it_can_be_read_from_the_cookie() -> None:
    cookie = seal(NEW).of(SESSION)
    assert not any(word in cookie for word in ("token", "enterprise", "expires_at"))


def test_a_cookie_of_an_older_key_still_holds_after_a_rotation() -> None:
    cookie = seal(OLD).of(SESSION)
    assert seal(NEW, OLD).session(cookie, within_s=A_DAY_S) == SESSION
    assert seal(NEW).session(cookie, within_s=A_DAY_S) is None


def test_a_session_ends_with_its_token_and_with_its_time() -> None:
    cookie = seal(NEW).of(SESSION)
    assert seal(NEW, at=1_000.0).session(cookie, within_s=A_DAY_S) is None
    assert seal(NEW, at=600.0).session(cookie, within_s=60) is None


def test_a_cookie_that_was_changed_is_nobody_s() -> None:
    cookie = seal(NEW).of(SESSION)
    assert seal(NEW).session(cookie[:-4] + "AAAA", within_s=A_DAY_S) is None
    assert seal(NEW).session("guess", within_s=A_DAY_S) is None


def test_a_form_is_proved_by_its_own_session_alone() -> None:
    other = dataclasses.replace(SESSION, key="another")
    proof = form_proof(SESSION.key)
    assert is_proved(SESSION.key, proof)
    assert not is_proved(other.key, proof)
    assert not any(is_proved(SESSION.key, wrong) for wrong in ("", "x", "é", proof[:-4] + "AAAA"))


def test_no_two_proofs_are_alike() -> None:
    assert form_proof(SESSION.key) != form_proof(SESSION.key)
