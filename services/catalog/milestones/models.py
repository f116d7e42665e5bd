"""The table of milestones."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.base import Base
from catalog.milestones.rules import MilestoneState
from catalog.nouns import NounRow, of_owner
from catalog.projects.models import DemoProject
from common.database import words


class Milestone(NounRow, Base):
    """What a project is to have reached by a time; `assessment` says what was found."""

    __tablename__ = "milestones"
    __table_args__ = (
        of_owner(),
        Index("ix_milestones_created_at", "created_at", "id"),
        Index("ix_milestones_project_id", "project_id", "created_at", "id"),
    )

    state: Mapped[MilestoneState] = mapped_column(words(MilestoneState))
    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"))
    title: Mapped[str] = mapped_column(Text)
    due_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    report: Mapped[str | None] = mapped_column(Text)
    assessment: Mapped[str | None] = mapped_column(Text)
    project: Mapped[DemoProject] = relationship(lazy="joined", innerjoin=True)
