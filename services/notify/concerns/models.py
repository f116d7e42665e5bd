"""The table of concerns."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from common.database import words
from common.fields import OrganisationKey
from notify.base import Base
from notify.concerns.rules import ConcernSource

_MOMENT = DateTime(timezone=True)


class Concern(Base):
    """That a demand concerns an organisation, by a match, docking or solution of which `version` is the newest heard
    of; `ended_at` is NULL while it does."""

    __tablename__ = "concerns"
    __table_args__ = (Index("ix_concerns_demand_id", "demand_id"), Index("ix_concerns_ended_at", "ended_at"))

    source: Mapped[ConcernSource] = mapped_column(words(ConcernSource), primary_key=True)
    source_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    demand_id: Mapped[UUID]
    organisation_scheme: Mapped[str] = mapped_column(Text)
    organisation_code: Mapped[str] = mapped_column(Text)
    began_at: Mapped[datetime] = mapped_column(_MOMENT)
    ended_at: Mapped[datetime | None] = mapped_column(_MOMENT)

    @property
    def organisation(self) -> OrganisationKey:
        return OrganisationKey(scheme=self.organisation_scheme, code=self.organisation_code)
