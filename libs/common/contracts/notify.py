"""What notify tells an organisation on its own NATS subject."""

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from common.contracts.dockings import Act, DockingSnapshot, InterestSnapshot
from common.contracts.envelope import Event
from common.contracts.matcher import MatchSnapshot
from common.fields import OrganisationKey


class Notified(Event):
    """What was told to one organisation for one of its subscriptions. `news` is the type of the event it tells of."""

    stream: ClassVar[str] = "NOTIFY"
    parameters: ClassVar[dict[str, str]] = {
        "scheme": "Scheme of the recipient's organisation id, such as uscc.",
        "code": "The recipient's code in that scheme.",
    }

    delivery_id: UUID
    subscription_id: UUID
    recipient: OrganisationKey

    def subject(self) -> str:
        return self.address.format(scheme=self.recipient.scheme, code=self.recipient.code)


class MatchNotified(Notified):
    """A match an organisation subscribed to, on `notify.<scheme>.<code>.match`."""

    type: ClassVar[str] = "notify.match.notified"
    address: ClassVar[str] = "notify.{scheme}.{code}.match"

    match: MatchSnapshot

    def about(self) -> str:
        return str(self.match.id)


class InterestNotified(Notified):
    """What the other side of a match said of it, on `notify.<scheme>.<code>.interest`."""

    type: ClassVar[str] = "notify.interest.notified"
    address: ClassVar[str] = "notify.{scheme}.{code}.interest"

    news: str = Field(examples=["matcher.interest.interested"])
    interest: InterestSnapshot
    act: Act

    def about(self) -> str:
        return str(self.interest.match_id)


class DockingNotified(Notified):
    """A step of a docking of the organisation, on `notify.<scheme>.<code>.docking`."""

    type: ClassVar[str] = "notify.docking.notified"
    address: ClassVar[str] = "notify.{scheme}.{code}.docking"

    news: str = Field(examples=["matcher.docking.opened"])
    docking: DockingSnapshot
    act: Act

    def about(self) -> str:
        return str(self.docking.id)
