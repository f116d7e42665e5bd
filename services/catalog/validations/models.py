"""The table of validations."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from catalog.base import Base
from catalog.nouns import NounRow, of_owner
from common.contracts.words import ValidationState
from common.database import words
from common.fields import OrganisationKey

Moments = Mapped[datetime | None]


class Validation(NounRow, Base):
    """Its owner is the enterprise that asked. `result` is the document as the host signed it, NULL until then; its
    `report_place` is where the store of files keeps the report."""

    __tablename__ = "validations"
    __table_args__ = (
        of_owner(),
        Index("ix_validations_created_at", "created_at", "id"),
        Index("ix_validations_demand_id", "demand_id"),
        Index("ix_validations_test_bed_id", "test_bed_id"),
        Index("ix_validations_key_id", "key_id"),
    )

    state: Mapped[ValidationState] = mapped_column(words(ValidationState))
    demand_id: Mapped[UUID] = mapped_column(ForeignKey("demands.id"))
    demand_version: Mapped[int]
    demand_title: Mapped[str] = mapped_column(Text)
    demand_owner_scheme: Mapped[str] = mapped_column(Text)
    demand_owner_code: Mapped[str] = mapped_column(Text)
    test_bed_id: Mapped[UUID] = mapped_column(ForeignKey("test_beds.id"))
    test_bed_title: Mapped[str] = mapped_column(Text)
    host_scheme: Mapped[str] = mapped_column(Text)
    host_code: Mapped[str] = mapped_column(Text)
    host_name: Mapped[str] = mapped_column(Text)
    solution_id: Mapped[UUID | None] = mapped_column(ForeignKey("solutions.id"))
    profile_id: Mapped[UUID | None]
    subject: Mapped[str] = mapped_column(Text)
    measurements: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    slot_starts_at: Moments = mapped_column(DateTime(timezone=True))
    slot_ends_at: Moments = mapped_column(DateTime(timezone=True))
    started_at: Moments = mapped_column(DateTime(timezone=True))
    report_name: Mapped[str | None] = mapped_column(Text)
    report_media_type: Mapped[str | None] = mapped_column(Text)
    report_size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    report_sha256: Mapped[str | None] = mapped_column(Text)
    report_place: Mapped[str | None] = mapped_column(Text)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    result_sha256: Mapped[str | None] = mapped_column(Text)
    key_id: Mapped[str | None] = mapped_column(Text)
    signature: Mapped[str | None] = mapped_column(Text)
    signed_at: Moments = mapped_column(DateTime(timezone=True))
    accepted_at: Moments = mapped_column(DateTime(timezone=True))
    state_reason: Mapped[str | None] = mapped_column(Text)

    @property
    def host_key(self) -> OrganisationKey:
        return OrganisationKey(scheme=self.host_scheme, code=self.host_code)

    @property
    def demand_owner_key(self) -> OrganisationKey:
        return OrganisationKey(scheme=self.demand_owner_scheme, code=self.demand_owner_code)
