"""The public versions of every noun, and the audit of every step."""

from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Index, String, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from catalog.base import Base
from common.database import WORD_LENGTH


class PublicVersion(Base):
    """What everyone could read of something after one public step; `snapshot` is its public reply, so it never holds
    what is private. `position` is its place in the feed, NULL until somebody reads that far."""

    __tablename__ = "history"
    __table_args__ = (
        Index("ix_history_position", "position", unique=True),
        Index("ix_history_unplaced", "changed_at", "version", postgresql_where=text("position IS NULL")),
    )

    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(unique=True)
    noun: Mapped[str] = mapped_column(String(WORD_LENGTH), server_default="demand")
    change: Mapped[str] = mapped_column(String(WORD_LENGTH))
    reason: Mapped[str | None] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    snapshot: Mapped[dict[str, Any]] = mapped_column(JSONB)
    changes: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB(none_as_null=True))
    position: Mapped[int | None] = mapped_column(BigInteger)


class AuditEntry(Base):
    """One step: who took it, when, from which state to which, and why. Without an actor it was the clock."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_subject_id", "subject_id", "at", "id"), Index("ix_audit_at", "at", "id"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    noun: Mapped[str] = mapped_column(String(WORD_LENGTH))
    subject_id: Mapped[UUID]
    version: Mapped[int]
    action: Mapped[str] = mapped_column(String(WORD_LENGTH))
    before: Mapped[str | None] = mapped_column(String(WORD_LENGTH))
    after: Mapped[str] = mapped_column(String(WORD_LENGTH))
    party: Mapped[str] = mapped_column(String(WORD_LENGTH))
    actor_scheme: Mapped[str | None] = mapped_column(Text)
    actor_code: Mapped[str | None] = mapped_column(Text)
    actor_name: Mapped[str | None] = mapped_column(Text)
    actor_subject: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    details: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB(none_as_null=True))
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


AUDIT = cast(Table, AuditEntry.__table__)
