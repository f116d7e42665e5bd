"""Who is calling: verifies OIDC bearer tokens and says which organisation they speak for."""

import asyncio
import hashlib
import json
import time
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import jwt
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ConfigDict, ValidationError

from common.errors import Forbidden, Unauthenticated, Unavailable
from common.fields import OrganisationKey
from common.roles import Role
from common.settings import PlatformSettings

ALGORITHMS = ["ES256", "RS256", "EdDSA"]
LEEWAY_S = 30
MOST_REMEMBERED = 4096
"""Tokens whose signature need not be checked again; each takes about a kilobyte."""
_bearer = HTTPBearer(auto_error=False, description="An OIDC access token (JWT).")


class Principal(BaseModel):
    """A verified caller: one person or program acting for one organisation."""

    model_config = ConfigDict(frozen=True)

    subject: str
    organisation: OrganisationKey
    organisation_name: str
    roles: frozenset[str]

    @property
    def caller(self) -> str:
        """Names the caller in stored keys: organisation and subject."""
        return f"{self.organisation.scheme}:{self.organisation.code}:{self.subject}"


class _Verified(NamedTuple):
    """What a token was found to be. It holds for as long as the very keys stand that it was checked against."""

    principal: Principal
    expires_at: float
    keys: object


class Verifier:
    """Checks tokens against a JWKS, read from a file or fetched and cached for five minutes.

    A token that was found valid is not checked again before it expires or the keys are read anew; it is remembered by
    its SHA-256 digest.
    """

    def __init__(self, settings: PlatformSettings, *, seconds: Callable[[], float] = time.time) -> None:
        """seconds  the present moment, seconds since 1970"""
        self._settings, self._seconds = settings, seconds
        self._remembered: OrderedDict[bytes, _Verified] = OrderedDict()
        self._is_remote = settings.jwks.startswith("https://") or settings.jwks.startswith("http://")
        self._remote = jwt.PyJWKClient(settings.jwks, timeout=5, lifespan=300) if self._is_remote else None
        self._local: tuple[float, jwt.PyJWKSet] | None = None

    async def principal(self, token: str) -> Principal:
        """Raises Unauthenticated when the token is not valid now, Unavailable when the keys cannot be had."""
        return self.remembered(token) or await self._checked(token)

    def remembered(self, token: str) -> Principal | None:
        """Whom a token speaks for, if it was checked before and still holds."""
        known = self._remembered.get(digest := _digest(token))
        if known is None:
            return None
        if self._seconds() > known.expires_at + LEEWAY_S or known.keys is not self._present_keys():
            del self._remembered[digest]
            return None
        return known.principal

    async def _checked(self, token: str) -> Principal:
        keys = self._present_keys()
        key = await asyncio.to_thread(self._key_for, token)
        try:
            claims = jwt.decode(
                token,
                key,
                algorithms=ALGORITHMS,
                issuer=self._settings.issuer,
                audience=self._settings.audience,
                options={"require": ["exp", "iat", "sub", "iss", "aud"]},
                leeway=LEEWAY_S,
            )
            principal = _principal_from(claims)
        except jwt.ExpiredSignatureError as error:
            raise Unauthenticated("The access token has expired; get a new one", "访问令牌已过期") from error
        except (jwt.InvalidTokenError, ValidationError, KeyError, TypeError) as error:
            raise _unusable() from error
        # Keys that were read anew meanwhile may not be those it was checked against.
        if keys is not None and keys is self._present_keys():
            self._remembered[_digest(token)] = _Verified(principal, float(claims["exp"]), keys)
            if len(self._remembered) > MOST_REMEMBERED:
                self._remembered.popitem(last=False)
        return principal

    def _present_keys(self) -> object | None:
        """The keys in use, None when they have to be read first."""
        if self._remote is not None:
            return self._remote.jwk_set_cache.get() if self._remote.jwk_set_cache else None
        try:
            is_same = self._local is not None and self._local[0] == Path(self._settings.jwks).stat().st_mtime
        except OSError:
            return None
        return self._local if is_same else None

    def _key_for(self, token: str) -> Any:
        try:
            if self._remote is not None:
                return self._remote.get_signing_key_from_jwt(token).key
            return self._local_keys()[jwt.get_unverified_header(token)["kid"]].key
        except jwt.PyJWKClientConnectionError as error:
            raise Unavailable("The identity provider does not answer", "身份认证服务无响应") from error
        except (jwt.PyJWTError, KeyError, TypeError) as error:
            raise _unusable() from error

    def _local_keys(self) -> jwt.PyJWKSet:
        path = Path(self._settings.jwks)
        try:
            changed_at = path.stat().st_mtime
            if self._local is None or self._local[0] != changed_at:
                self._local = (changed_at, jwt.PyJWKSet.from_dict(json.loads(path.read_text())))
        except (OSError, ValueError) as error:
            raise Unavailable("The token keys cannot be read; check JINGQIAO_JWKS", "无法读取令牌公钥") from error
        return self._local[1]


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _unusable() -> Unauthenticated:
    return Unauthenticated("The access token is not one this deployment accepts", "访问令牌无效")


def _principal_from(claims: dict[str, Any]) -> Principal:
    return Principal(
        subject=claims["sub"],
        organisation=OrganisationKey(scheme=claims["org_scheme"], code=claims["org_code"]),
        organisation_name=claims["org_name"],
        roles=frozenset(claims["roles"]),
    )


async def _principal(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Principal:
    if credentials is None:
        raise Unauthenticated("Send `Authorization: Bearer <token>`", "请在 Authorization 请求头中带上访问令牌")
    verifier: Verifier = request.app.state.verifier
    principal = await verifier.principal(credentials.credentials)
    request.state.principal = principal
    return principal


PrincipalDep = Annotated[Principal, Depends(_principal)]


async def _visitor(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Principal | None:
    return None if credentials is None else await _principal(request, credentials)


VisitorDep = Annotated[Principal | None, Depends(_visitor)]
"""The caller of a public route, None without a token; a token that is not valid is refused all the same."""


async def _enterprise(principal: PrincipalDep) -> Principal:
    if Role.ENTERPRISE not in principal.roles:
        raise Forbidden(f"The token needs the role {Role.ENTERPRISE}", f"令牌需要具有角色：{Role.ENTERPRISE}")
    return principal


EnterpriseDep = Annotated[Principal, Depends(_enterprise)]
"""A caller who acts for an enterprise."""
