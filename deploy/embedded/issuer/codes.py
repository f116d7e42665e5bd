"""Authorisation codes (RFC 6749 §4.1, RFC 7636): who may ask for one, and what it is exchanged for."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

CODE_LIFETIME_S = 60.0
RESPONSE_TYPE = "code"
CHALLENGE_METHOD = "S256"
CHALLENGE_LENGTH = 43
"""Characters of a SHA-256 digest in base64url without padding."""


class RequestRefused(Exception):
    """`error` is a code of RFC 6749 §5.2; the message names the parameter and what would be right."""

    def __init__(self, error: str, message: str) -> None:
        super().__init__(message)
        self.error = error


@dataclass(frozen=True)
class Client:
    """Who may send people here."""

    id: str
    secret: str
    redirect_uris: Collection[str]


@dataclass(frozen=True)
class AuthorisationRequest:
    redirect_uri: str
    state: str
    nonce: str
    challenge: str
    """Of the code verifier, S256."""


@dataclass(frozen=True)
class Chosen:
    """The organisation and role somebody chose, and as which of its persons."""

    scheme: str
    code: str
    name: str
    roles: tuple[str, ...]
    person: str = ""
    """Of the first, whom tokens of `deploy.embedded token` speak for, empty."""

    @property
    def subject(self) -> str:
        """The `sub` of the person."""
        return ":".join(part for part in (self.scheme, self.code, self.person) if part)


@dataclass(frozen=True)
class _Issued:
    asked: AuthorisationRequest
    chosen: Chosen
    expires_at: float


def authorisation_request(client: Client, given: Mapping[str, str]) -> AuthorisationRequest:
    """Raises RequestRefused for the first parameter that is not as it must be."""
    expected = {
        "client_id": client.id,
        "response_type": RESPONSE_TYPE,
        "code_challenge_method": CHALLENGE_METHOD,
    }
    for name, value in expected.items():
        if given.get(name) != value:
            raise RequestRefused("invalid_request", f"{name}: must be {value}")
    if given.get("redirect_uri") not in client.redirect_uris:
        raise RequestRefused("invalid_request", f"redirect_uri: must be one of {', '.join(client.redirect_uris)}")
    if len(given.get("code_challenge", "")) != CHALLENGE_LENGTH:
        raise RequestRefused("invalid_request", f"code_challenge: must have {CHALLENGE_LENGTH} characters")
    if "openid" not in given.get("scope", "").split():
        raise RequestRefused("invalid_scope", "scope: must contain openid")
    return AuthorisationRequest(
        given["redirect_uri"], given.get("state", ""), given.get("nonce", ""), given["code_challenge"]
    )


class Codes:
    """Each is good once, for a minute."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._issued: dict[str, _Issued] = {}

    def issue(self, asked: AuthorisationRequest, chosen: Chosen) -> str:
        now = self._seconds()
        self._issued = {code: each for code, each in self._issued.items() if each.expires_at > now}
        code = secrets.token_urlsafe(32)
        self._issued[code] = _Issued(asked, chosen, now + CODE_LIFETIME_S)
        return code

    def redeem(self, code: str, *, redirect_uri: str, verifier: str) -> tuple[Chosen, str]:
        """What was chosen, with the nonce of the request. Raises RequestRefused; the code is used up all the same."""
        issued = self._issued.pop(code, None)
        if issued is None or issued.expires_at <= self._seconds():
            raise RequestRefused("invalid_grant", "code: unknown, used or expired")
        if redirect_uri != issued.asked.redirect_uri:
            raise RequestRefused("invalid_grant", "redirect_uri: must be that of the authorisation request")
        if not hmac.compare_digest(challenge_of(verifier).encode(), issued.asked.challenge.encode()):
            raise RequestRefused("invalid_grant", "code_verifier: does not belong to the code_challenge")
        return issued.chosen, issued.asked.nonce


def challenge_of(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
