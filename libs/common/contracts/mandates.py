"""What matcher announces of mandates, by which a broker acts for another organisation."""

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from common.contracts.dockings import Act
from common.contracts.envelope import Event, TolerantModel
from common.fields import Moment, OrganisationKey


class MandateSnapshot(TolerantModel):
    """Null in `demand_id` and `profile_id` means any."""

    id: UUID
    version: int = Field(ge=1)
    state: str = Field(examples=["active"])
    giver: OrganisationKey
    giver_name: str
    broker: OrganisationKey
    broker_name: str
    powers: tuple[str, ...] = Field(examples=[["open", "arrange"]])
    demand_id: UUID | None = None
    profile_id: UUID | None = None
    expires_at: Moment


class MandateEvent(Event):
    stream: ClassVar[str] = "MATCHER"
    mandate: MandateSnapshot
    act: Act

    def about(self) -> str:
        return str(self.mandate.id)


class MandateGiven(MandateEvent):
    """An organisation lets a broker act for it."""

    type: ClassVar[str] = "matcher.mandate.given"


class MandateRevoked(MandateEvent):
    """Its giver took a mandate back, or the broker gave it back."""

    type: ClassVar[str] = "matcher.mandate.revoked"


MANDATE_EVENTS: tuple[type[MandateEvent], ...] = (MandateGiven, MandateRevoked)
