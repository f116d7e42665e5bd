"""The tables of embedding models and of the vectors they made."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from pgvector.sqlalchemy import HALFVEC
from sqlalchemy import Boolean, DateTime, ForeignKey, Index, Integer, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from common.contracts.matcher import OfferKind
from common.contracts.words import DemandKind
from common.database import words
from common.fields import Language
from matcher.base import Base
from matcher.engine.embedding import EngineName


class ModelState(StrEnum):
    """`building` while its vectors are made beside the active ones, `retired` while they wait to be dropped."""

    BUILDING = "building"
    ACTIVE = "active"
    RETIRED = "retired"


class EmbeddingModel(Base):
    """A model that vectors here were made with. `engine` and `model` say how to load it, `id` what must come of it."""

    __tablename__ = "embedding_models"
    __table_args__ = (
        Index("uq_embedding_models_active", "state", unique=True, postgresql_where=text("state = 'active'")),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    engine: Mapped[EngineName] = mapped_column(Text)
    model: Mapped[str | None] = mapped_column(Text)
    dim: Mapped[int] = mapped_column(Integer)
    state: Mapped[ModelState] = mapped_column(words(ModelState))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class ProfileEmbedding(Base):
    """The vectors of one profile by one model, with the columns that searches filter by.

    parts    the vectors of capability items, then of evidence sentences: float16, little endian, row by row
    lexemes  the words of the headline and the items
    """

    __tablename__ = "profile_embeddings"
    __table_args__ = (Index("ix_profile_embeddings_lexemes", "lexemes", postgresql_using="gin"),)

    profile_id: Mapped[UUID] = mapped_column(ForeignKey("profiles.id"), primary_key=True)
    model_id: Mapped[str] = mapped_column(ForeignKey("embedding_models.id"), primary_key=True)
    profile_version: Mapped[int] = mapped_column(Integer)
    offer_kind: Mapped[OfferKind] = mapped_column(words(OfferKind))
    language: Mapped[Language] = mapped_column(Text)
    is_active: Mapped[bool] = mapped_column(Boolean)
    division: Mapped[str | None] = mapped_column(Text)
    headline: Mapped[Any] = mapped_column(HALFVEC)
    body: Mapped[Any] = mapped_column(HALFVEC)
    parts: Mapped[bytes] = mapped_column(LargeBinary)
    lexemes: Mapped[Any] = mapped_column(TSVECTOR)


class DemandEmbedding(Base):
    """The vectors of one demand by one model; `parts` holds those of its clauses, `lexemes` the words of its title."""

    __tablename__ = "demand_embeddings"
    __table_args__ = (Index("ix_demand_embeddings_lexemes", "lexemes", postgresql_using="gin"),)

    demand_id: Mapped[UUID] = mapped_column(ForeignKey("demands.id"), primary_key=True)
    model_id: Mapped[str] = mapped_column(ForeignKey("embedding_models.id"), primary_key=True)
    demand_version: Mapped[int] = mapped_column(Integer)
    kind: Mapped[DemandKind] = mapped_column(words(DemandKind))
    language: Mapped[Language] = mapped_column(Text)
    is_open: Mapped[bool] = mapped_column(Boolean)
    closes_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    domain: Mapped[str] = mapped_column(Text)
    tracks: Mapped[list[str]] = mapped_column(ARRAY(Text))
    division: Mapped[str | None] = mapped_column(Text)
    title: Mapped[Any] = mapped_column(HALFVEC)
    body: Mapped[Any] = mapped_column(HALFVEC)
    parts: Mapped[bytes] = mapped_column(LargeBinary)
    lexemes: Mapped[Any] = mapped_column(TSVECTOR)
