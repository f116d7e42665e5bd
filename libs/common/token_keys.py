"""The keys that access tokens are checked against: of a file, or of an identity provider, found by discovery."""

import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import jwt

from common.errors import Unavailable
from common.settings import PlatformSettings

TIMEOUT_S = 5.0
LIFESPAN_S = 300.0
"""Keys are fetched again after so long: one that was withdrawn is trusted no longer than that."""
STALE_S = 3600.0
"""While the provider does not answer, the last keys are used until they are so old."""
RETRY_S = 5.0
"""Between two attempts at a provider that does not answer."""
LOOK_AGAIN_S = 30.0
"""An unknown key id may be a new key's: the keys are fetched once for it, and not again within so long, or whoever
sends made-up ids would have us ask the provider as often as they like."""
DISCOVERY = "/.well-known/openid-configuration"


class TokenKeys(Protocol):
    def present(self) -> object | None:
        """The set of keys in use, another object whenever it was read anew; None when it has to be read first."""

    async def find(self, key_id: str | None) -> jwt.PyJWK | None:
        """The key of that id; without an id, the only key there is. Raises Unavailable when the keys cannot be had."""


def token_keys(settings: PlatformSettings, seconds: Callable[[], float] = time.monotonic) -> TokenKeys:
    """Of JINGQIAO_JWKS, an address or a file; where that is empty, of the issuer, by OpenID Connect Discovery 1.0."""
    if _is_address(settings.jwks) or (not settings.jwks and _is_address(settings.issuer)):
        return RemoteKeys(settings, seconds)
    return FileKeys(Path(settings.jwks))


class FileKeys:
    """Read anew whenever the file has changed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read: tuple[float, jwt.PyJWKSet] | None = None

    def present(self) -> object | None:
        try:
            is_same = self._read is not None and self._read[0] == self._path.stat().st_mtime
        except OSError:
            return None
        return self._read if is_same else None

    async def find(self, key_id: str | None) -> jwt.PyJWK | None:
        try:
            changed_at = self._path.stat().st_mtime
            if self._read is None or self._read[0] != changed_at:
                self._read = (changed_at, jwt.PyJWKSet.from_dict(json.loads(self._path.read_text())))
        except (OSError, ValueError, jwt.PyJWTError) as error:
            raise Unavailable("The token keys cannot be read; check JINGQIAO_JWKS", "无法读取令牌公钥") from error
        return chosen(self._read[1], key_id)


class RemoteKeys:
    """Fetched by one request at a time, whoever else waits for them."""

    def __init__(self, settings: PlatformSettings, seconds: Callable[[], float]) -> None:
        self._settings, self._seconds = settings, seconds
        self._keys: jwt.PyJWKSet | None = None
        self._fetched_at = self._fresh_until = self._retry_at = self._look_again_at = float("-inf")
        self._fetching = asyncio.Lock()

    def present(self) -> object | None:
        return self._keys if self._seconds() < self._fresh_until else None

    async def find(self, key_id: str | None) -> jwt.PyJWK | None:
        if self.present() is None:
            await self._renew(self._keys)
        if (found := self._chosen(key_id)) is None and self._seconds() >= self._look_again_at:
            self._look_again_at = self._seconds() + LOOK_AGAIN_S
            await self._renew(self._keys)
            found = self._chosen(key_id)
        return found

    def _chosen(self, key_id: str | None) -> jwt.PyJWK | None:
        return None if self._keys is None else chosen(self._keys, key_id)

    async def _renew(self, former: jwt.PyJWKSet | None) -> None:
        """former  the keys that the caller found wanting: whoever waited while others were fetched takes those."""
        async with self._fetching:
            if self._keys is not former or (former is not None and self._seconds() < self._retry_at):
                return
            if self._seconds() < self._retry_at:
                raise _unreachable()
            try:
                self._keys = await asyncio.to_thread(self._fetched)
            except (OSError, ValueError, KeyError, TypeError, AttributeError, jwt.PyJWTError) as error:
                self._outlast(error)
                return
            self._fetched_at = self._seconds()
            self._fresh_until = self._fetched_at + LIFESPAN_S

    def _outlast(self, error: Exception) -> None:
        """Use the last keys on for a while. Raises Unavailable when there are none, or they are too old."""
        self._retry_at = self._fresh_until = self._seconds() + RETRY_S
        if self._keys is None or self._seconds() > self._fetched_at + STALE_S:
            self._keys = None
            raise _unreachable() from error

    def _fetched(self) -> jwt.PyJWKSet:
        address = self._settings.jwks or _discovered(self._settings.issuer)
        return _client(address).get_jwk_set()


def _client(address: str) -> jwt.PyJWKClient:
    """It gets one JSON object over http or https, follows no redirection and keeps nothing."""
    return jwt.PyJWKClient(address, cache_jwk_set=False, timeout=TIMEOUT_S)


def _discovered(issuer: str) -> str:
    """Where an issuer says that its keys are. Raises ValueError when it calls itself otherwise (Discovery 1.0 §4.3)."""
    said = _client(issuer.rstrip("/") + DISCOVERY).fetch_data()
    if said["issuer"] != issuer:
        raise ValueError(f"the issuer calls itself {said['issuer']}, not {issuer} as JINGQIAO_ISSUER has it")
    address: str = said["jwks_uri"]
    if not _is_address(address):
        raise ValueError("jwks_uri is no http address")
    return address


def chosen(keys: jwt.PyJWKSet, key_id: str | None) -> jwt.PyJWK | None:
    """The key of that id; without an id, the only key there is."""
    signing = [key for key in keys.keys if key.public_key_use in (None, "sig")]
    if key_id is None:
        return signing[0] if len(signing) == 1 else None
    return next((key for key in signing if key.key_id == key_id), None)


def _is_address(place: str) -> bool:
    return place.startswith(("https://", "http://"))


def _unreachable() -> Unavailable:
    return Unavailable("The identity provider does not answer", "身份认证服务无响应")
