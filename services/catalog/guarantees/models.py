"""The table of guarantee requests."""

from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.base import Base
from catalog.guarantees.rules import GuaranteeState, GuaranteeType
from catalog.nouns import NounRow, named_key, of_owner
from catalog.projects.models import DemoProject
from common.database import words
from common.fields import OrganisationKey


class GuaranteeRequest(NounRow, Base):
    """What a project lacks, and which organisation it waits for. Private to those whom it concerns."""

    __tablename__ = "guarantees"
    __table_args__ = (
        of_owner(),
        Index("ix_guarantees_created_at", "created_at", "id"),
        Index("ix_guarantees_project_id", "project_id", "created_at", "id"),
    )

    state: Mapped[GuaranteeState] = mapped_column(words(GuaranteeState))
    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"))
    type: Mapped[GuaranteeType] = mapped_column(words(GuaranteeType))
    title: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    waits_for_scheme: Mapped[str | None] = mapped_column(Text)
    waits_for_code: Mapped[str | None] = mapped_column(Text)
    waits_for_name: Mapped[str | None] = mapped_column(Text)
    state_reason: Mapped[str | None] = mapped_column(Text)
    project: Mapped[DemoProject] = relationship(lazy="joined", innerjoin=True)

    @property
    def waits_for(self) -> OrganisationKey | None:
        return named_key(self.waits_for_scheme, self.waits_for_code)
