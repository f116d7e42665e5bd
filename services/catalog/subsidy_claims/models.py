"""The table of subsidy claims."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.base import Base
from catalog.nouns import NounRow, of_owner
from catalog.subsidies.models import SubsidyScheme
from common.contracts.words import SubsidyClaimState
from common.database import words


class SubsidyClaim(NounRow, Base):
    """What a claimant asks for an adopted solution of theirs; everyone reads it from its public notice on.

    `account`, `cost_fen`, `evidence`, `filed_by` and `verified_by` (persons, as tokens name them) are private.
    """

    __tablename__ = "subsidy_claims"
    __table_args__ = (
        of_owner(),
        Index("ix_subsidy_claims_created_at", "created_at", "id"),
        Index(
            "uq_subsidy_claims_scheme_id_solution_id",
            "scheme_id",
            "solution_id",
            unique=True,
            postgresql_where=text("state NOT IN ('refused', 'withdrawn')"),
        ),
    )

    scheme_id: Mapped[UUID] = mapped_column(ForeignKey("subsidy_schemes.id"))
    solution_id: Mapped[UUID] = mapped_column(ForeignKey("solutions.id"))
    demand_id: Mapped[UUID] = mapped_column(ForeignKey("demands.id"))
    validation_id: Mapped[UUID | None] = mapped_column(ForeignKey("validations.id"))
    state: Mapped[SubsidyClaimState] = mapped_column(words(SubsidyClaimState))
    cost_fen: Mapped[int] = mapped_column(BigInteger)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    evidence: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    account: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    filed_by: Mapped[str] = mapped_column(Text)
    verified_by: Mapped[str | None] = mapped_column(Text)
    notice_ends_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    state_reason: Mapped[str | None] = mapped_column(Text)

    scheme: Mapped[SubsidyScheme] = relationship(lazy="joined", innerjoin=True)
