"""What the issuer is sent is read as bytes and digits, whatever it is."""

import base64
from pathlib import Path

import pytest

from deploy.embedded.issuer.codes import AuthorisationRequest, Chosen, Codes, RequestRefused
from deploy.embedded.issuer.server import IssuerServer, body_length
from deploy.embedded.tokens import TokenIssuer


@pytest.mark.parametrize(
    ("said", "length"), [(None, 0), ("12", 12), ("-1", None), ("abc", None), ("²", None), ("", None)]
)
def test_a_length_is_digits(said: str | None, length: int | None) -> None:
    assert body_length(said) == length


@pytest.mark.parametrize(
    ("form", "authorization"),
    [
        ({"client_id": "é", "client_secret": "x"}, ""),
        ({"client_id": "portal", "client_secret": "密"}, ""),
        ({}, "Basic é"),
        ({}, "Basic " + base64.b64encode("é:密".encode()).decode()),
    ],
)
def test_credentials_that_are_not_ascii_are_refused(tmp_path: Path, form: dict[str, str], authorization: str) -> None:
    server = IssuerServer(TokenIssuer(tmp_path), 8200, 8100)
    with pytest.raises(RequestRefused) as refused:
        server.exchange(form, authorization)
    assert refused.value.error == "invalid_client"


def test_a_challenge_that_is_not_ascii_fits_no_verifier() -> None:
    codes = Codes(lambda: 0.0)
    code = codes.issue(AuthorisationRequest("http://x/", "s", "n", "é" * 43), Chosen("uscc", "X1", "某", ()))
    with pytest.raises(RequestRefused, match="code_verifier"):
        codes.redeem(code, redirect_uri="http://x/", verifier="v" * 64)
