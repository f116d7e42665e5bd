"""The local token issuer."""

import json
from pathlib import Path

import jwt
import pytest

from common.roles import Role
from deploy.embedded import token_command
from deploy.embedded.errors import Refused
from deploy.embedded.options import parse, plan_of
from deploy.embedded.tokens import ROLES, TokenIssuer, issuer_of


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


@pytest.mark.parametrize("role", Role)
def test_every_role_is_explained(role: Role) -> None:
    assert ROLES[role]


@pytest.mark.parametrize(
    ("scheme", "code", "words"),
    [
        ("uscc", "91370211MA3QDK2Q8C", "the check character is 'C' but the other seventeen give 'B'"),
        ("uscc", "91370211MA3QDK2Q8", "has 18 characters, this has 17"),
        ("uscc", "91370211ma3qdk2q8b", "only digits and capitals"),
        ("USCC", "91370211MA3QDK2Q8B", "give a scheme such as uscc"),
        ("lei", "5299.00", "give 1 to 64 letters, digits, hyphens or underscores"),
    ],
)
def test_a_mistyped_code_gets_no_token(tmp_path: Path, scheme: str, code: str, words: str) -> None:
    asked = parse(["--home", str(tmp_path), "token", scheme, code, "某公司", "enterprise"], env={})
    with pytest.raises(Refused, match=words):
        token_command.issued(plan_of(asked), asked)


def test_a_right_code_gets_one(tmp_path: Path) -> None:
    words = ["--home", str(tmp_path), "token", "uscc", "91370211MA3QDK2Q8B", "某公司", "enterprise"]
    asked = parse(words, env={})
    plan = plan_of(asked)
    claims = claims_of(token_command.issued(plan, asked), issuer_of(plan))
    assert (claims["org_code"], claims["roles"]) == ("91370211MA3QDK2Q8B", ["enterprise"])


def test_only_the_owner_may_read_the_key(tmp_path: Path) -> None:
    TokenIssuer(tmp_path)
    assert (tmp_path / "issuer.key").stat().st_mode & 0o777 == 0o600
