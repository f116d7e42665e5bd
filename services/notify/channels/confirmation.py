"""Links by which whoever is at an address says that it is theirs, before anything else is sent there."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from notify.deliveries.rules import EndpointPace
from notify.links import SignedLinks

PATH = "/v1/confirm"
CONFIRMED_FORM = "Confirm=Yes"
LINK_LASTS = timedelta(days=7)
PACE = EndpointPace(burst=3, interval_s=86_400.0)
"""How often one address is asked, whoever subscribes: nobody is flooded with questions."""
PACE_OF_ASKER = EndpointPace(burst=10, interval_s=8_640.0)
"""How often one organisation has addresses asked, whichever: 20 times a day at most."""
PACE_OF_HOST = EndpointPace(burst=30, interval_s=2_880.0)
"""How often one organisation has webhooks on one host challenged, whatever their addresses there."""
PACE_OF_CHALLENGER = EndpointPace(burst=100, interval_s=864.0)
"""The same on all hosts together."""


@dataclass(frozen=True)
class ConfirmationLinks(SignedLinks):
    """Signed for one subscription and the very address it has."""

    path = PATH
    purpose = "confirm"

    def link(self, subscription_id: UUID, url: str, until: datetime) -> str:
        """Raises LookupError where notify lacks a key or does not know where it is reached."""
        expires = int(until.timestamp())
        return self._signed(subscription_id, _said(url, expires), f"expires={expires}&")

    def is_signed(self, subscription_id: UUID, url: str, expires: int, signature: str) -> bool:
        return self._is_signed(subscription_id, signature, _said(url, expires))


def _said(url: str, expires: int) -> str:
    return f"{expires}\n{url}"
