"""The table of consents."""

from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.base import Base
from catalog.consents.rules import ConsentState
from catalog.nouns import NounRow, of_owner
from catalog.presentations.models import Presentation
from common.database import words


class Consent(NounRow, Base):
    """What its owner, an investor, may read of a presentation. Private to both."""

    __tablename__ = "consents"
    __table_args__ = (
        of_owner(),
        Index("ix_consents_created_at", "created_at", "id"),
        Index("ix_consents_presentation_id", "presentation_id", "created_at", "id"),
    )

    state: Mapped[ConsentState] = mapped_column(words(ConsentState))
    presentation_id: Mapped[UUID] = mapped_column(ForeignKey("presentations.id"))
    message: Mapped[str | None] = mapped_column(Text)
    state_reason: Mapped[str | None] = mapped_column(Text)
    presentation: Mapped[Presentation] = relationship(lazy="joined", innerjoin=True)

    @property
    def full_text(self) -> str:
        return self.presentation.full_text
