"""Who is calling: verifies OIDC bearer tokens and says which organisation they speak for."""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Annotated, Any, NamedTuple

import jwt
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from fastapi.security.utils import get_authorization_scheme_param

from common import tokens
from common.errors import Unauthenticated
from common.principal import Principal as Principal
from common.principal import principal_from
from common.settings import PlatformSettings
from common.token_keys import token_keys

LONGEST = 16_384
"""Characters of a token; what is longer is not even taken apart."""
MOST_REMEMBERED = 4096
"""Tokens whose signature need not be checked again; each takes about a kilobyte."""
_bearer = HTTPBearer(auto_error=False, description="An OIDC access token (JWT).")


class _Verified(NamedTuple):
    """What a token was found to be. It holds for as long as the very keys stand that it was checked against."""

    principal: Principal
    expires_at: float
    keys: object


class Verifier:
    """Checks tokens against a JSON Web Key Set (`common/token_keys.py`).

    A token that was found valid is not checked again before it expires or the keys are read anew; it is remembered by
    its SHA-256 digest.
    """

    def __init__(self, settings: PlatformSettings, *, seconds: Callable[[], float] = time.time) -> None:
        """seconds  the present moment, seconds since 1970"""
        self._settings, self._seconds = settings, seconds
        self._remembered: OrderedDict[bytes, _Verified] = OrderedDict()
        self._keys = token_keys(settings)

    async def principal(self, token: str) -> Principal:
        """Raises Unauthenticated when the token is not valid now, Unavailable when the keys cannot be had."""
        if len(token) > LONGEST or not token.isascii():
            raise _unusable()
        return self.remembered(token) or await self._checked(token)

    def remembered(self, token: str) -> Principal | None:
        """Whom a token speaks for, if it was checked before and still holds."""
        known = self._remembered.get(digest := _digest(token))
        if known is None:
            return None
        if self._seconds() > known.expires_at + tokens.LEEWAY_S or known.keys is not self._keys.present():
            del self._remembered[digest]
            return None
        return known.principal

    async def _checked(self, token: str) -> Principal:
        keys = self._keys.present()
        key = await self._key_of(token)
        try:
            claims = self._claims(token, key)
            expires_at = float(claims["exp"])
        except jwt.ExpiredSignatureError as error:
            raise Unauthenticated("The access token has expired; get a new one", "访问令牌已过期") from error
        except jwt.ImmatureSignatureError as error:
            raise Unauthenticated("The access token is not valid yet", "访问令牌尚未生效") from error
        except tokens.UNREADABLE as error:
            raise _unusable() from error
        principal = principal_from(claims, self._settings)
        # Keys that were read anew meanwhile may not be those it was checked against.
        if keys is not None and keys is self._keys.present():
            self._remembered[_digest(token)] = _Verified(principal, expires_at, keys)
            if len(self._remembered) > MOST_REMEMBERED:
                self._remembered.popitem(last=False)
        return principal

    def _claims(self, token: str, key: jwt.PyJWK) -> dict[str, Any]:
        return tokens.claims(token, key, issuer=self._settings.issuer, audience=self._settings.audience)

    async def _key_of(self, token: str) -> jwt.PyJWK:
        try:
            key_id = tokens.key_id(token)
        except tokens.UNREADABLE as error:
            raise _unusable() from error
        if (key := await self._keys.find(key_id)) is None:
            raise _unusable()
        return key


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _unusable() -> Unauthenticated:
    return Unauthenticated("The access token is not one this deployment accepts", "访问令牌无效")


async def caller_of(request: Request) -> Principal | None:
    """Who sent a request, verified once; None without a token. Raises Unauthenticated for a token that is not valid."""
    known: Principal | None = getattr(request.state, "principal", None)
    if known is None and (credentials := await _bearer(request)) is not None:
        verifier: Verifier = request.app.state.verifier
        known = request.state.principal = await verifier.principal(credentials.credentials)
    return known


_Described = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
"""Named by the dependencies below so that the OpenAPI document says where a token is taken."""


async def _principal(request: Request, _: _Described) -> Principal:
    caller = await caller_of(request)
    if caller is None:
        raise Unauthenticated("Send `Authorization: Bearer <token>`", "请在 Authorization 请求头中带上访问令牌")
    return caller


PrincipalDep = Annotated[Principal, Depends(_principal)]
"""The caller; which roles they need, the table of permissions says."""


def bearer_token(request: Request) -> str:
    """The token of a request whose caller is known, for who has to look at it again later."""
    return get_authorization_scheme_param(request.headers["authorization"])[1]


async def _visitor(request: Request, _: _Described) -> Principal | None:
    caller = await caller_of(request)
    return caller if caller is not None and caller.roles else None


VisitorDep = Annotated[Principal | None, Depends(_visitor)]
"""The caller of a public route, None without a token, or with one that names no role: such a token is good for nothing
that everyone may not do. One that is not valid is refused all the same."""
