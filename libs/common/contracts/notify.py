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
    address: ClassVar[str] = "notify.{scheme}.{code}.match"
    parameters: ClassVar[dict[str, str]] = {
        "scheme": "Scheme of the recipient's organisation id, such as uscc.",
        "code": "The recipient's code in that scheme.",
    }

    delivery_id: UUID
    subscription_id: UUID
    recipient: OrganisationKey
    match: MatchSnapshot

    def subject(self) -> str:
        return self.address.format(scheme=self.recipient.scheme, code=self.recipient.code)

    def about(self) -> str:
        return str(self.match.id)
