"""The table of capability profiles."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Index, Integer, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from common.contracts.matcher import OfferKind
from common.contracts.words import OwnershipForm, SizeClass
from common.database import words
from common.fields import Language, OrganisationKey
from matcher.base import Base
from matcher.subjects.profiles.rules import ProfileState, ProfileVisibility, in_force


class Profile(Base):
    """What one organisation offers in one field; an organisation may keep several.

    ownership, size_class  what it says of its organisation: counted in the report of exposure, read by no ranking
    heard_validations      by id, what catalog said last of each validation that is evidence of it or was
    """

    __tablename__ = "profiles"
    __table_args__ = (
        Index("ix_profiles_created_at_id", text("created_at DESC"), text("id DESC")),
        Index("ix_profiles_organisation", "organisation_scheme", "organisation_code"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    state: Mapped[ProfileState] = mapped_column(words(ProfileState))
    visibility: Mapped[ProfileVisibility] = mapped_column(words(ProfileVisibility), server_default=text("'public'"))
    organisation_scheme: Mapped[str] = mapped_column(Text)
    organisation_code: Mapped[str] = mapped_column(Text)
    organisation_name: Mapped[str] = mapped_column(Text)
    offer_kind: Mapped[OfferKind] = mapped_column(words(OfferKind))
    language: Mapped[Language] = mapped_column(Text)
    headline: Mapped[str] = mapped_column(Text)
    summary: Mapped[str] = mapped_column(Text)
    items: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    cases: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    products: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    tracks: Mapped[list[str]] = mapped_column(ARRAY(Text))
    division: Mapped[str | None] = mapped_column(Text)
    ownership: Mapped[OwnershipForm | None] = mapped_column(words(OwnershipForm))
    size_class: Mapped[SizeClass | None] = mapped_column(words(SizeClass))
    heard_validations: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    @property
    def validations(self) -> list[dict[str, Any]]:
        return in_force(self.heard_validations)

    @hybrid_property
    def is_matched(self) -> bool:
        """Whether it takes part in matching, and is looked for among twins."""
        return (self.state == ProfileState.ACTIVE) & (self.visibility != ProfileVisibility.HIDDEN)

    @property
    def organisation(self) -> OrganisationKey:
        return OrganisationKey(scheme=self.organisation_scheme, code=self.organisation_code)
