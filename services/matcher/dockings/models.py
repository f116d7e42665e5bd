"""The table of dockings."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from common.contracts.dockings import DockingState, MeetingTold, Side
from common.database import words
from common.fields import OrganisationKey
from matcher.base import Base
from matcher.calendar.working_days import DueDay
from matcher.dockings.rules import AlarmKind

_MOMENT = DateTime(timezone=True)
NOT_FAILED = text("state <> 'failed'")


class Docking(Base):
    """A docking on a match; one that failed makes room for another.

    matched_at     when the match was first announced
    slots_by       the side whose offer of times to meet stands
    slots_until    when the last of the times that stand begins
    agreed_by      the side that agreed first
    step, step_by  what is next and for whom; NULL when it is over, `step_by` also when it is for both
    step_from      since when its days are counted
    counted_to     the last year whose holidays were known when they were counted
    alarm_at       when the clock looks at it next
    """

    __tablename__ = "dockings"
    __table_args__ = (
        Index("uq_dockings_match_id", "match_id", unique=True, postgresql_where=NOT_FAILED),
        Index("ix_dockings_owner", "owner_scheme", "owner_code", "opened_at", "id"),
        Index("ix_dockings_enterprise", "enterprise_scheme", "enterprise_code", "opened_at", "id"),
        Index("ix_dockings_alarm_at", "alarm_at", postgresql_where=text("alarm_at IS NOT NULL")),
        Index("ix_dockings_provisional", "counted_to", postgresql_where=text("is_provisional")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    state: Mapped[DockingState] = mapped_column(words(DockingState))
    match_id: Mapped[UUID] = mapped_column(ForeignKey("matches.id"))
    matched_at: Mapped[datetime] = mapped_column(_MOMENT)
    demand_id: Mapped[UUID]
    demand_title: Mapped[str] = mapped_column(Text)
    owner_scheme: Mapped[str] = mapped_column(Text)
    owner_code: Mapped[str] = mapped_column(Text)
    owner_name: Mapped[str] = mapped_column(Text)
    profile_id: Mapped[UUID]
    profile_headline: Mapped[str] = mapped_column(Text)
    enterprise_scheme: Mapped[str] = mapped_column(Text)
    enterprise_code: Mapped[str] = mapped_column(Text)
    enterprise_name: Mapped[str] = mapped_column(Text)
    message: Mapped[str | None] = mapped_column(Text)
    opened_by: Mapped[Side] = mapped_column(words(Side))
    opened_at: Mapped[datetime] = mapped_column(_MOMENT)
    slots_by: Mapped[Side | None] = mapped_column(words(Side))
    slots_until: Mapped[datetime | None] = mapped_column(_MOMENT)
    meeting: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    first_meeting_at: Mapped[datetime | None] = mapped_column(_MOMENT)
    agreed_by: Mapped[Side | None] = mapped_column(words(Side))
    ended_at: Mapped[datetime | None] = mapped_column(_MOMENT)
    failure_reason: Mapped[str | None] = mapped_column(Text)
    failure_text: Mapped[str | None] = mapped_column(Text)
    step: Mapped[str | None] = mapped_column(Text)
    step_by: Mapped[Side | None] = mapped_column(words(Side))
    step_from: Mapped[datetime | None] = mapped_column(_MOMENT)
    due_on: Mapped[date | None]
    is_provisional: Mapped[bool]
    counted_to: Mapped[int]
    alarm: Mapped[AlarmKind | None] = mapped_column(words(AlarmKind))
    alarm_at: Mapped[datetime | None] = mapped_column(_MOMENT)

    @property
    def owner(self) -> OrganisationKey:
        return OrganisationKey(scheme=self.owner_scheme, code=self.owner_code)

    @property
    def enterprise(self) -> OrganisationKey:
        return OrganisationKey(scheme=self.enterprise_scheme, code=self.enterprise_code)

    @property
    def sides(self) -> dict[Side, OrganisationKey]:
        return {Side.OWNER: self.owner, Side.ENTERPRISE: self.enterprise}

    @property
    def due(self) -> DueDay | None:
        return None if self.due_on is None else DueDay(self.due_on, self.is_provisional)

    @property
    def meeting_told(self) -> MeetingTold | None:
        return None if self.meeting is None else MeetingTold.read(self.meeting)
