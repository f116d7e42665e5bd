"""The table of policies."""

from datetime import date, datetime

from sqlalchemy import Date, DateTime, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from catalog.base import Base
from catalog.nouns import NounRow, of_owner
from common.contracts.words import PolicyState, PolicyType
from common.database import words


class SupportPolicy(NounRow, Base):
    """What an authority promises, with the place where it is published. The text itself stays there."""

    __tablename__ = "policies"
    __table_args__ = (of_owner(), Index("ix_policies_created_at", "created_at", "id"))

    state: Mapped[PolicyState] = mapped_column(words(PolicyState))
    type: Mapped[PolicyType] = mapped_column(words(PolicyType))
    title: Mapped[str] = mapped_column(Text)
    issuer: Mapped[str] = mapped_column(Text)
    document_number: Mapped[str | None] = mapped_column(Text)
    source_url: Mapped[str] = mapped_column(Text)
    summary: Mapped[str | None] = mapped_column(Text)
    tracks: Mapped[list[str]] = mapped_column(ARRAY(Text))
    issued_on: Mapped[date] = mapped_column(Date)
    expires_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
