"""Keeps what is private unreadable in a database and its backups, and derives the keys of other purposes."""

import base64
import hashlib
import re
from collections.abc import Sequence
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic_core import from_json, to_json

_PLAIN = "plain:"
_SEALED = "sealed:"
_SEALED_JSON = re.compile(rb'\{"key": ?"([0-9a-f]{16})", ?"sealed": ?"([\w=-]+)"\}')
"""As we write it, and as PostgreSQL writes JSONB: shorter names first, with blanks."""


class Vault:
    """Seals with the first key and opens with any, so that keys can be changed; without keys it seals nothing.

    A secret is sealed as a word. JSON is sealed as a JSON object of the key's id and the ciphertext (Fernet:
    AES-128-CBC with HMAC-SHA256), so that it fits where it stood, and what an older key sealed is found unopened.

    Raises ValueError when a key is not 32 bytes in URL-safe base64.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        self._cipher = MultiFernet([Fernet(key) for key in keys]) if keys else None
        self.key_id = key_id(keys[0]) if keys else None

    def seal(self, secret: str) -> str:
        if self._cipher is None:
            return _PLAIN + secret
        return _SEALED + self._cipher.encrypt(secret.encode()).decode()

    def open(self, sealed: str) -> str:
        """Raises LookupError when the key that sealed it is not among ours."""
        if sealed.startswith(_PLAIN):
            return sealed.removeprefix(_PLAIN)
        return self._decrypted(sealed.removeprefix(_SEALED).encode()).decode()

    def seal_bytes(self, plain: bytes) -> bytes:
        """JSON text, or the content of a file, as JSON text."""
        if self._cipher is not None:
            return b'{"key":"%s","sealed":"%s"}' % ((self.key_id or "").encode(), self._cipher.encrypt(plain))
        # What looks sealed and is not must not be opened; a blank behind it changes nothing in JSON.
        return plain + b" " if _SEALED_JSON.fullmatch(plain) else plain

    def open_bytes(self, stored: bytes) -> bytes:
        """Raises LookupError as `open` does. What was stored before there were keys comes back as it is."""
        found = _SEALED_JSON.fullmatch(stored)
        return self._decrypted(found[2]) if found else stored

    def seal_text(self, plain: str) -> str:
        return self.seal_bytes(plain.encode()).decode()

    def open_text(self, stored: str) -> str:
        return self.open_bytes(stored.encode()).decode()

    def seal_json(self, plain: Any) -> Any:
        """The object that stands in place of a value; the value itself without keys."""
        return plain if self._cipher is None else from_json(self.seal_bytes(to_json(plain)))

    def open_json(self, stored: Any) -> Any:
        return from_json(self._decrypted(stored["sealed"].encode())) if is_sealed(stored) else stored

    def _decrypted(self, token: bytes) -> bytes:
        if self._cipher is None:
            raise LookupError("this is sealed and SECRET_KEYS is empty")
        try:
            return self._cipher.decrypt(token)
        except InvalidToken as error:
            raise LookupError("no key in SECRET_KEYS opens this") from error


def is_sealed(stored: Any) -> bool:
    return isinstance(stored, dict) and stored.keys() == {"key", "sealed"}


def key_id(key: str) -> str:
    """What tells keys apart and gives none away: they are 256 random bits."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def subkeys(keys: Sequence[str], purpose: str) -> tuple[bytes, ...]:
    """A key of 32 bytes for one purpose from each Fernet key, in their order, by HKDF-SHA256 (RFC 5869). What is known
    of one tells nothing of another, nor of the key they come from."""
    info = f"jingqiao {purpose}".encode()
    return tuple(HKDF(SHA256(), 32, salt=None, info=info).derive(base64.urlsafe_b64decode(key)) for key in keys)
