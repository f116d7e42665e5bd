"""The table of subsidy schemes."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from catalog.base import Base
from catalog.nouns import NounRow, of_owner
from common.contracts.words import SubsidySchemeState
from common.database import words


class SubsidyScheme(NounRow, Base):
    """What its owner pays for. `handlers` are other organisations whose officers act beside the owner's."""

    __tablename__ = "subsidy_schemes"
    __table_args__ = (of_owner(), Index("ix_subsidy_schemes_created_at", "created_at", "id"))

    state: Mapped[SubsidySchemeState] = mapped_column(words(SubsidySchemeState))
    title: Mapped[str] = mapped_column(Text)
    policy_id: Mapped[UUID | None] = mapped_column(ForeignKey("policies.id"))
    rate_basis_points: Mapped[int]
    cap_claim_fen: Mapped[int] = mapped_column(BigInteger)
    cap_total_fen: Mapped[int] = mapped_column(BigInteger)
    notice_days: Mapped[int]
    needs_validation: Mapped[bool]
    handlers: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    division: Mapped[str | None] = mapped_column(Text)
    opens_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    closes_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
