"""Sessions: all that the portal remembers of somebody, sealed in a cookie of theirs; nothing is stored here."""

import base64
import hashlib
import hmac
import json
import secrets
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

COOKIE = "jingqiao"
LOGIN_COOKIE = "jingqiao_login"
LANGUAGE_COOKIE = "jingqiao_language"
SALT_BYTES = 16
MOST_BYTES = 4096
"""Of a cookie with its name (RFC 6265 §6.1): browsers drop a larger one without a word."""


@dataclass(frozen=True)
class Session:
    """Who is logged in. `token` goes to the APIs; times are seconds since 1970."""

    token: str
    scheme: str
    code: str
    name: str
    roles: tuple[str, ...]
    expires_at: float
    key: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    """What forms are proved with."""

    def has(self, role: str) -> bool:
        return role in self.roles

    def owns(self, key: object) -> bool:
        """Whether an organisation, as the APIs name it, is this one."""
        return key == {"scheme": self.scheme, "code": self.code}


class Seal:
    """Encrypts what a cookie holds. Cookies of older keys are read, new ones are of the newest."""

    def __init__(self, keys: Sequence[str], *, seconds: Callable[[], float] = time.time) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in keys or [Fernet.generate_key().decode()]])
        self._seconds = seconds

    def closed(self, content: object) -> str:
        packed = zlib.compress(json.dumps(content, ensure_ascii=False).encode(), 9)
        return self._fernet.encrypt_at_time(packed, int(self._seconds())).decode()

    def opened(self, cookie: str | None, *, within_s: int) -> object:
        """None for what was not sealed here, or longer ago."""
        if not cookie:
            return None
        try:
            packed = self._fernet.decrypt_at_time(cookie.encode(), within_s, int(self._seconds()))
            found: object = json.loads(zlib.decompress(packed))
        except (InvalidToken, ValueError, zlib.error):
            return None
        return found

    def session(self, cookie: str | None, *, within_s: int) -> Session | None:
        """Who is logged in by this cookie; None when nobody is, or is no more."""
        found = self.opened(cookie, within_s=within_s)
        if not isinstance(found, dict) or float(found.get("expires_at", 0)) <= self._seconds():
            return None
        return Session(**{**found, "roles": tuple(found["roles"])})

    def of(self, session: Session) -> str:
        return self.closed(asdict(session))


def fits(name: str, value: str) -> bool:
    """Whether browsers keep a cookie."""
    return len(name) + len(value) <= MOST_BYTES


def form_proof(key: str) -> str:
    """What a form of this session carries: another each time, so that compression tells nothing of it."""
    salt = secrets.token_bytes(SALT_BYTES)
    return base64.urlsafe_b64encode(salt + _mac(key, salt)).decode()


def is_proved(key: str, proof: str) -> bool:
    try:
        raw = base64.urlsafe_b64decode(proof.encode())
    except ValueError:
        return False
    return hmac.compare_digest(_mac(key, raw[:SALT_BYTES]), raw[SALT_BYTES:])


def _mac(key: str, salt: bytes) -> bytes:
    return hmac.digest(key.encode(), salt, hashlib.sha256)
