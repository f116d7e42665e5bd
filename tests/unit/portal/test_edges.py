"""What the portal does with what no page of its own sends, and with replies that lead elsewhere."""

import base64
import json
import secrets
import time
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm

from portal import sessions
from portal.api import ApiDown, ApiRefused, ApiReply
from portal.login.oidc import LoginAttempt, LoginFailed, Provider
from portal.sessions import Session
from portal.settings import PortalSettings
from tests.unit.portal.lent import DEMAND, LentPortal
from tests.unit.portal.test_saving import WHOLE

OTHER = "01890a5d-ac96-774b-bcce-b302099a8058"
MERGED = ApiReply(308, {"location": f"/v1/demands/{OTHER}"}, b"")


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None])
def test_a_form_from_elsewhere_is_not_kept_for_sending(origin: str | None) -> None:
    portal = LentPortal({})
    del portal.browser.headers["Origin"]
    headers = {} if origin is None else {"Origin": origin}
    reply = portal.browser.post(f"/mine/{DEMAND}/steps/withdraw", data={"reason": "theirs"}, headers=headers)
    assert (reply.status_code, "theirs" in reply.text) == (403, False)


def test_a_form_of_a_session_that_ended_is_kept_and_shown() -> None:
    reply = LentPortal({}).browser.post(f"/mine/{DEMAND}/steps/withdraw", data={"reason": "不再需要"})
    assert '<input type="hidden" name="reason" value="不再需要">' in reply.text
    assert "<dd>不再需要</dd>" in reply.text


@pytest.mark.parametrize(
    "path", [f"/mine/{DEMAND}", f"/mine/{DEMAND}/receipt?step=merge&version=4", f"/demands/{DEMAND}"]
)
def test_whoever_asks_for_a_merged_demand_is_sent_to_the_one_that_stands_for_it(path: str) -> None:
    reply = LentPortal({"catalog.read_demand": MERGED}, "reviewer").browser.get(path)
    assert (reply.status_code, reply.headers["location"]) == (303, f"/demands/{OTHER}")


@pytest.mark.parametrize(
    "path",
    [
        f"/mine/{DEMAND}/steps/copy",
        f"/mine/{DEMAND}/steps/nonsense",
        f"/mine/{DEMAND}/questions/{OTHER}/delete",
        f"/matches/{OTHER}/view",
    ],
)
def test_a_step_that_no_page_offers_is_not_there(path: str) -> None:
    portal = LentPortal({}, "publisher", "enterprise")
    assert portal.post(path).status_code == 404
    assert portal.apis.asked == []


@pytest.mark.parametrize("version", ["abc", "²", "9" * 5000])
def test_a_version_that_is_none_bases_a_change_on_nothing(version: str) -> None:
    portal = LentPortal(
        {"matcher.replace_profile": ApiRefused(404, {}), "catalog.read_demand": ApiRefused(404, {})}, "enterprise"
    )
    assert portal.post(f"/firm/profiles/{OTHER}", headline="x", version=version).status_code == 404
    assert portal.post(f"/mine/{DEMAND}/edit", title="x", version=version).status_code == 404


@pytest.mark.parametrize(("query", "status"), [("error=access_denied&state=s", 400), ("", 400)])
def test_a_login_that_was_not_completed_is_no_fault_of_a_server(query: str, status: int) -> None:
    assert LentPortal({}).browser.get(f"/login/callback?{query}").status_code == status


@pytest.mark.parametrize(("characters", "status"), [(1500, 303), (4000, 502)])
def test_a_token_that_no_cookie_holds_is_said_to_be_too_large(characters: int, status: int) -> None:
    portal = LentPortal({})
    token = secrets.token_urlsafe(characters)[:characters]

    class Known(Provider):
        async def session(self, *_: Any) -> Session:
            return Session(token, "uscc", "X1", "某公司", (), time.time() + 600)

    portal.app.state.provider = Known(portal.app.state.settings)
    attempt = portal.app.state.seal.closed(vars(LoginAttempt.begun("/desk")))
    portal.browser.cookies.set(sessions.LOGIN_COOKIE, attempt)
    reply = portal.browser.get("/login/callback?code=c")
    assert (reply.status_code, sessions.COOKIE in reply.cookies) == (status, status == 303)


