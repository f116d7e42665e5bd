"""The tables of contacts: those known, those shared in a docking, and who saw them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from common.contracts.dockings import Side
from common.database import words
from common.fields import OrganisationKey
from common.sealed import SealedJson
from matcher.base import Base
from matcher.subjects.kind import SubjectKind

_MOMENT = DateTime(timezone=True)


class KnownContact(Base):
    """Whom to call about a demand or a profile; NULL when nobody, so that an older word of it is known as such."""

    __tablename__ = "known_contacts"

    kind: Mapped[SubjectKind] = mapped_column(words(SubjectKind), primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    contact: Mapped[dict[str, Any] | None] = mapped_column(SealedJson)
    changed_at: Mapped[datetime] = mapped_column(_MOMENT)


class SharedContact(Base):
    """What one side of a docking allows the other to see, as it was then."""

    __tablename__ = "shared_contacts"

    docking_id: Mapped[UUID] = mapped_column(ForeignKey("dockings.id"), primary_key=True)
    side: Mapped[Side] = mapped_column(words(Side), primary_key=True)
    contact: Mapped[dict[str, Any]] = mapped_column(SealedJson)
    shared_at: Mapped[datetime] = mapped_column(_MOMENT)


class ContactRead(Base):
    """Once that somebody saw the contacts of a docking; never changed."""

    __tablename__ = "contact_reads"
    __table_args__ = (Index("ix_contact_reads_docking_id_at", "docking_id", "at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    docking_id: Mapped[UUID] = mapped_column(ForeignKey("dockings.id"))
    at: Mapped[datetime] = mapped_column(_MOMENT)
    side: Mapped[Side] = mapped_column(words(Side))
    reader_scheme: Mapped[str] = mapped_column(Text)
    reader_code: Mapped[str] = mapped_column(Text)
    reader_name: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    mandate_id: Mapped[UUID | None]

    @property
    def reader(self) -> OrganisationKey:
        return OrganisationKey(scheme=self.reader_scheme, code=self.reader_code)
