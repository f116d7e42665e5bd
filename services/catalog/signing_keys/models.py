"""The table of signing keys."""

from datetime import datetime

from sqlalchemy import DateTime, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from catalog.base import Base
from catalog.nouns import NounRow, of_owner
from common.contracts.words import SigningKeyState
from common.database import words


class SigningKey(NounRow, Base):
    """An Ed25519 public key of an organisation. `key_id` is its thumbprint (RFC 7638)."""

    __tablename__ = "signing_keys"
    __table_args__ = (
        of_owner(),
        UniqueConstraint("key_id"),
        Index("ix_signing_keys_owner_scheme", "owner_scheme", "owner_code", "created_at", "id"),
    )

    state: Mapped[SigningKeyState] = mapped_column(words(SigningKeyState))
    key_id: Mapped[str] = mapped_column(Text)
    x: Mapped[str] = mapped_column(Text)
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    state_reason: Mapped[str | None] = mapped_column(Text)
