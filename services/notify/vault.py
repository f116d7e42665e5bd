"""Keeps secrets of receivers unreadable in the database and its backups, and derives the keys of other purposes."""

import base64
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_PLAIN = "plain:"
_SEALED = "sealed:"


class Vault:
    """Seals with the first key and opens with any, so that keys can be changed; without keys it seals nothing.

    Raises ValueError when a key is not 32 bytes in URL-safe base64.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        self._cipher = MultiFernet([Fernet(key) for key in keys]) if keys else None

    def seal(self, secret: str) -> str:
        if self._cipher is None:
            return _PLAIN + secret
        return _SEALED + self._cipher.encrypt(secret.encode()).decode()

    def open(self, sealed: str) -> str:
        """Raises LookupError when the key that sealed it is not among ours."""
        if sealed.startswith(_PLAIN):
            return sealed.removeprefix(_PLAIN)
        if self._cipher is None:
            raise LookupError("this secret is sealed and NOTIFY_SECRET_KEYS is empty")
        try:
            return self._cipher.decrypt(sealed.removeprefix(_SEALED)).decode()
        except InvalidToken as error:
            raise LookupError("no key in NOTIFY_SECRET_KEYS opens this secret") from error


def subkeys(keys: Sequence[str], purpose: str) -> tuple[bytes, ...]:
    """A key of 32 bytes for one purpose from each Fernet key, in their order, by HKDF-SHA256 (RFC 5869). What is known
    of one tells nothing of another, nor of the key they come from."""
    info = f"jingqiao {purpose}".encode()
    return tuple(HKDF(SHA256(), 32, salt=None, info=info).derive(base64.urlsafe_b64decode(key)) for key in keys)
