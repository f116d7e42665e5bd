"""The tables of pilot lines, their units, and when each unit is taken."""

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, Text, text
from sqlalchemy.dialects.postgresql import DATERANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from catalog.base import Base
from catalog.nouns import NounRow, of_owner
from catalog.pilot_lines.rules import PilotLineState
from common.database import words


class PilotLine(NounRow, Base):
    """What a base, its owner, takes from one readiness level to another."""

    __tablename__ = "pilot_lines"
    __table_args__ = (of_owner(), Index("ix_pilot_lines_created_at", "created_at", "id"))

    state: Mapped[PilotLineState] = mapped_column(words(PilotLineState))
    title: Mapped[str] = mapped_column(Text)
    field: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    trl_in: Mapped[int]
    trl_out: Mapped[int]
    capacity: Mapped[int]
    state_reason: Mapped[str | None] = mapped_column(Text)


class PilotUnit(Base):
    """One of as many as a line's capacity; a booking takes one for its days."""

    __tablename__ = "pilot_units"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    line_id: Mapped[UUID] = mapped_column(ForeignKey("pilot_lines.id"), index=True)


class PilotOccupation(Base):
    """A unit's days that a booking has. Two of one unit cannot overlap, so no line is booked beyond its capacity."""

    __tablename__ = "pilot_occupations"
    __table_args__ = (
        # A range of one number: GiST has ranges, and plain numbers only by an extension.
        ExcludeConstraint(
            (text("int8range(unit_id, unit_id, '[]')"), "&&"), ("period", "&&"), name="ex_pilot_occupations_unit"
        ),
    )

    booking_id: Mapped[UUID] = mapped_column(ForeignKey("pilots.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("pilot_units.id"))
    period: Mapped[Range[date]] = mapped_column(DATERANGE)
