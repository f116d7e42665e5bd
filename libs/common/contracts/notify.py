"""What notify tells an organisation on its own NATS subject."""

from typing import ClassVar
from uuid import UUID

from common.contracts.envelope import Event
from common.contracts.matcher import MatchSnapshot
from common.fields import OrganisationKey


class MatchNotified(Event):
    """A match an organisation subscribed to, on `notify.<scheme>.<code>.match`."""

    type: ClassVar[str] = "notify.match.notified"
    stream: ClassVar[str] = "NOTIFY"

    delivery_id: UUID
    subscription_id: UUID
    recipient: OrganisationKey
    match: MatchSnapshot

    def subject(self) -> str:
        return f"notify.{self.recipient.scheme}.{self.recipient.code}.match"

    def about(self) -> str:
        return str(self.match.id)
