"""The tables of times offered and of meetings."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from common.contracts.dockings import Side
from common.database import words
from common.fields import OrganisationKey
from matcher.base import Base
from matcher.dockings.meetings.rules import MeetingState

_MOMENT = DateTime(timezone=True)
ARRANGED = text("state = 'arranged'")


class Slot(Base):
    """A time that one organisation offers, in one docking or in several; whoever takes it first has it."""

    __tablename__ = "slots"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_scheme: Mapped[str] = mapped_column(Text)
    organisation_code: Mapped[str] = mapped_column(Text)
    side: Mapped[Side] = mapped_column(words(Side))
    starts_at: Mapped[datetime] = mapped_column(_MOMENT)
    ends_at: Mapped[datetime] = mapped_column(_MOMENT)
    place: Mapped[str] = mapped_column(Text)
    url: Mapped[str | None] = mapped_column(Text)
    offered_at: Mapped[datetime] = mapped_column(_MOMENT)
    withdrawn_at: Mapped[datetime | None] = mapped_column(_MOMENT)

    @property
    def organisation(self) -> OrganisationKey:
        return OrganisationKey(scheme=self.organisation_scheme, code=self.organisation_code)


class SlotOffer(Base):
    """In which dockings a time is offered."""

    __tablename__ = "slot_offers"
    __table_args__ = (Index("ix_slot_offers_docking_id", "docking_id"),)

    slot_id: Mapped[UUID] = mapped_column(ForeignKey("slots.id"), primary_key=True)
    docking_id: Mapped[UUID] = mapped_column(ForeignKey("dockings.id"), primary_key=True)


class Meeting(Base):
    """A time that was taken. Two indexes say what may never be: a time taken twice, a docking with two meetings.

    `sequence` grows with every change, as in iCalendar; the id is the calendar entry's UID.
    """

    __tablename__ = "meetings"
    __table_args__ = (
        Index("uq_meetings_slot_id", "slot_id", unique=True, postgresql_where=ARRANGED),
        Index("uq_meetings_docking_id", "docking_id", unique=True, postgresql_where=ARRANGED),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    docking_id: Mapped[UUID] = mapped_column(ForeignKey("dockings.id"))
    slot_id: Mapped[UUID] = mapped_column(ForeignKey("slots.id"))
    state: Mapped[MeetingState] = mapped_column(words(MeetingState))
    sequence: Mapped[int]
    arranged_at: Mapped[datetime] = mapped_column(_MOMENT)
    changed_at: Mapped[datetime] = mapped_column(_MOMENT)
