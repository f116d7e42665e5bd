"""The tables of test beds, of their slots, and of the seats taken in these."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from catalog.base import Base
from catalog.nouns import NounRow, of_owner
from common.contracts.words import DataClass, Domain, TestBedState
from common.database import words


class TestBed(NounRow, Base):
    """Its owner is the host. `number` is its place in a row of whole numbers, for the constraint on slots."""

    __tablename__ = "test_beds"
    __table_args__ = (
        of_owner(),
        UniqueConstraint("number"),
        CheckConstraint("capacity > 0", "capacity"),
        Index("ix_test_beds_created_at", "created_at", "id"),
    )

    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    state: Mapped[TestBedState] = mapped_column(words(TestBedState))
    title: Mapped[str] = mapped_column(Text)
    summary: Mapped[str | None] = mapped_column(Text)
    site: Mapped[str] = mapped_column(Text)
    division: Mapped[str] = mapped_column(Text)
    domain: Mapped[Domain] = mapped_column(words(Domain))
    capacity: Mapped[int]
    measures: Mapped[list[str]] = mapped_column(ARRAY(Text))
    data_class: Mapped[DataClass] = mapped_column(words(DataClass))


class TestSlot(Base):
    """A time in which a test bed takes as many validations as its capacity was when the host offered it.

    Slots of one bed never overlap: the exclusion constraint `ex_test_slots_during` compares the bed's number, as a
    range of one, and the times. GiST does so without an extension.
    """

    __tablename__ = "test_slots"
    __table_args__ = (
        UniqueConstraint("id", "capacity"),
        CheckConstraint("starts_at < ends_at", "times"),
        CheckConstraint("capacity > 0", "capacity"),
        Index("ix_test_slots_test_bed_id", "test_bed_id", "starts_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    test_bed_id: Mapped[UUID] = mapped_column(ForeignKey("test_beds.id"))
    bed_number: Mapped[int] = mapped_column(BigInteger)
    capacity: Mapped[int]
    starts_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    ends_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class SlotSeat(Base):
    """One validation's place in a slot. Its keys are the guarantee that no slot takes more than its capacity: seats are
    numbered from 1 to it, and each number is given once."""

    __tablename__ = "slot_seats"
    __table_args__ = (
        ForeignKeyConstraint(["slot_id", "capacity"], ["test_slots.id", "test_slots.capacity"]),
        CheckConstraint("seat >= 1 AND seat <= capacity", "seat"),
        UniqueConstraint("holder_id"),
    )

    slot_id: Mapped[UUID] = mapped_column(primary_key=True)
    seat: Mapped[int] = mapped_column(primary_key=True)
    capacity: Mapped[int]
    holder_id: Mapped[UUID]
