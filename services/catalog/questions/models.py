"""The table of questions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from catalog.base import Base
from catalog.nouns import Owned, Versioned, of_owner
from common.contracts.words import QuestionState
from common.database import words


class DemandQuestion(Versioned, Owned, Base):
    """What its owner, the asker, would know of a demand. Everyone reads it with its answer; who asked is private."""

    __tablename__ = "questions"
    __table_args__ = (of_owner(), Index("ix_questions_demand_id", "demand_id", "created_at", "id"))

    demand_id: Mapped[UUID] = mapped_column(ForeignKey("demands.id"))
    state: Mapped[QuestionState] = mapped_column(words(QuestionState))
    text: Mapped[str] = mapped_column(Text)
    answer: Mapped[str | None] = mapped_column(Text)
    dismissal_reason: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
