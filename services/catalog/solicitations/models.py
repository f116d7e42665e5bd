"""The tables of solicitations and of those named to evaluate."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from catalog.base import Base
from catalog.nouns import Owned, Versioned, of_owner
from common.contracts.words import SolicitationState
from common.database import words


class ScoresShown(StrEnum):
    """Of which solutions the published result tells who submitted them and how they scored."""

    NONE = "none"
    SELECTED = "selected"
    ALL = "all"


class Clearance(StrEnum):
    """`recused`: has an interest in a solution, and so sees none."""

    NAMED = "named"
    CLEARED = "cleared"
    RECUSED = "recused"


class Solicitation(Versioned, Owned, Base):
    """A call on one version of a demand, whose clauses it keeps as they were."""

    __tablename__ = "solicitations"
    __table_args__ = (
        of_owner(),
        Index("ix_solicitations_created_at", "created_at", "id"),
        Index("uq_solicitations_demand_id", "demand_id", unique=True, postgresql_where=text("state <> 'cancelled'")),
    )

    demand_id: Mapped[UUID] = mapped_column(ForeignKey("demands.id"))
    demand_version: Mapped[int]
    state: Mapped[SolicitationState] = mapped_column(words(SolicitationState))
    title: Mapped[str] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)
    clauses: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    criteria: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    closes_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    decide_by: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    remind_days: Mapped[int]
    scores_needed: Mapped[int]
    scores_shown: Mapped[ScoresShown] = mapped_column(words(ScoresShown))
    solutions_count: Mapped[int | None]
    state_reason: Mapped[str | None] = mapped_column(Text)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))

    @property
    def is_sealed(self) -> bool:
        """Whether nobody but its submitter may read a solution: until the deadline, or ever if cancelled before it.

        The clock alone counts the solutions, when it closes the call.
        """
        return self.solutions_count is None


class Evaluator(Base):
    """A person who scores solutions, as their token names them, and what they declared."""

    __tablename__ = "evaluators"
    __table_args__ = (UniqueConstraint("solicitation_id", "scheme", "code", "subject"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    solicitation_id: Mapped[UUID] = mapped_column(ForeignKey("solicitations.id"))
    scheme: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    clearance: Mapped[Clearance] = mapped_column(words(Clearance))
    declaration: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    declared_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
