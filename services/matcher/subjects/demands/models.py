"""The table of demand copies."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Index, Integer, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from common.contracts.catalog import DemandSnapshot
from common.contracts.words import DemandKind, DemandState
from common.database import words
from matcher.base import Base


class DemandCopy(Base):
    """The newest published state of a demand, whole in `snapshot`, with the columns that are asked for beside it."""

    __tablename__ = "demands"
    __table_args__ = (Index("ix_demands_owner", "owner_scheme", "owner_code"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    kind: Mapped[DemandKind] = mapped_column(words(DemandKind))
    state: Mapped[DemandState] = mapped_column(words(DemandState))
    owner_scheme: Mapped[str] = mapped_column(Text)
    owner_code: Mapped[str] = mapped_column(Text)
    closes_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    snapshot: Mapped[dict[str, Any]] = mapped_column(JSONB)
    received_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    def read(self) -> DemandSnapshot:
        return DemandSnapshot.read(self.snapshot)
