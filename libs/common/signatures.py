"""Ed25519 signatures (RFC 8032) over canonical JSON (RFC 8785); public keys are named by their thumbprint (RFC 7638).

A key is its `x` of RFC 8037: 32 bytes in base64url without padding. Anybody can check a signature with any library for
Ed25519: it is over the canonical bytes of the document and nothing else.
"""

import base64
import binascii
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from common.canonical import canonical, digest_of

KEY_LENGTH, SIGNATURE_LENGTH = 32, 64
"""Bytes."""
_SMALL_ORDER = frozenset(
    bytes.fromhex(low) + bytes([last | sign])
    for low, last in (
        ("01" + "00" * 30, 0x00),
        ("00" * 31, 0x00),
        ("ec" + "ff" * 30, 0x7F),
        ("ed" + "ff" * 30, 0x7F),
        ("ee" + "ff" * 30, 0x7F),
        ("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc", 0x05),
        ("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03", 0x7A),
    )
    for sign in (0x00, 0x80)
)
"""Points of order 1, 2, 4 and 8: under such a key one signature fits many documents, and libraries take it."""


def jwk(x: str) -> dict[str, str]:
    """The members that a thumbprint is of."""
    return {"crv": "Ed25519", "kty": "OKP", "x": x}


def thumbprint(x: str) -> str:
    """The key's id: SHA-256 of its canonical JWK in base64url."""
    return encoded(bytes.fromhex(digest_of(canonical(jwk(x)))))


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def decoded(text: str, length: int) -> bytes:
    """Raises ValueError unless it is the one way to write so many bytes in base64url without padding."""
    try:
        content = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError) as error:
        raise ValueError("not base64url") from error
    if len(content) != length or encoded(content) != text:
        raise ValueError(f"not {length} bytes in base64url without padding")
    return content


def public_key(x: str) -> Ed25519PublicKey:
    """Raises ValueError for what is no key, and for one under which a signature proves nothing."""
    content = decoded(x, KEY_LENGTH)
    if content in _SMALL_ORDER:
        raise ValueError("a point of small order")
    return Ed25519PublicKey.from_public_bytes(content)


def x_of(key: Ed25519PrivateKey) -> str:
    return encoded(key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw))


def sign(key: Ed25519PrivateKey, document: Any) -> str:
    """In base64url. Raises ValueError for a document that has no canonical JSON."""
    return encoded(key.sign(canonical(document)))


def is_signed(x: str, document: Any, signature: str) -> bool:
    """Whether this is the key's signature of the document. Raises ValueError for a document without canonical JSON."""
    content = canonical(document)
    try:
        public_key(x).verify(decoded(signature, SIGNATURE_LENGTH), content)
    except (InvalidSignature, ValueError):
        return False
    return True


def new_private_key() -> str:
    """PEM, PKCS #8, not encrypted: for a file that only its owner may read."""
    return (
        Ed25519PrivateKey.generate()
        .private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        .decode()
    )


def private_key(pem: str) -> Ed25519PrivateKey:
    """Raises ValueError for anything but an Ed25519 key without a password."""
    try:
        key = serialization.load_pem_private_key(pem.encode(), None)
    except (TypeError, ValueError) as error:
        raise ValueError("no private key without a password in PEM") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("a key of another kind than Ed25519")
    return key
