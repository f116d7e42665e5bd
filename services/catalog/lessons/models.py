"""The table of lessons."""

from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.base import Base
from catalog.lessons.rules import LessonState
from catalog.nouns import NounRow, of_owner
from catalog.projects.models import DemoProject
from common.database import words


class ProjectLesson(NounRow, Base):
    """What a project learned."""

    __tablename__ = "lessons"
    __table_args__ = (
        of_owner(),
        Index("ix_lessons_created_at", "created_at", "id"),
        Index("ix_lessons_tags", "tags", postgresql_using="gin"),
    )

    state: Mapped[LessonState] = mapped_column(words(LessonState))
    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"))
    title: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text))
    state_reason: Mapped[str | None] = mapped_column(Text)
    project: Mapped[DemoProject] = relationship(lazy="joined", innerjoin=True)
