"""The table of demonstration projects."""

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from catalog.base import Base
from catalog.nouns import NounRow, named_key, of_owner
from catalog.projects.rules import ProjectState
from common.database import words
from common.fields import OrganisationKey


class DemoProject(NounRow, Base):
    """A project that shows others the way; its owner is the authority that entered it."""

    __tablename__ = "projects"
    __table_args__ = (
        of_owner(),
        CheckConstraint("investment_fen >= 0", name="investment"),
        Index("ix_projects_created_at", "created_at", "id"),
    )

    state: Mapped[ProjectState] = mapped_column(words(ProjectState))
    demand_id: Mapped[UUID] = mapped_column(ForeignKey("demands.id"))
    title: Mapped[str] = mapped_column(Text)
    summary: Mapped[str] = mapped_column(Text)
    lead_scheme: Mapped[str | None] = mapped_column(Text)
    lead_code: Mapped[str | None] = mapped_column(Text)
    lead_name: Mapped[str | None] = mapped_column(Text)
    investment_fen: Mapped[int] = mapped_column(BigInteger)
    starts_on: Mapped[date] = mapped_column(Date)
    completes_on: Mapped[date] = mapped_column(Date)
    state_reason: Mapped[str | None] = mapped_column(Text)

    @property
    def lead(self) -> OrganisationKey | None:
        return named_key(self.lead_scheme, self.lead_code)
