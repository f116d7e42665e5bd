"""Links by which whoever reads a message ends the subscription it came by, without a token (RFC 8058)."""

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Self
from uuid import UUID

from notify.settings import NotifySettings
from notify.vault import subkeys

PATH = "/v1/unsubscribe"
ONE_CLICK = "List-Unsubscribe=One-Click"
"""What the request that a mail program makes says in its body."""
_SIGNED_FOR = b"jingqiao unsubscribe 1\n"
"""Before the id in what is signed, so that no signature of another kind can stand for one of these."""


@dataclass(frozen=True)
class UnsubscribeLinks:
    """Signs with the first key and believes any, so that keys can be changed: a link in an old message works for as
    long as the key that signed it is kept.

    public_url  where receivers reach notify; empty where nobody said
    """

    public_url: str
    keys: tuple[bytes, ...] = field(repr=False)

    @classmethod
    def of(cls, settings: NotifySettings) -> Self:
        secrets = [key.get_secret_value() for key in settings.secret_keys]
        return cls(settings.public_url.rstrip("/"), subkeys(secrets, "unsubscribe"))

    def link(self, subscription_id: UUID) -> str:
        """The link that ends this subscription and no other. Raises LookupError where notify lacks a key or does not
        know where it is reached."""
        if not self.keys or not self.public_url:
            raise LookupError("unsubscribing links need NOTIFY_SECRET_KEYS and NOTIFY_PUBLIC_URL")
        return f"{self.public_url}{PATH}/{subscription_id}?signature={_signature(self.keys[0], subscription_id)}"

    def headers(self, subscription_id: UUID) -> dict[str, str]:
        """What a mail says of it (RFC 2369 and 8058). Raises as `link` does."""
        return {"List-Unsubscribe": f"<{self.link(subscription_id)}>", "List-Unsubscribe-Post": ONE_CLICK}

    def is_signed(self, subscription_id: UUID, signature: str) -> bool:
        given = signature.encode(errors="replace")
        return any(hmac.compare_digest(_signature(key, subscription_id).encode(), given) for key in self.keys)


def is_one_click(body: bytes) -> bool:
    """Whether a form says so, URL-encoded or in parts (both are allowed by RFC 8058)."""
    return body == ONE_CLICK.encode() or (b'name="List-Unsubscribe"' in body and b"One-Click" in body)


def _signature(key: bytes, subscription_id: UUID) -> str:
    """HMAC-SHA256 in URL-safe base64 without padding, 43 characters."""
    signed = hmac.digest(key, _SIGNED_FOR + subscription_id.bytes, hashlib.sha256)
    return base64.urlsafe_b64encode(signed).decode().rstrip("=")
