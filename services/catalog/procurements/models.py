"""The table of procurement records."""

from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from catalog.base import Base
from catalog.nouns import NounRow, of_owner
from common.contracts.words import ProcurementCategory, ProcurementState
from common.database import words


class ProcurementRecord(NounRow, Base):
    """What an organisation bought in one quarter, of one category. `traits` are sorted, each once."""

    __tablename__ = "procurement_records"
    __table_args__ = (
        of_owner(),
        Index("ix_procurement_records_created_at", "created_at", "id"),
        Index("ix_procurement_records_period", "period", "owner_scheme", "owner_code"),
    )

    state: Mapped[ProcurementState] = mapped_column(words(ProcurementState))
    period: Mapped[str] = mapped_column(Text)
    category: Mapped[ProcurementCategory] = mapped_column(words(ProcurementCategory))
    title: Mapped[str] = mapped_column(Text)
    contract_number: Mapped[str | None] = mapped_column(Text)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    supplier: Mapped[dict[str, Any]] = mapped_column(JSONB)
    traits: Mapped[list[str]] = mapped_column(ARRAY(Text))
    demand_id: Mapped[UUID | None] = mapped_column(ForeignKey("demands.id"))
