"""The table of mandates."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from common.fields import OrganisationKey
from matcher.base import Base
from matcher.mandates.rules import MandateState, Power, state_at


class Mandate(Base):
    """What one organisation lets another do in its name. NULL in `demand_id` and `profile_id` means any."""

    __tablename__ = "mandates"
    __table_args__ = (
        Index("ix_mandates_giver", "giver_scheme", "giver_code", "given_at", "id"),
        Index("ix_mandates_broker", "broker_scheme", "broker_code", "given_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    giver_scheme: Mapped[str] = mapped_column(Text)
    giver_code: Mapped[str] = mapped_column(Text)
    giver_name: Mapped[str] = mapped_column(Text)
    broker_scheme: Mapped[str] = mapped_column(Text)
    broker_code: Mapped[str] = mapped_column(Text)
    broker_name: Mapped[str] = mapped_column(Text)
    power_words: Mapped[list[str]] = mapped_column("powers", ARRAY(Text))
    demand_id: Mapped[UUID | None]
    profile_id: Mapped[UUID | None]
    given_by: Mapped[str] = mapped_column(Text)
    given_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    @property
    def giver(self) -> OrganisationKey:
        return OrganisationKey(scheme=self.giver_scheme, code=self.giver_code)

    @property
    def broker(self) -> OrganisationKey:
        return OrganisationKey(scheme=self.broker_scheme, code=self.broker_code)

    @property
    def powers(self) -> list[Power]:
        return [Power(word) for word in self.power_words]

    def state(self, at: datetime) -> MandateState:
        return state_at(self.expires_at, self.revoked_at, at)
