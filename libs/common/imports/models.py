"""The tables of imports and of their rows, which every service that imports has."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, DateTime, ForeignKey, Index, Integer, MetaData, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from common.database import NAMING, words
from common.imports.rules import ImportState, RowState
from common.sealed import SealedBytes, SealedJsonText


class ImportBase(DeclarativeBase):
    """Apart from the tables that every service has: not every service imports."""

    metadata = MetaData(naming_convention=NAMING)


class Import(ImportBase):
    """One file of one organisation. `content` is there until it has been read; `caller` is who has it worked on,
    `schema_digest` the schema by which its rows were checked.

    A worker holds it until `leased_until`; `attempt_count` tells its lease from those before.
    """

    __tablename__ = "imports"
    __table_args__ = (
        UniqueConstraint("organisation_scheme", "organisation_code", "digest"),
        Index("ix_imports_own", "organisation_scheme", "organisation_code", "created_at", "id"),
        Index(
            "ix_imports_unfinished",
            "created_at",
            postgresql_where=text("state IN ('waiting', 'reading', 'committing')"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    state: Mapped[ImportState] = mapped_column(words(ImportState))
    organisation_scheme: Mapped[str] = mapped_column(Text)
    organisation_code: Mapped[str] = mapped_column(Text)
    caller: Mapped[dict[str, Any]] = mapped_column(JSONB)
    kind: Mapped[str] = mapped_column(Text)
    file_name: Mapped[str | None] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(Text)
    size_bytes: Mapped[int] = mapped_column(Integer)
    format: Mapped[str | None] = mapped_column(Text)
    content: Mapped[bytes | None] = mapped_column(SealedBytes, deferred=True, deferred_raiseload=True)
    row_total: Mapped[int | None] = mapped_column(Integer)
    good_count: Mapped[int] = mapped_column(Integer, default=0)
    warned_count: Mapped[int] = mapped_column(Integer, default=0)
    bad_count: Mapped[int] = mapped_column(Integer, default=0)
    same_count: Mapped[int] = mapped_column(Integer, default=0)
    committed_count: Mapped[int] = mapped_column(Integer, default=0)
    sheets: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    schema_digest: Mapped[str | None] = mapped_column(Text)
    refusal: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    leased_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    attempt_count: Mapped[int] = mapped_column(Integer, default=0)


class ImportRow(ImportBase):
    """One entry of a file as it was read. `content` is the body of the request that it becomes, contact included;
    `subject_id` what it became, or what it repeats."""

    __tablename__ = "import_rows"
    __table_args__ = (
        Index(
            "ix_import_rows_uncommitted",
            "import_id",
            "number",
            postgresql_where=text("subject_id IS NULL AND state IN ('good', 'warned')"),
        ),
    )

    import_id: Mapped[UUID] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[RowState] = mapped_column(words(RowState))
    place: Mapped[str] = mapped_column(Text)
    content: Mapped[dict[str, Any]] = mapped_column(SealedJsonText)
    cells: Mapped[list[dict[str, Any]]] = mapped_column(SealedJsonText)
    remarks: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    subject_id: Mapped[UUID | None]
