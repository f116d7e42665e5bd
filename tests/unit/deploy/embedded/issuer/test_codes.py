"""Authorisation codes: who gets one, and how often it is good."""

import pytest

from deploy.embedded.issuer.codes import (
    CODE_LIFETIME_S,
    AuthorisationRequest,
    Chosen,
    Client,
    Codes,
    RequestRefused,
    authorisation_request,
    challenge_of,
)

CALLBACK = "http://127.0.0.1:8100/login/callback"
CLIENT = Client("portal", "secret", [CALLBACK])
CHOSEN = Chosen("uscc", "91370211MA3QDK2Q8B", "青岛港（示例）", ("publisher",))
VERIFIER = "v" * 64
GIVEN = {
    "client_id": "portal",
    "response_type": "code",
    "redirect_uri": CALLBACK,
    "scope": "openid",
    "state": "s",
    "nonce": "n",
    "code_challenge": challenge_of(VERIFIER),
    "code_challenge_method": "S256",
}
ASKED = AuthorisationRequest(CALLBACK, "s", "n", challenge_of(VERIFIER))


def test_the_challenge_is_that_of_the_standard() -> None:
    # RFC 7636, appendix B
    assert challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_a_whole_request_is_taken() -> None:
    assert authorisation_request(CLIENT, GIVEN) == ASKED


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("client_id", "another"),
        ("response_type", "token"),
        ("redirect_uri", "https://elsewhere.example/login/callback"),
        ("code_challenge_method", "plain"),
        ("code_challenge", ""),
        ("scope", "profile"),
    ],
)
def test_anything_else_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(RequestRefused, match=name):
        authorisation_request(CLIENT, {**GIVEN, name: value})


def test_a_code_is_good_once() -> None:
    codes = Codes(lambda: 0.0)
    code = codes.issue(ASKED, CHOSEN)
    assert codes.redeem(code, redirect_uri=CALLBACK, verifier=VERIFIER) == (CHOSEN, "n")
    with pytest.raises(RequestRefused, match="used"):
        codes.redeem(code, redirect_uri=CALLBACK, verifier=VERIFIER)


@pytest.mark.parametrize(
    ("redirect_uri", "verifier", "name"),
    [("http://127.0.0.1:1/", VERIFIER, "redirect_uri"), (CALLBACK, "another", "code_verifier")],
)
def test_a_stolen_code_is_worth_nothing_and_is_used_up(redirect_uri: str, verifier: str, name: str) -> None:
    codes = Codes(lambda: 0.0)
    code = codes.issue(ASKED, CHOSEN)
    with pytest.raises(RequestRefused, match=name):
        codes.redeem(code, redirect_uri=redirect_uri, verifier=verifier)
    with pytest.raises(RequestRefused, match="used"):
        codes.redeem(code, redirect_uri=CALLBACK, verifier=VERIFIER)


def test_a_code_expires() -> None:
    moments = iter([0.0, CODE_LIFETIME_S])
    codes = Codes(lambda: next(moments))
    code = codes.issue(ASKED, CHOSEN)
    with pytest.raises(RequestRefused, match="expired"):
        codes.redeem(code, redirect_uri=CALLBACK, verifier=VERIFIER)
