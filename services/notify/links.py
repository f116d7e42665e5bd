"""Links by which whoever has one may do one thing with one subscription, without a token."""

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from typing import ClassVar, Self
from uuid import UUID

from common.vault import subkeys
from notify.settings import NotifySettings


@dataclass(frozen=True)
class SignedLinks:
    """Signs with the first key and believes any, so that keys can be changed: a link in an old message works for as
    long as the key that signed it is kept.

    public_url  where receivers reach notify; empty where nobody said
    path        where links of this kind lead, before the subscription's id
    purpose     that the keys are derived for, and that stands before what is signed: no signature of another kind can
                stand for one of these
    """

    public_url: str
    keys: tuple[bytes, ...] = field(repr=False)
    path: ClassVar[str]
    purpose: ClassVar[str]

    @classmethod
    def of(cls, settings: NotifySettings) -> Self:
        secrets = [key.get_secret_value() for key in settings.secret_keys]
        return cls(settings.public_url.rstrip("/"), subkeys(secrets, cls.purpose))

    def _signed(self, subscription_id: UUID, said: str = "", query: str = "") -> str:
        """The link with its signature. Raises LookupError where notify lacks a key or does not know where it is
        reached.

        said   what else is signed than the id
        query  what of that the link itself says, before the signature
        """
        if not self.keys or not self.public_url:
            raise LookupError(f"{self.purpose} links need NOTIFY_SECRET_KEYS and NOTIFY_PUBLIC_URL")
        signature = self._signature(self.keys[0], subscription_id, said)
        return f"{self.public_url}{self.path}/{subscription_id}?{query}signature={signature}"

    def _is_signed(self, subscription_id: UUID, signature: str, said: str = "") -> bool:
        given = signature.encode(errors="replace")
        signed = (self._signature(key, subscription_id, said).encode() for key in self.keys)
        return any(hmac.compare_digest(each, given) for each in signed)

    def _signature(self, key: bytes, subscription_id: UUID, said: str) -> str:
        """HMAC-SHA256 in URL-safe base64 without padding, 43 characters."""
        signed = f"jingqiao {self.purpose} 1\n".encode() + subscription_id.bytes + said.encode()
        return base64.urlsafe_b64encode(hmac.digest(key, signed, hashlib.sha256)).decode().rstrip("=")
