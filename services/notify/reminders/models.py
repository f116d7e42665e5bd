"""How the demands are stored that somebody may have to be reminded of."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from common.contracts.catalog import DemandSnapshot
from notify.base import Base

_MOMENT = DateTime(timezone=True)


class KnownDemand(Base):
    """The newest version of a demand that was heard of.

    demand       what everyone may read of it; NULL once it takes no more answers
    handled_days  how many days were left when last somebody was reminded, or the date was set
    """

    __tablename__ = "known_demands"

    demand_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    demand: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    closes_at: Mapped[datetime | None] = mapped_column(_MOMENT)
    handled_days: Mapped[int | None]
    heard_at: Mapped[datetime] = mapped_column(_MOMENT)

    @property
    def snapshot(self) -> DemandSnapshot | None:
        return None if self.demand is None else DemandSnapshot.read(self.demand)
