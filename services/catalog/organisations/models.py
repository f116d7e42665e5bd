"""The table of organisations, each known by (scheme, code)."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import DateTime, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from catalog.base import Base
from common.database import words


class OrganisationKind(StrEnum):
    AGENCY = "agency"
    SOE = "soe"
    ENTERPRISE = "enterprise"
    UNIVERSITY = "university"
    PILOT_BASE = "pilot_base"
    FUND = "fund"
    BROKER = "broker"
    OTHER = "other"


class Organisation(Base):
    """`recorded_at` is NULL of one that nobody recorded, which is here because it did something: it is shown once
    anything of it is public."""

    __tablename__ = "organisations"
    __table_args__ = (UniqueConstraint("scheme", "code"), Index(None, "created_at", "id"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    scheme: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[OrganisationKind] = mapped_column(words(OrganisationKind))
    division: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    recorded_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
