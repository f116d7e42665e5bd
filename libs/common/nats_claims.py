"""Keys and signed claims of the message broker: NATS's nkeys, its JSON web tokens, and the files that clients hold.

The form of the claims is that of github.com/nats-io/jwt, version 2. A server trusts an operator's key; the operator
signs accounts, and an account, or a signing key that its claims name, signs users.
"""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

_HEADER = {"typ": "JWT", "alg": "ed25519-nkey"}
Claims = dict[str, Any]


class Holder(Enum):
    """The first byte of a public key, by which its first letter is O, A or U."""

    OPERATOR = 14 << 3
    ACCOUNT = 0
    USER = 20 << 3


@dataclass(frozen=True)
class Key:
    """A pair of keys; `seed` is the secret one (SO…, SA…, SU…), `public` names its holder (O…, A…, U…)."""

    seed: str

    @classmethod
    def new(cls, holder: Holder) -> "Key":
        import nkeys  # by who makes keys or signs alone: a server that only reads a name needs neither it nor libsodium

        return cls(nkeys.encode_seed(secrets.token_bytes(32), holder.value).decode())

    @property
    def public(self) -> str:
        return str(self._pair().public_key.decode())

    def sign(self, message: bytes) -> bytes:
        return bytes(self._pair().sign(message))

    def _pair(self) -> Any:
        import nkeys

        return nkeys.from_seed(bytearray(self.seed.encode()))

    def __repr__(self) -> str:
        return f"Key({self.public})"


def signed(key: Key, subject: str, name: str, nats: Claims, *, at: datetime) -> str:
    """A token in which the holder of `key` says `nats` of `subject`, a public key. Repeated, it is the same token."""
    claims: Claims = {"iat": int(at.timestamp()), "iss": key.public, "name": name, "sub": subject, "nats": nats}
    claims["jti"] = base64.b32encode(hashlib.sha256(_compact(claims)).digest()).decode().rstrip("=")
    said = f"{_url_safe(_compact(_HEADER))}.{_url_safe(_compact(claims))}"
    return f"{said}.{_url_safe(key.sign(said.encode()))}"


def claims_of(token: str) -> Claims:
    """What a token says; its signature is not checked."""
    body = token.split(".")[1]
    claims: Claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return claims


def token_in(file: str) -> str:
    """The token of a .creds file. Raises ValueError when it has none."""
    _, begun, rest = file.partition("-----BEGIN NATS USER JWT-----\n")
    if not begun:
        raise ValueError("not a credentials file: no BEGIN NATS USER JWT in it")
    return rest.partition("\n")[0].strip()


def credentials(token: str, key: Key) -> str:
    """The file that NATS clients take as `.creds`: a user's token and its secret key."""
    return (
        f"-----BEGIN NATS USER JWT-----\n{token}\n------END NATS USER JWT------\n\n"
        f"-----BEGIN USER NKEY SEED-----\n{key.seed}\n------END USER NKEY SEED------\n"
    )


def user(allowed: "Permissions", *, issuer_account: str | None = None) -> Claims:
    """Claims of a user. `issuer_account` is named when not the account itself signs, but a signing key of it."""
    signer = {"issuer_account": issuer_account} if issuer_account else {}
    return {**allowed.claims(), "subs": -1, "data": -1, "payload": -1, "type": "user", "version": 2, **signer}


@dataclass(frozen=True)
class Permissions:
    """The subjects a user may publish on, and those it may subscribe to."""

    publish: tuple[str, ...]
    subscribe: tuple[str, ...]

    def claims(self) -> Claims:
        return {"pub": {"allow": list(self.publish)}, "sub": {"allow": list(self.subscribe)}}


def _compact(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), sort_keys=True).encode()


def _url_safe(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
