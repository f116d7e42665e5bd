"""The table of data offers."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from catalog.base import Base
from catalog.nouns import NounRow, of_owner
from common.contracts.words import DataClass, DataOfferState
from common.database import words
from common.fields import OrganisationKey


class DataOffer(NounRow, Base):
    """Its owner is who asked; the holder has the data. `access` says where and how while it is granted, else NULL."""

    __tablename__ = "data_offers"
    __table_args__ = (
        of_owner(),
        CheckConstraint("(demand_id IS NULL) <> (test_bed_id IS NULL)", "about"),
        Index("ix_data_offers_created_at", "created_at", "id"),
    )

    state: Mapped[DataOfferState] = mapped_column(words(DataOfferState))
    demand_id: Mapped[UUID | None] = mapped_column(ForeignKey("demands.id"))
    test_bed_id: Mapped[UUID | None] = mapped_column(ForeignKey("test_beds.id"))
    holder_scheme: Mapped[str] = mapped_column(Text)
    holder_code: Mapped[str] = mapped_column(Text)
    holder_name: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    purpose: Mapped[str] = mapped_column(Text)
    data_class: Mapped[DataClass] = mapped_column(words(DataClass))
    access: Mapped[str | None] = mapped_column(Text)
    expires_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    state_reason: Mapped[str | None] = mapped_column(Text)

    @property
    def holder_key(self) -> OrganisationKey:
        return OrganisationKey(scheme=self.holder_scheme, code=self.holder_code)
