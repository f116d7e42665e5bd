"""One way to write JSON, so that equal content has equal bytes and one digest, whoever writes it (RFC 8785)."""

import hashlib
from typing import Any

import rfc8785


def canonical(document: Any) -> bytes:
    """The canonical JSON of an object. Raises ValueError for what has none: NaN, whole numbers beyond 2⁵³."""
    return rfc8785.dumps(document)


def digest_of(content: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def digest(document: Any) -> str:
    """SHA-256 of the canonical JSON."""
    return digest_of(canonical(document))
