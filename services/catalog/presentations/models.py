"""The table of presentations."""

from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.base import Base
from catalog.nouns import NounRow, of_owner
from catalog.presentations.rules import FundingOutcome, FundingStage, PresentationState
from catalog.roadshows.models import Roadshow
from common.database import words


class Presentation(NounRow, Base):
    """A financing demand in a slot of a roadshow. `full_text` is private: see consents."""

    __tablename__ = "presentations"
    __table_args__ = (
        of_owner(),
        CheckConstraint("ticket_fen > 0", name="ticket"),
        Index("ix_presentations_created_at", "created_at", "id"),
        Index("ix_presentations_roadshow_id", "roadshow_id", "created_at", "id"),
    )

    state: Mapped[PresentationState] = mapped_column(words(PresentationState))
    roadshow_id: Mapped[UUID] = mapped_column(ForeignKey("roadshows.id"))
    demand_id: Mapped[UUID] = mapped_column(ForeignKey("demands.id"))
    place: Mapped[int]
    title: Mapped[str] = mapped_column(Text)
    teaser: Mapped[str] = mapped_column(Text)
    full_text: Mapped[str] = mapped_column(Text)
    stage: Mapped[FundingStage] = mapped_column(words(FundingStage))
    track: Mapped[str] = mapped_column(Text)
    ticket_fen: Mapped[int] = mapped_column(BigInteger)
    term_months: Mapped[int]
    outcome: Mapped[FundingOutcome | None] = mapped_column(words(FundingOutcome))
    state_reason: Mapped[str | None] = mapped_column(Text)
    roadshow: Mapped[Roadshow] = relationship(lazy="joined", innerjoin=True)
