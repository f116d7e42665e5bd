"""What a deployment's broker is told is made once, and follows the code without forgetting whom to refuse."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from common.nats_claims import Holder, Key, claims_of, signed, token_in
from deploy.nats.__main__ import included
from deploy.nats.identities import Identities, resolver

AT = datetime(2026, 11, 30, tzinfo=UTC)


def organisations(identities: Identities, at: datetime, resolved: Path | None = None) -> tuple[str, str]:
    """The public key and the token of the account of organisations."""
    made = identities.make(at, resolved=resolved)["resolver_preload"]
    assert isinstance(made, dict)
    return next((key, token) for key, token in made.items() if claims_of(token)["name"] == "ORGANISATIONS")


def test_made_again_later_all_is_as_it_was(tmp_path: Path) -> None:
    identities = Identities(tmp_path)
    first = identities.make(AT)
    assert identities.make(AT + timedelta(days=1))["resolver_preload"] == first["resolver_preload"]


def test_credentials_follow_the_permissions_of_the_code(tmp_path: Path) -> None:
    identities = Identities(tmp_path)
    identities.make(AT)
    path = identities.credentials("catalog")
    before = path.read_text()
    path.write_text(before.replace(token_in(before), identities.credentials("matcher").read_text().splitlines()[1]))
    identities.make(AT)
    assert "catalog.>" in claims_of(token_in(path.read_text()))["nats"]["pub"]["allow"]


def test_new_claims_keep_the_revocations_that_a_server_was_told(tmp_path: Path) -> None:
    identities, resolved = Identities(tmp_path / "identities"), tmp_path / "accounts"
    public, token = organisations(identities, AT)
    revoked = {**claims_of(token)["nats"], "revocations": {"UA": 1}}
    resolved.mkdir()
    operator = Key((tmp_path / "identities" / "keys" / "operator.nk").read_text())
    (resolved / f"{public}.jwt").write_text(signed(operator, public, "ORGANISATIONS", revoked, at=AT))
    _, later = organisations(identities, AT + timedelta(days=1), resolved)
    assert claims_of(later)["nats"]["revocations"] == {"UA": 1}
    assert claims_of(later)["iat"] > claims_of(token)["iat"]


def test_a_key_names_its_holder_by_its_first_letter() -> None:
    assert [Key.new(kind).public[0] for kind in Holder] == ["O", "A", "U"]


def test_a_secret_key_is_not_shown() -> None:
    key = Key.new(Holder.USER)
    assert key.seed not in repr(key)


def test_what_is_included_has_no_braces_around_it() -> None:
    assert included({"resolver": resolver("/data/accounts")}).startswith('resolver: {\n "type": "full"')