@pytest.mark.parametrize(
    ("query", "status"),
    [("step=publish&version=3", 200), ("step=adopt&version=3", 303), ("step=publish&version=9", 303)],
)
def test_a_receipt_is_of_a_step_that_was_taken_otherwise_there_is_the_demand(query: str, status: int) -> None:
    step = {"action": "publish", "version": 3, "at": "2026-12-01T01:00:00Z"}
    replies = {"catalog.read_demand": {**WHOLE, "state": "published", "updated_at": "2027-01-01T00:00:00Z"}}
    replies |= {"catalog.list_demand_steps": {"items": [step], "cursor": None}}
    page = LentPortal(replies, "publisher").browser.get(f"/mine/{DEMAND}/receipt?{query}")
    assert (page.status_code, "JQ-20261201-" in page.text) == (status, status == 200)


def test_a_receipt_whose_step_nobody_can_tell_is_down_and_not_missing() -> None:
    portal = LentPortal({"catalog.read_demand": WHOLE, "catalog.list_demand_steps": ApiDown("catalog")}, "publisher")
    assert portal.browser.get(f"/mine/{DEMAND}/receipt?step=publish&version=3").status_code == 503


def platform(**said: Any) -> Provider:
    settings = PortalSettings(_env_file=None)
    return Provider(settings.model_copy(update={"platform": settings.platform.model_copy(update=said)}))


CLAIMS = {"sub": "s", "exp": 4e9, "org_scheme": "uscc", "org_code": "91370211MA3QDK2Q8B", "org_name": "某公司"}


@pytest.mark.parametrize(
    ("said", "claims", "roles"),
    [
        ({}, {"roles": ["demand_owner", "solver"]}, ("enterprise", "publisher")),
        ({}, {"roles": "publisher auditor"}, ("auditor", "publisher")),
        ({"claim_roles": "realm_access.roles"}, {"realm_access": {"roles": ["publisher"]}}, ("publisher",)),
    ],
)
def test_a_token_speaks_for_whom_the_services_take_it(said: Any, claims: Any, roles: tuple[str, ...]) -> None:
    session = platform(**said)._begun("token", {**CLAIMS, **claims})
    assert (session.scheme, session.roles) == ("uscc", roles)


def test_a_token_that_names_nobody_is_unusable() -> None:
    with pytest.raises(LoginFailed, match="unusable"):
        platform()._begun("token", {"sub": "s", "exp": 4e9})


KEY = {**json.loads(OKPAlgorithm.to_jwk(Ed25519PrivateKey.generate().public_key())), "kid": "k"}
KEYS = {"keys": [KEY]}


@pytest.mark.parametrize("header", [{"alg": "none"}, {"alg": "HS256", "kid": "k"}, {"alg": ["EdDSA"]}, {}, []])
def test_a_forged_token_is_unusable(header: Any) -> None:
    with pytest.raises(LoginFailed, match="unusable"):
        platform()._claims(KEYS, f"{_encoded(json.dumps(header))}.{_encoded('{}')}.", "portal")


def test_a_token_made_to_break_its_reader_is_unusable() -> None:
    with pytest.raises(LoginFailed, match="unusable"):
        platform()._claims(KEYS, f"{_encoded('[' * 100_000)}.{_encoded('{}')}.", "portal")


def _encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def test_logout_leaves_nothing_in_the_browser() -> None:
    reply = LentPortal({}, "publisher").post("/logout")
    assert reply.headers["clear-site-data"] == '"cache", "storage"'
    assert "Max-Age=0" in reply.headers["set-cookie"]
