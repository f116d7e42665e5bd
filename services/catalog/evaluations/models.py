"""The table of scores."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from catalog.base import Base


class Score(Base):
    """What one evaluator gives one solution. `points_sum` is points × weight, summed over the criteria."""

    __tablename__ = "scores"

    solution_id: Mapped[UUID] = mapped_column(ForeignKey("solutions.id"), primary_key=True)
    evaluator_id: Mapped[UUID] = mapped_column(ForeignKey("evaluators.id"), primary_key=True)
    points: Mapped[dict[str, int]] = mapped_column(JSONB)
    points_sum: Mapped[int]
    comment: Mapped[str | None] = mapped_column(Text)
    scored_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
