"""The table of pilot bookings."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Date, DateTime, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.base import Base
from catalog.nouns import NounRow, of_owner
from catalog.pilot_lines.models import PilotLine
from catalog.pilots.rules import PilotState
from common.database import words


class PilotBooking(NounRow, Base):
    """What its owner asks of a pilot line. Private to both. The columns of a quote are NULL while there is none."""

    __tablename__ = "pilots"
    __table_args__ = (
        of_owner(),
        CheckConstraint("price_fen >= 0", name="price"),
        Index("ix_pilots_created_at", "created_at", "id"),
        Index("ix_pilots_line_id", "line_id", "created_at", "id"),
    )

    state: Mapped[PilotState] = mapped_column(words(PilotState))
    line_id: Mapped[UUID] = mapped_column(ForeignKey("pilot_lines.id"))
    demand_id: Mapped[UUID | None] = mapped_column(ForeignKey("demands.id"))
    text: Mapped[str] = mapped_column(Text)
    trl_in: Mapped[int]
    trl_out: Mapped[int]
    price_fen: Mapped[int | None] = mapped_column(BigInteger)
    valid_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    starts_on: Mapped[date | None] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)
    trl_reached: Mapped[int | None]
    state_reason: Mapped[str | None] = mapped_column(Text)
    line: Mapped[PilotLine] = relationship(lazy="joined", innerjoin=True)
