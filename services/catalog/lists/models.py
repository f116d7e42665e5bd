"""The tables of scenario lists and of their entries."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from catalog.base import Base
from catalog.nouns import NounRow, of_owner
from common.contracts.words import ListState, ScenarioLevel
from common.database import words


class ScenarioList(NounRow, Base):
    """One edition of the list of a year and batch. `document` is what was frozen, as canonical JSON, with its digest;
    `reason` says why it corrects the edition it supersedes; `withdrawn` are demands that no list has since."""

    __tablename__ = "scenario_lists"
    __table_args__ = (
        of_owner(),
        Index("ix_scenario_lists_created_at", "created_at", "id"),
        Index(
            "uq_scenario_lists_edition",
            "owner_scheme",
            "owner_code",
            "year",
            "batch",
            "edition",
            unique=True,
            postgresql_where=text("state <> 'cancelled'"),
        ),
    )

    state: Mapped[ListState] = mapped_column(words(ListState))
    year: Mapped[int]
    batch: Mapped[int]
    edition: Mapped[int]
    title: Mapped[str] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)
    collect_by: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    entries_count: Mapped[int]
    supersedes: Mapped[UUID | None] = mapped_column(ForeignKey("scenario_lists.id"))
    superseded_by: Mapped[UUID | None]
    reason: Mapped[str | None] = mapped_column(Text)
    submitted_by: Mapped[str | None] = mapped_column(Text)
    review_comments: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB(none_as_null=True))
    document: Mapped[str | None] = mapped_column(Text, deferred=True)
    digest: Mapped[str | None] = mapped_column(Text)
    published_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    withdrawn: Mapped[list[str] | None] = mapped_column(JSONB(none_as_null=True))


class ListEntry(Base):
    """A demand in a list, with its public text at one version.

    follows  the list in which the same demand was published before, known once this one is published
    """

    __tablename__ = "list_entries"
    __table_args__ = (Index("ix_list_entries_demand_id", "demand_id"),)

    list_id: Mapped[UUID] = mapped_column(ForeignKey("scenario_lists.id"), primary_key=True)
    demand_id: Mapped[UUID] = mapped_column(ForeignKey("demands.id"), primary_key=True)
    position: Mapped[int]
    demand_version: Mapped[int]
    level: Mapped[ScenarioLevel | None] = mapped_column(words(ScenarioLevel))
    text: Mapped[Mapping[str, Any]] = mapped_column(JSONB)
    follows: Mapped[UUID | None]
