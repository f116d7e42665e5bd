"""The table of acts."""

from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import DateTime, Index, Table, Text
from sqlalchemy.orm import Mapped, mapped_column

from common.contracts.dockings import Side
from common.database import words
from common.fields import OrganisationKey
from matcher.base import Base


class ActRow(Base):
    """One act. `side` and the actor are NULL of what the clock did; `subject` is the person the token names.

    `on_behalf_*` and `mandate_id` name whom a broker acted for, and by which mandate.
    """

    __tablename__ = "acts"
    __table_args__ = (Index("ix_acts_noun_about_at", "noun", "about", "at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    noun: Mapped[str] = mapped_column(Text)
    about: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    action: Mapped[str] = mapped_column(Text)
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str] = mapped_column(Text)
    side: Mapped[Side | None] = mapped_column(words(Side))
    actor_scheme: Mapped[str | None] = mapped_column(Text)
    actor_code: Mapped[str | None] = mapped_column(Text)
    actor_name: Mapped[str | None] = mapped_column(Text)
    subject: Mapped[str | None] = mapped_column(Text)
    on_behalf_of_scheme: Mapped[str | None] = mapped_column(Text)
    on_behalf_of_code: Mapped[str | None] = mapped_column(Text)
    mandate_id: Mapped[UUID | None]
    reason: Mapped[str | None] = mapped_column(Text)
    reason_text: Mapped[str | None] = mapped_column(Text)

    @property
    def actor(self) -> OrganisationKey | None:
        return _key(self.actor_scheme, self.actor_code)

    @property
    def on_behalf_of(self) -> OrganisationKey | None:
        return _key(self.on_behalf_of_scheme, self.on_behalf_of_code)


ACTS = cast(Table, ActRow.__table__)


def _key(scheme: str | None, code: str | None) -> OrganisationKey | None:
    return None if scheme is None or code is None else OrganisationKey(scheme=scheme, code=code)
