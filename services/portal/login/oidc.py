"""Login by OpenID Connect: discovery, the authorisation code flow with PKCE, and whom the tokens speak for."""

import base64
import hashlib
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import jwt

from common import tokens
from common.errors import Unauthenticated
from common.principal import principal_from
from common.token_keys import DISCOVERY, chosen
from portal.sessions import Session
from portal.settings import PortalSettings

KNOWN_FOR_S = 300.0
Json = dict[str, Any]


class LoginFailed(Exception):
    """`code` names it in the message catalogues: provider_down, refused, stale, unusable, too_large."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class LoginAttempt:
    """What the browser keeps, sealed, until it comes back."""

    state: str
    nonce: str
    verifier: str
    next: str

    @classmethod
    def begun(cls, next: str) -> "LoginAttempt":
        return cls(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48), next)


class Provider:
    """The identity provider that JINGQIAO_ISSUER names."""

    def __init__(self, settings: PortalSettings, http: httpx.AsyncClient | None = None) -> None:
        self._settings = settings
        self._http = http or httpx.AsyncClient(timeout=settings.api_timeout_s, trust_env=False)
        self._found: tuple[float, Json] | None = None

    async def close(self) -> None:
        await self._http.aclose()

    async def address(self, attempt: LoginAttempt, redirect_uri: str, language: str) -> str:
        """Where somebody is sent to log in. Raises LoginFailed."""
        digest = hashlib.sha256(attempt.verifier.encode()).digest()
        query = {
            "response_type": "code",
            "client_id": self._settings.client_id,
            "redirect_uri": redirect_uri,
            "scope": "openid",
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
            "ui_locales": language,
        }
        return f"{(await self._discovered())['authorization_endpoint']}?{httpx.QueryParams(query)}"

    async def session(self, attempt: LoginAttempt, given: Mapping[str, str], redirect_uri: str) -> Session:
        """Who came back with a code. Raises LoginFailed."""
        issuer = self._settings.platform.issuer
        if given.get("state") != attempt.state or given.get("iss", issuer) != issuer:
            raise LoginFailed("stale")
        if "code" not in given:
            raise LoginFailed("refused")
        form = {
            "grant_type": "authorization_code",
            "code": given["code"],
            "redirect_uri": redirect_uri,
            "code_verifier": attempt.verifier,
        }
        found = await self._discovered()
        auth = (self._settings.client_id, self._settings.client_secret.get_secret_value())
        granted = await self._json("POST", found["token_endpoint"], data=form, auth=auth)
        keys = await self._json("GET", found["jwks_uri"])
        identity = self._claims(keys, granted.get("id_token", ""), self._settings.client_id)
        if identity.get("nonce") != attempt.nonce:
            raise LoginFailed("unusable")
        access = self._claims(keys, granted.get("access_token", ""), self._settings.platform.audience)
        return self._begun(granted["access_token"], access)

    def _begun(self, token: str, claims: Json) -> Session:
        ends = min(float(claims["exp"]), time.time() + self._settings.session_s)
        try:
            principal = principal_from(claims, self._settings.platform)
        except Unauthenticated:
            raise LoginFailed("unusable") from None
        key, roles = principal.organisation, tuple(sorted(map(str, principal.roles)))
        return Session(token, key.scheme, key.code, principal.organisation_name, roles, ends)

    def _claims(self, keys: Json, token: str, audience: str) -> Json:
        issuer, required = self._settings.platform.issuer, (*tokens.ALWAYS, "sub")
        try:
            key = chosen(jwt.PyJWKSet.from_dict(keys), tokens.key_id(token))
            if key is None:
                raise LoginFailed("unusable")
            return tokens.claims(token, key, issuer=issuer, audience=audience, required=required)
        except tokens.UNREADABLE:
            raise LoginFailed("unusable") from None

    async def _discovered(self) -> Json:
        if self._found is None or time.monotonic() - self._found[0] > KNOWN_FOR_S:
            issuer = self._settings.platform.issuer
            found = await self._json("GET", issuer.rstrip("/") + DISCOVERY)
            if found.get("issuer") != issuer:
                raise LoginFailed("unusable")
            self._found = (time.monotonic(), found)
        return self._found[1]

    async def _json(self, method: str, url: str, **sent: Any) -> Json:
        try:
            reply = await self._http.request(method, url, **sent)
            said = reply.json()
        except (httpx.HTTPError, httpx.InvalidURL, ValueError):
            raise LoginFailed("provider_down") from None
        if reply.status_code >= 400 or not isinstance(said, dict):
            raise LoginFailed("refused")
        return said
