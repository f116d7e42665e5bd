"""Which address is meant, and how it is kept unreadable; free of I/O."""

import hashlib
import hmac
from dataclasses import dataclass, field
from enum import StrEnum


class AddressKind(StrEnum):
    EMAIL = "email"


class SuppressionReason(StrEnum):
    """`bounce`: there is nobody at it. `complaint`: whoever is at it called a message unwanted. `request`: asked for by
    hand."""

    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    REQUEST = "request"


def normal(kind: AddressKind, address: str) -> str:
    """An address as it is compared: of e-mail, without regard to letter case. Raises ValueError when it is none."""
    plain = address.strip()
    local, at, domain = plain.rpartition("@")
    if not (local and at and domain) or not plain.isascii() or any(character <= " " for character in plain):
        raise ValueError("give an e-mail address such as someone@example.com")
    return f"{kind}:{local.lower()}@{domain.lower().rstrip('.')}"


@dataclass(frozen=True)
class AddressHashes:
    """Keyed hashes (HMAC-SHA256): without a key nobody finds out who is on the list by trying addresses.

    The first key hashes what is added; what any of them hashed is found, so a key stays until its rows are gone.
    """

    keys: tuple[bytes, ...] = field(repr=False)

    def newest(self, kind: AddressKind, address: str) -> str:
        """Raises as `every` does."""
        return self.every(kind, address)[0]

    def every(self, kind: AddressKind, address: str) -> tuple[str, ...]:
        """One for each key, in 64 hexadecimal digits. Raises LookupError without a key, as the list cannot be
        read then, and ValueError when it is no address."""
        if not self.keys:
            raise LookupError("suppressed addresses are kept as keyed hashes: set NOTIFY_SECRET_KEYS")
        said = normal(kind, address).encode()
        return tuple(hmac.new(key, said, hashlib.sha256).hexdigest() for key in self.keys)

    @property
    def key_ids(self) -> tuple[str, ...]:
        """What each key is called beside the rows it made; it tells nothing of the key."""
        return tuple(hmac.new(key, b"key id", hashlib.sha256).hexdigest()[:16] for key in self.keys)
