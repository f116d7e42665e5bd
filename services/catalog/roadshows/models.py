"""The tables of roadshows and their slots."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from catalog.base import Base
from catalog.nouns import NounRow, of_owner
from catalog.roadshows.rules import RoadshowState
from common.database import words


class Roadshow(NounRow, Base):
    """Its owner organises it."""

    __tablename__ = "roadshows"
    __table_args__ = (of_owner(), Index("ix_roadshows_created_at", "created_at", "id"))

    state: Mapped[RoadshowState] = mapped_column(words(RoadshowState))
    title: Mapped[str] = mapped_column(Text)
    venue: Mapped[str] = mapped_column(Text)
    locks_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    starts_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    slots_count: Mapped[int]
    slot_minutes: Mapped[int]
    state_reason: Mapped[str | None] = mapped_column(Text)


class RoadshowSlot(Base):
    """A place in a roadshow. There are as many rows as places, and a row holds one presentation or none: no more can be
    given than there are."""

    __tablename__ = "roadshow_slots"

    roadshow_id: Mapped[UUID] = mapped_column(ForeignKey("roadshows.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    starts_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    presentation_id: Mapped[UUID | None] = mapped_column(ForeignKey("presentations.id"), unique=True)
