"""The table of learnt coefficients."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, DateTime, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from matcher.base import Base


class Coefficients(Base):
    """What training made and switched to. At most one row is active; without any, the shipped file counts."""

    __tablename__ = "coefficients"
    __table_args__ = (Index("uq_coefficients_active", "is_active", unique=True, postgresql_where=text("is_active")),)

    version: Mapped[str] = mapped_column(Text, primary_key=True)
    document: Mapped[dict[str, Any]] = mapped_column(JSONB)
    is_active: Mapped[bool] = mapped_column(Boolean)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
