"""The tables of the second reader: who is to be read, what it answered, what it has cost today."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Date, DateTime, ForeignKey, Index, Integer, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from matcher.base import Base


class ReadingJob(Base):
    """An announced match with clauses left open, one row however often it was announced.

    `revision` grows with every announcement, so whoever finishes can tell that the job has become another.
    """

    __tablename__ = "reading_jobs"
    __table_args__ = (Index("ix_reading_jobs_ready_at", "ready_at"),)

    match_id: Mapped[UUID] = mapped_column(ForeignKey("matches.id", ondelete="CASCADE"), primary_key=True)
    revision: Mapped[int] = mapped_column(BigInteger)
    ready_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    leased_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    attempt_count: Mapped[int] = mapped_column(Integer)
    error: Mapped[str | None] = mapped_column(Text)
    correlation_id: Mapped[str | None] = mapped_column(Text)


class ReaderDay(Base):
    """What was spent on a day of UTC: requests sent, tokens counted or, until an answer comes, reserved."""

    __tablename__ = "reader_days"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    request_count: Mapped[int] = mapped_column(BigInteger)
    token_count: Mapped[int] = mapped_column(BigInteger)


class KeptReading(Base):
    """One reply of the second reader, kept with the receipt of the ranking that made the match.

    answers  of each clause what was said, and why it was not taken over, if it was not
    """

    __tablename__ = "readings"
    __table_args__ = (Index("ix_readings_ranking_id", "ranking_id"), Index("ix_readings_match_id", "match_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    ranking_id: Mapped[UUID] = mapped_column(ForeignKey("rankings.id", ondelete="CASCADE"))
    match_id: Mapped[UUID] = mapped_column(ForeignKey("matches.id", ondelete="CASCADE"))
    demand_version: Mapped[int] = mapped_column(Integer)
    profile_version: Mapped[int] = mapped_column(Integer)
    model: Mapped[str] = mapped_column(Text)
    prompt: Mapped[str] = mapped_column(Text)
    answers: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    token_count: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
