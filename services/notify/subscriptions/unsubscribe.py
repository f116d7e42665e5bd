"""Links by which whoever reads a message ends the subscription it came by, without a token (RFC 8058)."""

from dataclasses import dataclass
from uuid import UUID

from notify.links import SignedLinks

PATH = "/v1/unsubscribe"
ONE_CLICK = "List-Unsubscribe=One-Click"
"""What the request that a mail program makes says in its body."""


@dataclass(frozen=True)
class UnsubscribeLinks(SignedLinks):
    """Each ends one subscription and no other."""

    path = PATH
    purpose = "unsubscribe"

    def link(self, subscription_id: UUID) -> str:
        """Raises LookupError where notify lacks a key or does not know where it is reached."""
        return self._signed(subscription_id)

    def headers(self, subscription_id: UUID) -> dict[str, str]:
        """What a mail says of it (RFC 2369 and 8058). Raises as `link` does."""
        return {"List-Unsubscribe": f"<{self.link(subscription_id)}>", "List-Unsubscribe-Post": ONE_CLICK}

    def is_signed(self, subscription_id: UUID, signature: str) -> bool:
        return self._is_signed(subscription_id, signature)


def is_one_click(body: bytes) -> bool:
    """Whether a form says so, URL-encoded or in parts (both are allowed by RFC 8058)."""
    return body == ONE_CLICK.encode() or (b'name="List-Unsubscribe"' in body and b"One-Click" in body)
