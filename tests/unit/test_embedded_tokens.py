"""The local token issuer."""

import json
from pathlib import Path

import jwt
import pytest

from deploy.embedded.tokens import TokenIssuer


def claims_of(token: str, issuer: TokenIssuer) -> dict[str, object]:
    keys = jwt.PyJWKSet.from_dict(json.loads(issuer.jwks.read_text()))
    key = keys[jwt.get_unverified_header(token)["kid"]]
    claims: dict[str, object] = jwt.decode(
        token, key, algorithms=["EdDSA"], issuer=issuer.issuer, audience=issuer.audience
    )
    return claims


def test_a_token_verifies_against_the_published_keys(tmp_path: Path) -> None:
    issuer = TokenIssuer(tmp_path)
    token = issuer.mint("uscc", "11320000MB151840XJ", "某局", ["publisher"])
    claims = claims_of(token, issuer)
    assert (claims["org_scheme"], claims["org_code"], claims["org_name"], claims["roles"]) == (
        "uscc",
        "11320000MB151840XJ",
        "某局",
        ["publisher"],
    )


def test_a_token_of_an_earlier_run_stays_valid(tmp_path: Path) -> None:
    token = TokenIssuer(tmp_path).mint("uscc", "X1", "某公司", ["enterprise"])
    assert claims_of(token, TokenIssuer(tmp_path))["org_code"] == "X1"


def test_a_token_of_another_issuer_does_not_verify(tmp_path: Path) -> None:
    stranger = TokenIssuer(tmp_path / "stranger").mint("uscc", "X1", "某公司", ["enterprise"])
    keys = json.loads(TokenIssuer(tmp_path / "ours").jwks.read_text())
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(stranger, jwt.PyJWK(keys["keys"][0]), algorithms=["EdDSA"], audience="jingqiao")


def test_a_token_ends(tmp_path: Path) -> None:
    issuer = TokenIssuer(tmp_path)
    with pytest.raises(jwt.ExpiredSignatureError):
        claims_of(issuer.mint("uscc", "X1", "某公司", ["enterprise"], lifetime_s=-1), issuer)


def test_an_unknown_role_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="king"):
        TokenIssuer(tmp_path).mint("uscc", "X1", "某公司", ["king"])


def test_only_the_owner_may_read_the_key(tmp_path: Path) -> None:
    TokenIssuer(tmp_path)
    assert (tmp_path / "issuer.key").stat().st_mode & 0o777 == 0o600
