"""Reads JSON Web Tokens of the identity provider, whether they came with a request or with a login."""

from typing import Any

import jwt

ALGORITHMS = ("ES256", "RS256", "EdDSA")
TYPES = frozenset({"jwt", "at+jwt", "application/at+jwt"})
"""Of a token that says its type (RFC 9068 §2.1); what else an issuer signs, as for a logout, is not for us."""
LEEWAY_S = 30
"""How far the clocks of issuer and verifier may differ, either way."""
UNREADABLE = (jwt.PyJWTError, KeyError, TypeError, ValueError, ArithmeticError, RecursionError)
"""What becomes of tokens made to break whoever reads them: wrong types, endless numbers, a thousand brackets."""
ALWAYS = ("exp", "iat", "iss", "aud")


def key_id(token: str) -> str | None:
    """Of the key that a token says it was signed with, if it says so. Raises UNREADABLE."""
    header = jwt.get_unverified_header(token)
    if header["alg"] not in ALGORITHMS:
        raise jwt.InvalidAlgorithmError(f"tokens are signed with one of {', '.join(ALGORITHMS)}")
    if str(header.get("typ", "jwt")).lower() not in TYPES:
        raise jwt.InvalidTokenError(f"tokens are of one of the types {', '.join(sorted(TYPES))}")
    found: str | None = header.get("kid")
    return found


def claims(
    token: str, key: jwt.PyJWK, *, issuer: str, audience: str, required: tuple[str, ...] = ALWAYS
) -> dict[str, Any]:
    """What a token says that is valid now. Raises UNREADABLE, of which jwt.ExpiredSignatureError and
    jwt.ImmatureSignatureError are for one that is only too old or too new."""
    return jwt.decode(
        token,
        key,
        # A public key must never serve as the secret of another algorithm.
        algorithms=[key.algorithm_name],
        issuer=issuer,
        audience=audience,
        options={"require": list(required)},
        leeway=LEEWAY_S,
    )
