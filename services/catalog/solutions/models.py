"""The tables of solutions and of their versions."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from catalog.base import Base
from catalog.nouns import Owned, Versioned, of_owner
from common.contracts.words import DeclineCode, SolutionState
from common.database import words


class Solution(Versioned, Owned, Base):
    """A formal answer to a solicitation, as it is now; its owner is who submitted it."""

    __tablename__ = "solutions"
    __table_args__ = (
        of_owner(),
        Index(
            "uq_solutions_solicitation_id_owner",
            "solicitation_id",
            "owner_scheme",
            "owner_code",
            unique=True,
            postgresql_where=text("state <> 'withdrawn'"),
        ),
        Index("ix_solutions_solicitation_id", "solicitation_id", "created_at", "id"),
    )

    solicitation_id: Mapped[UUID] = mapped_column(ForeignKey("solicitations.id"))
    state: Mapped[SolutionState] = mapped_column(words(SolutionState))
    title: Mapped[str] = mapped_column(Text)
    summary: Mapped[str] = mapped_column(Text)
    responses: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    trl: Mapped[int]
    members: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    language: Mapped[str] = mapped_column(Text)
    price_fen: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(Text)
    decline_code: Mapped[DeclineCode | None] = mapped_column(words(DeclineCode))
    decline_reason: Mapped[str | None] = mapped_column(Text)


class SolutionVersion(Base):
    """What a solution said once; private as the solution is."""

    __tablename__ = "solution_versions"

    solution_id: Mapped[UUID] = mapped_column(ForeignKey("solutions.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    submitted_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
