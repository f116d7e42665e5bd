"""The table of demands."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Index, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from catalog.base import Base
from catalog.nouns import Owned, Versioned, of_owner
from catalog.search.columns import Searchable
from common.contracts.words import DemandKind, DemandState, Domain
from common.database import words
from common.sealed import SealedJson
from common.vocabulary import Vocabulary


class ProcurementRoute(Vocabulary):
    """How the owner means to buy, in the city's words."""

    PUBLIC_TENDER = "公开招标"
    COMPETITIVE_CONSULTATION = "竞争性磋商"
    INNOVATION_PROCUREMENT = "合作创新采购"
    OPEN_CHALLENGE = "揭榜挂帅"
    TRIAL_ONLY = "无采购(试用)"
    OWN_DECISION = "企业自主"


class Change(StrEnum):
    """A public step in a demand's life; each is announced and kept as a version."""

    PUBLISHED = "published"
    AMENDED = "amended"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    OPENED = "opened"
    EVALUATING = "evaluating"
    SELECTED = "selected"
    UNSUCCESSFUL = "unsuccessful"
    IN_VALIDATION = "in_validation"
    ADOPTED = "adopted"
    NOT_ADOPTED = "not_adopted"
    ARCHIVED = "archived"
    CANCELLED = "cancelled"
    MERGED = "merged"


class Demand(Versioned, Owned, Searchable, Base):
    """A demand as it is now. `contact`, `written_by`, `submitted_by` and `review_comments` are private."""

    __tablename__ = "demands"
    __table_args__ = (
        of_owner(),
        Index("ix_demands_public", "published_at", "id", postgresql_where=text("published_at IS NOT NULL")),
        Index("ix_demands_own", "owner_scheme", "owner_code", "created_at", "id"),
        Index("ix_demands_title", "title", postgresql_using="hash"),
        Index("ix_demands_due", "closes_at", postgresql_where=text("state = 'published'")),
        Index("ix_demands_opening", "opens_at", postgresql_where=text("state = 'published' AND opens_at IS NOT NULL")),
        Index("ix_demands_policy_ids", "policy_ids", postgresql_using="gin"),
        Index("ix_demands_search", "search", postgresql_using="gin"),
    )
    # Reading `search` back after a write would send the tokens over the wire for nothing.
    __mapper_args__ = {"eager_defaults": False}  # noqa: RUF012  # SQLAlchemy reads it as it stands

    state: Mapped[DemandState] = mapped_column(words(DemandState))
    kind: Mapped[DemandKind] = mapped_column(words(DemandKind))
    title: Mapped[str] = mapped_column(Text)
    need: Mapped[str] = mapped_column(Text)
    clauses: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    domain: Mapped[Domain] = mapped_column(words(Domain))
    tracks: Mapped[list[str]] = mapped_column(ARRAY(Text))
    division: Mapped[str | None] = mapped_column(Text)
    locality: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    budget_min_fen: Mapped[int | None] = mapped_column(BigInteger)
    budget_max_fen: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(Text)
    opens_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    closes_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    procurement_route: Mapped[ProcurementRoute | None] = mapped_column(words(ProcurementRoute))
    docking: Mapped[str | None] = mapped_column(Text)
    policies: Mapped[list[str]] = mapped_column(ARRAY(Text))
    policy_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default=text("'{}'"))
    linked_policies: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'"))
    contact: Mapped[dict[str, Any] | None] = mapped_column(SealedJson)

    published_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    amendment_reason: Mapped[str | None] = mapped_column(Text)
    withdrawal_reason: Mapped[str | None] = mapped_column(Text)
    state_reason: Mapped[str | None] = mapped_column(Text)
    written_by: Mapped[str | None] = mapped_column(Text)
    submitted_by: Mapped[str | None] = mapped_column(Text)
    review_comments: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB(none_as_null=True))
    merged_into: Mapped[UUID | None]
    copied_from: Mapped[UUID | None]
