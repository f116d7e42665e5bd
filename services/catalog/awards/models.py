"""The table of awards."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from catalog.base import Base
from catalog.nouns import NounRow, of_owner
from common.contracts.words import AwardState
from common.database import words
from common.fields import OrganisationKey


class Award(NounRow, Base):
    """A reward on a challenge; its owner set it. `results` are private until they were accepted."""

    __tablename__ = "awards"
    __table_args__ = (
        of_owner(),
        Index("ix_awards_created_at", "created_at", "id"),
        Index("ix_awards_demand_id", "demand_id"),
    )

    demand_id: Mapped[UUID] = mapped_column(ForeignKey("demands.id"))
    state: Mapped[AwardState] = mapped_column(words(AwardState))
    title: Mapped[str] = mapped_column(Text)
    indicators: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    due_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    solver_scheme: Mapped[str | None] = mapped_column(Text)
    solver_code: Mapped[str | None] = mapped_column(Text)
    solver_name: Mapped[str | None] = mapped_column(Text)
    results: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB(none_as_null=True))
    state_reason: Mapped[str | None] = mapped_column(Text)

    @property
    def solver(self) -> OrganisationKey | None:
        """Who has it in hand, or had at its end."""
        if self.solver_scheme is None or self.solver_code is None:
            return None
        return OrganisationKey(scheme=self.solver_scheme, code=self.solver_code)
