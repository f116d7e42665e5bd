"""The table of outcomes."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, DateTime, Float, ForeignKey, Index, Integer, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from common.contracts.dockings import Side
from common.database import words
from matcher.base import Base
from matcher.feedback.rules import DismissalReason, MatchOutcome


class ReportedOutcome(Base):
    """What one side reported of a match, beside the match as it was shown then: a later ranking changes the match, and
    what is learnt must rest on what was known. `ranking_id` may outlive its receipt."""

    __tablename__ = "outcomes"
    __table_args__ = (Index("ix_outcomes_match_id_reported_at", "match_id", "reported_at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    match_id: Mapped[UUID] = mapped_column(ForeignKey("matches.id"))
    side: Mapped[Side] = mapped_column(words(Side))
    outcome: Mapped[MatchOutcome] = mapped_column(words(MatchOutcome))
    reason: Mapped[DismissalReason | None] = mapped_column(words(DismissalReason))
    reason_text: Mapped[str | None] = mapped_column(Text)
    reported_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    demand_id: Mapped[UUID]
    demand_version: Mapped[int] = mapped_column(Integer)
    profile_id: Mapped[UUID]
    profile_version: Mapped[int] = mapped_column(Integer)
    fit: Mapped[int] = mapped_column(Integer)
    rank: Mapped[int] = mapped_column(Integer)
    propensity: Mapped[float] = mapped_column(Float)
    has_one_language: Mapped[bool] = mapped_column(Boolean)
    features: Mapped[dict[str, Any]] = mapped_column(JSONB)
    ranking_id: Mapped[UUID]
    model_id: Mapped[str] = mapped_column(Text)
    ranker_version: Mapped[str] = mapped_column(Text)
