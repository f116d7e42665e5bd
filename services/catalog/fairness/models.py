"""The table of justifications."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from catalog.base import Base
from common.database import WORD_LENGTH
from common.fields import OrganisationKey


class FairnessJustification(Base):
    """Why a passage of a demand may stand though a rule holds in it, and who says so. It is of the passage as it is
    written: another wording needs another one."""

    __tablename__ = "fairness_justifications"
    __table_args__ = (Index("ix_fairness_justifications_demand_id", "demand_id", "at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    demand_id: Mapped[UUID] = mapped_column(ForeignKey("demands.id"))
    rule: Mapped[str] = mapped_column(String(WORD_LENGTH))
    passage: Mapped[str] = mapped_column(Text)
    justification: Mapped[str] = mapped_column(Text)
    party: Mapped[str] = mapped_column(String(WORD_LENGTH))
    actor_scheme: Mapped[str] = mapped_column(Text)
    actor_code: Mapped[str] = mapped_column(Text)
    actor_name: Mapped[str] = mapped_column(Text)
    justified_by: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    @property
    def organisation(self) -> OrganisationKey:
        return OrganisationKey(scheme=self.actor_scheme, code=self.actor_code)
