"""The login page of `make run`: from the choice of an organisation to a token that the services accept."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pytest

from deploy.embedded.issuer.codes import challenge_of
from deploy.embedded.issuer.server import IssuerServer
from deploy.embedded.ports import LOOPBACK, free_port
from deploy.embedded.tokens import TokenIssuer

VERIFIER = "v" * 64
Claims = dict[str, Any]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[IssuerServer]:
    port = free_port()
    started = IssuerServer(TokenIssuer(tmp_path, issuer=f"http://{LOOPBACK}:{port}"), port, 8100)
    started.start()
    yield started
    started.stop()


@pytest.fixture
def browser(server: IssuerServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.issuer.issuer, trust_env=False) as client:
        yield client


def asking(**changed: str) -> dict[str, str]:
    return {
        "client_id": "portal",
        "response_type": "code",
        "redirect_uri": "http://127.0.0.1:8100/login/callback",
        "scope": "openid",
        "state": "s",
        "nonce": "n",
        "code_challenge": challenge_of(VERIFIER),
        "code_challenge_method": "S256",
        **changed,
    }


def code_for(browser: httpx.Client, **choice: str) -> str:
    reply = browser.post("/authorize", params=asking(), data=choice)
    assert reply.status_code == 303, reply.text
    back = parse_qs(urlsplit(reply.headers["location"]).query)
    assert (back["state"], back["iss"]) == (["s"], [str(browser.base_url).rstrip("/")])
    return back["code"][0]


def exchanged(browser: httpx.Client, server: IssuerServer, code: str, **changed: str) -> httpx.Response:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": asking()["redirect_uri"],
        "code_verifier": VERIFIER,
        **changed,
    }
    return browser.post("/token", data=form, auth=(server.client.id, server.client.secret))


def claims_of(browser: httpx.Client, token: str, audience: str) -> Claims:
    keys = jwt.PyJWKSet.from_dict(browser.get("/jwks.json").json())
    key = keys[jwt.get_unverified_header(token)["kid"]]
    claims: Claims = jwt.decode(
        token, key.key, algorithms=["EdDSA"], audience=audience, issuer=str(browser.base_url).rstrip("/")
    )
    return claims


def test_discovery_leads_to_every_address(browser: httpx.Client) -> None:
    said = browser.get("/.well-known/openid-configuration").json()
    assert said["issuer"] == str(browser.base_url).rstrip("/")
    assert browser.get(said["jwks_uri"]).json()["keys"][0]["alg"] == "EdDSA"
    assert browser.get(said["authorization_endpoint"], params=asking()).status_code == 200
    assert browser.post(said["token_endpoint"]).status_code == 401


def test_a_choice_becomes_tokens_of_that_organisation(browser: httpx.Client, server: IssuerServer) -> None:
    tokens = exchanged(browser, server, code_for(browser, organisation="haiji-vision", role="enterprise")).json()
    access = claims_of(browser, tokens["access_token"], "jingqiao")
    assert (access["org_code"], access["roles"]) == ("91370211MAWJLKDP77", ["enterprise"])
    identity = claims_of(browser, tokens["id_token"], "portal")
    assert (identity["nonce"], identity["sub"]) == ("n", "uscc:91370211MAWJLKDP77")


def test_two_persons_of_an_organisation_have_subjects_of_their_own(browser: httpx.Client, server: IssuerServer) -> None:
    choice = {"organisation": "haiji-vision", "role": "enterprise", "person": "colleague"}
    tokens = exchanged(browser, server, code_for(browser, **choice)).json()
    access = claims_of(browser, tokens["access_token"], "jingqiao")
    assert (access["org_code"], access["sub"]) == ("91370211MAWJLKDP77", "uscc:91370211MAWJLKDP77:colleague")
    assert claims_of(browser, tokens["id_token"], "portal")["sub"] == access["sub"]
    unknown = browser.post("/authorize", params=asking(), data=choice | {"person": "nobody"})
    assert (unknown.status_code, "person:" in unknown.text) == (400, True)


def test_an_organisation_that_is_no_sample_may_enter_too(browser: httpx.Client, server: IssuerServer) -> None:
    code = code_for(browser, scheme="lei", code="ABC123", name="某公司", role="publisher")
    access = claims_of(browser, exchanged(browser, server, code).json()["access_token"], "jingqiao")
    assert (access["org_scheme"], access["org_code"], access["org_name"]) == ("lei", "ABC123", "某公司")


def test_the_page_speaks_both_languages(browser: httpx.Client) -> None:
    assert "选择示例单位" in browser.get("/authorize", params=asking()).text
    assert "Choose a sample organisation" in browser.get("/authorize", params=asking(ui_locales="en")).text


def test_a_mistyped_code_is_said_on_the_page(browser: httpx.Client) -> None:
    wrong = {"scheme": "uscc", "code": "<b>", "name": "x", "role": "enterprise"}
    reply = browser.post("/authorize", params=asking(), data=wrong)
    assert (reply.status_code, "无法进入" in reply.text, "<b>" in reply.text) == (400, True, False)


def test_a_code_without_its_verifier_is_worth_nothing(browser: httpx.Client, server: IssuerServer) -> None:
    code = code_for(browser, organisation="haiji-vision", role="enterprise")
    reply = exchanged(browser, server, code, code_verifier="w" * 64)
    assert (reply.status_code, reply.json()["error"]) == (400, "invalid_grant")


def test_a_wrong_secret_gets_no_token(browser: httpx.Client) -> None:
    reply = browser.post("/token", data={"grant_type": "authorization_code"}, auth=("portal", "guessed"))
    assert (reply.status_code, reply.json()["error"]) == (401, "invalid_client")


def test_nobody_is_sent_to_an_address_of_others(browser: httpx.Client) -> None:
    reply = browser.get("/authorize", params=asking(redirect_uri="https://elsewhere.example/"))
    assert (reply.status_code, "location" in reply.headers) == (400, False)


def test_a_name_from_elsewhere_that_points_here_reads_nothing(browser: httpx.Client) -> None:
    reply = browser.get("/.well-known/openid-configuration", headers={"Host": "rebound.example"})
    assert reply.status_code == 403


def test_no_other_machine_can_reach_it(server: IssuerServer) -> None:
    port = urlsplit(server.issuer.issuer).port
    with socket.socket() as other:  # a listener on all addresses would hold this one, too
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.2", port or 0))


def test_the_portal_s_secret_is_its_owner_s_alone(server: IssuerServer, tmp_path: Path) -> None:
    assert (tmp_path / "portal.secret").stat().st_mode & 0o777 == 0o600
    again = IssuerServer(TokenIssuer(tmp_path, issuer=server.issuer.issuer), free_port(), 8100)
    assert again.portal_settings == server.portal_settings
