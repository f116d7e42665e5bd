"""Links by which whoever is at an address says that it is theirs, before anything else is sent there."""

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from notify.deliveries.rules import EndpointPace
from notify.settings import NotifySettings
from notify.vault import subkeys

PATH = "/v1/confirm"
CONFIRMED_FORM = "Confirm=Yes"
LINK_LASTS = timedelta(days=7)
PACE = EndpointPace(burst=3, interval_s=86_400.0)
"""How often one address is asked, whoever subscribes: nobody is flooded with questions."""
PACE_OF_ASKER = EndpointPace(burst=10, interval_s=8_640.0)
"""How often one organisation has addresses asked, whichever: 20 times a day at most."""
_SIGNED_FOR = b"jingqiao confirm 1\n"


@dataclass(frozen=True)
class ConfirmationLinks:
    """Signed for one subscription and the very address it has; `public_url` is where receivers reach notify."""

    public_url: str
    keys: tuple[bytes, ...] = field(repr=False)

    @classmethod
    def of(cls, settings: NotifySettings) -> Self:
        secrets = [key.get_secret_value() for key in settings.secret_keys]
        return cls(settings.public_url.rstrip("/"), subkeys(secrets, "confirm"))

    def link(self, subscription_id: UUID, url: str, until: datetime) -> str:
        """Raises LookupError where notify lacks a key or does not know where it is reached."""
        if not self.keys or not self.public_url:
            raise LookupError("confirming links need NOTIFY_SECRET_KEYS and NOTIFY_PUBLIC_URL")
        expires = int(until.timestamp())
        signature = _signature(self.keys[0], subscription_id, url, expires)
        return f"{self.public_url}{PATH}/{subscription_id}?expires={expires}&signature={signature}"

    def is_signed(self, subscription_id: UUID, url: str, expires: int, signature: str) -> bool:
        given = signature.encode(errors="replace")
        signed = (_signature(key, subscription_id, url, expires).encode() for key in self.keys)
        return any(hmac.compare_digest(each, given) for each in signed)


def _signature(key: bytes, subscription_id: UUID, url: str, expires: int) -> str:
    """HMAC-SHA256 in URL-safe base64 without padding, 43 characters."""
    said = _SIGNED_FOR + subscription_id.bytes + f"{expires}\n{url}".encode()
    return base64.urlsafe_b64encode(hmac.digest(key, said, hashlib.sha256)).decode().rstrip("=")
