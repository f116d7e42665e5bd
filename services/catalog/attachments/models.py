"""The table of attachments."""

from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from catalog.base import Base
from catalog.nouns import Owned, Versioned, of_owner
from common.contracts.words import AttachmentState
from common.database import words


class Attachment(Versioned, Owned, Base):
    """A file of a demand, one for each name. `place` is where its store keeps the content, NULL once it is removed."""

    __tablename__ = "attachments"
    __table_args__ = (of_owner(), UniqueConstraint("demand_id", "name"))

    demand_id: Mapped[UUID] = mapped_column(ForeignKey("demands.id"))
    state: Mapped[AttachmentState] = mapped_column(words(AttachmentState))
    name: Mapped[str] = mapped_column(Text)
    media_type: Mapped[str] = mapped_column(Text)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(Text)
    place: Mapped[str | None] = mapped_column(Text)
