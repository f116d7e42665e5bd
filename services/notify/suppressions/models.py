"""How suppressions are stored: hashes, never an address."""

from datetime import datetime

from sqlalchemy import DateTime, Text
from sqlalchemy.orm import Mapped, mapped_column

from common.database import words
from notify.base import Base
from notify.suppressions.rules import AddressKind, SuppressionReason


class Suppression(Base):
    """An address that is not written to; `key_id` says which key hashed it."""

    __tablename__ = "suppressions"

    hash: Mapped[str] = mapped_column(Text, primary_key=True)
    kind: Mapped[AddressKind] = mapped_column(words(AddressKind))
    key_id: Mapped[str] = mapped_column(Text)
    reason: Mapped[SuppressionReason] = mapped_column(words(SuppressionReason))
    suppressed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
