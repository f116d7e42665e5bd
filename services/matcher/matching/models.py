"""The tables of matches and of the receipts of the rankings that made them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, DateTime, Float, ForeignKey, Index, Integer, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from common.contracts.matcher import Band
from common.contracts.words import DemandKind, Domain
from common.database import words
from common.fields import OrganisationKey
from matcher.base import Base
from matcher.subjects.kind import SubjectKind

_ONLY_CURRENT = text("is_current")


class Ranking(Base):
    """The receipt of one ranking.

    ids, versions, scores  of everybody considered, parallel, in ranked order
    match_ids, match_fits  of those it found to be matches, parallel, best first
    """

    __tablename__ = "rankings"
    __table_args__ = (
        Index("ix_rankings_subject", "subject_id", "created_at"),
        Index("ix_rankings_demands", "created_at", postgresql_where=text("subject_kind = 'demand'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    subject_kind: Mapped[SubjectKind] = mapped_column(words(SubjectKind))
    subject_id: Mapped[UUID]
    subject_version: Mapped[int] = mapped_column(Integer)
    model_id: Mapped[str] = mapped_column(Text)
    ranker_version: Mapped[str] = mapped_column(Text)
    settings: Mapped[dict[str, Any]] = mapped_column(JSONB)
    ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    versions: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    scores: Mapped[list[float]] = mapped_column(ARRAY(Float))
    match_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    match_fits: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    digest: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class Match(Base):
    """The newest fit of one demand and one profile that was announced; `version` grows with every announcement.

    features    the ranker's figures by name, for learning from what becomes of the match
    rank        place in the ranking that made it, from 1
    propensity  the chance it had to be announced at that place
    """

    __tablename__ = "matches"
    __table_args__ = (
        Index("uq_matches_demand_id_profile_id", "demand_id", "profile_id", unique=True),
        Index("ix_matches_profile_id", "profile_id"),
        Index("ix_matches_demand_id_fit", "demand_id", text("fit DESC"), postgresql_where=_ONLY_CURRENT),
        Index("ix_matches_owner", "demand_owner_scheme", "demand_owner_code", text("created_at DESC"), text("id DESC")),
        Index(
            "ix_matches_organisation",
            "profile_organisation_scheme",
            "profile_organisation_code",
            text("created_at DESC"),
            text("id DESC"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    is_current: Mapped[bool] = mapped_column(Boolean)
    demand_id: Mapped[UUID] = mapped_column(ForeignKey("demands.id"))
    demand_version: Mapped[int] = mapped_column(Integer)
    demand_kind: Mapped[DemandKind] = mapped_column(words(DemandKind))
    demand_title: Mapped[str] = mapped_column(Text)
    demand_owner_scheme: Mapped[str] = mapped_column(Text)
    demand_owner_code: Mapped[str] = mapped_column(Text)
    demand_owner_name: Mapped[str] = mapped_column(Text)
    domain: Mapped[Domain] = mapped_column(words(Domain))
    tracks: Mapped[list[str]] = mapped_column(ARRAY(Text))
    division: Mapped[str | None] = mapped_column(Text)
    locality: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    profile_id: Mapped[UUID] = mapped_column(ForeignKey("profiles.id"))
    profile_version: Mapped[int] = mapped_column(Integer)
    profile_headline: Mapped[str] = mapped_column(Text)
    profile_organisation_scheme: Mapped[str] = mapped_column(Text)
    profile_organisation_code: Mapped[str] = mapped_column(Text)
    profile_organisation_name: Mapped[str] = mapped_column(Text)
    fit: Mapped[int] = mapped_column(Integer)
    band: Mapped[Band] = mapped_column(words(Band))
    summary: Mapped[str] = mapped_column(Text)
    verdicts: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    features: Mapped[dict[str, float]] = mapped_column(JSONB)
    rank: Mapped[int] = mapped_column(Integer)
    propensity: Mapped[float] = mapped_column(Float)
    ranking_id: Mapped[UUID] = mapped_column(ForeignKey("rankings.id"))
    computed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    @property
    def demand_owner(self) -> OrganisationKey:
        return OrganisationKey(scheme=self.demand_owner_scheme, code=self.demand_owner_code)

    @property
    def profile_organisation(self) -> OrganisationKey:
        return OrganisationKey(scheme=self.profile_organisation_scheme, code=self.profile_organisation_code)
