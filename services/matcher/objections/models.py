"""The table of objections."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import DateTime, Index, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from common.contracts.objections import ObjectionState, ObjectionSubject
from common.database import words
from common.fields import OrganisationKey
from matcher.base import Base
from matcher.calendar.working_days import DueDay

_MOMENT = DateTime(timezone=True)
IS_OPEN = text("state IN ('filed', 'accepted', 'answered')")


class FiledObjection(Base):
    """An objection; what was written is for its parties, the decision for everyone.

    ranking_ids, digests  the receipts that it names and what each said when it was filed, parallel
    answered_by           the person, as tokens name them, who may not decide too
    state_from            since when the days of the present state are counted
    due_on                last day of the next step; NULL once it is over
    counted_to            the last year whose holidays were known when that was counted
    """

    __tablename__ = "objections"
    __table_args__ = (
        Index("ix_objections_filed_at", "filed_at", "id"),
        Index("ix_objections_demand", "demand_id", "filed_at", "id"),
        Index("ix_objections_state", "state", "filed_at", "id"),
        Index("ix_objections_ranking_ids", "ranking_ids", postgresql_using="gin"),
        Index("ix_objections_objector", "objector_scheme", "objector_code", "filed_at", "id"),
        Index(
            "uq_objections_open",
            *("objector_scheme", "objector_code", "subject", "demand_id"),
            unique=True,
            postgresql_where=IS_OPEN,
        ),
        Index("ix_objections_provisional", "counted_to", postgresql_where=text("is_provisional")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    state: Mapped[ObjectionState] = mapped_column(words(ObjectionState))
    subject: Mapped[ObjectionSubject] = mapped_column(words(ObjectionSubject))
    demand_id: Mapped[UUID]
    list_id: Mapped[UUID | None]
    ranking_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    digests: Mapped[list[str]] = mapped_column(ARRAY(Text))
    statement: Mapped[str] = mapped_column(Text)
    objector_scheme: Mapped[str] = mapped_column(Text)
    objector_code: Mapped[str] = mapped_column(Text)
    objector_name: Mapped[str] = mapped_column(Text)
    filed_at: Mapped[datetime] = mapped_column(_MOMENT)
    answer: Mapped[str | None] = mapped_column(Text)
    answered_by: Mapped[str | None] = mapped_column(Text)
    decision: Mapped[str | None] = mapped_column(Text)
    ended_at: Mapped[datetime | None] = mapped_column(_MOMENT)
    state_from: Mapped[datetime] = mapped_column(_MOMENT)
    due_on: Mapped[date | None]
    is_provisional: Mapped[bool]
    counted_to: Mapped[int]

    @property
    def objector(self) -> OrganisationKey:
        return OrganisationKey(scheme=self.objector_scheme, code=self.objector_code)

    @property
    def telling(self) -> tuple[str, str]:
        """Name and code, by which anybody would know who objects."""
        return self.objector_name, self.objector_code

    @property
    def due(self) -> DueDay | None:
        return None if self.due_on is None else DueDay(self.due_on, self.is_provisional)
