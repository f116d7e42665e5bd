"""The table of share rules."""

from typing import Any

from sqlalchemy import Index, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from catalog.base import Base
from catalog.nouns import NounRow, of_owner
from common.contracts.words import ShareRuleState
from common.database import words


class ShareRule(NounRow, Base):
    """Which purchases a share is of, and which of those it counts."""

    __tablename__ = "share_rules"
    __table_args__ = (of_owner(), Index("ix_share_rules_created_at", "created_at", "id"))

    state: Mapped[ShareRuleState] = mapped_column(words(ShareRuleState))
    title: Mapped[str] = mapped_column(Text)
    categories: Mapped[list[str]] = mapped_column(ARRAY(Text))
    numerator: Mapped[dict[str, Any]] = mapped_column(JSONB)
    denominator: Mapped[dict[str, Any]] = mapped_column(JSONB)
    valid_from: Mapped[str] = mapped_column(Text)
    valid_until: Mapped[str | None] = mapped_column(Text)
