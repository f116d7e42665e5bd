"""The table of jobs."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Index, Integer, SmallInteger, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from common.database import words
from matcher.base import Base
from matcher.subjects.kind import SubjectKind


class Job(Base):
    """A subject that must be embedded, where it changed, and ranked anew; one row however often it changed.

    `revision` grows with every change, so a worker that finishes can tell that the job has meanwhile become another.
    `urgency` says who waits for it: somebody who just published or saved, or nobody (a reindex, new coefficients).
    `correlation_id` and `traceparent` are those of the newest change, and go on into the events of the ranking.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        Index("ix_jobs_kind_ready_at", "kind", "ready_at"),
        Index("ix_jobs_kind_urgency_ready_at", "kind", "urgency", text("ready_at DESC")),
    )

    kind: Mapped[SubjectKind] = mapped_column(words(SubjectKind), primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(BigInteger)
    urgency: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"), default=0)
    enqueued_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    ready_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    leased_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    attempt_count: Mapped[int] = mapped_column(Integer)
    error: Mapped[str | None] = mapped_column(Text)
    correlation_id: Mapped[str | None] = mapped_column(Text)
    traceparent: Mapped[str | None] = mapped_column(Text)
