"""What the migrations of all services share: how they run on a connection, and tables that every service has."""

from typing import Any

import sqlalchemy as sa
from alembic.operations import Operations
from sqlalchemy import MetaData
from sqlalchemy.dialects.postgresql import JSONB


def run_env(context: Any, metadata: list[MetaData]) -> None:
    """What each service's `migrations/env.py` does: migrate on the connection it is given."""
    connection = context.config.attributes["connection"]
    context.configure(
        connection=connection, target_metadata=metadata, compare_type=True, transaction_per_migration=True
    )
    with context.begin_transaction():
        context.run_migrations()


def create_index_beside_writers(op: Operations, name: str, of: str) -> None:
    """An index on a table in use, within an `autocommit_block`; one that is whole already stays, so that a migration of
    many goes on where it stopped.

    of  table, columns and condition, as SQL has them after ON
    """
    half = sa.text("SELECT NOT indisvalid FROM pg_index WHERE indexrelid = to_regclass(:name)")
    if op.get_bind().scalar(half, {"name": name}):
        op.execute(f"DROP INDEX CONCURRENTLY {name}")
    op.execute(f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {name} ON {of}")


def create_common_tables(op: Operations) -> None:
    """Outbox with its notification, inbox, idempotency keys: called by each service's first migration."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "outbox",
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=True),
        sa.Column("event_id", sa.Uuid, nullable=False, unique=True),
        sa.Column("stream", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("envelope", sa.Text, nullable=False),
        sa.Column("recorded_at", moment, nullable=False),
        sa.Column("published_at", moment),
        sa.Column("stream_created_at", moment),
        sa.Column("stream_seq", sa.BigInteger),
    )
    op.create_index("ix_outbox_unpublished", "outbox", ["seq"], postgresql_where=sa.text("published_at IS NULL"))
    op.create_index("ix_outbox_stream_seq", "outbox", ["stream", "stream_created_at", "stream_seq"])
    op.execute(
        "CREATE FUNCTION outbox_recorded() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN PERFORM pg_notify('outbox', ''); RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER outbox_recorded AFTER INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION outbox_recorded()"
    )
    _create_inbox(op)
    _create_idempotency(op)


def add_trace_context(op: Operations) -> None:
    """The span in which an event was recorded; called by a later migration of each service."""
    op.add_column("outbox", sa.Column("traceparent", sa.Text))


def _create_inbox(op: Operations) -> None:
    op.create_table(
        "inbox",
        sa.Column("consumer", sa.Text, primary_key=True),
        sa.Column("event_id", sa.Uuid, primary_key=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
    )
    op.create_index("ix_inbox_received_at", "inbox", ["received_at"])


def _create_idempotency(op: Operations) -> None:
    op.create_table(
        "idempotency",
        sa.Column("caller", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("body", sa.Text),
        sa.Column("headers", sa.Text),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
    )
    op.create_index("ix_idempotency_created_at", "idempotency", ["created_at"])


def create_deadlines(op: Operations) -> None:
    """What is due when: called by the migration with which a service got a scheduler."""
    op.create_table(
        "deadlines",
        sa.Column("what", sa.String(32), primary_key=True),
        sa.Column("key", sa.Uuid, primary_key=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True)),
        sa.Column("tries_count", sa.Integer, nullable=False),
    )
    op.create_index("ix_deadlines_due_at", "deadlines", ["due_at"])


def create_dead_letters(op: Operations) -> None:
    """Events that a consumer could not apply: called by the migration with which each service got them."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "dead_letters",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=True),
        sa.Column("consumer", sa.Text, nullable=False),
        sa.Column("message_id", sa.Text, nullable=False),
        sa.Column("stream", sa.Text, nullable=False),
        sa.Column("stream_seq", sa.BigInteger, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("tried_count", sa.Integer, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("buried_at", moment, nullable=False),
        sa.Column("replayed_at", moment),
        sa.UniqueConstraint("consumer", "message_id", name="uq_dead_letters_consumer_message_id"),
    )
    op.create_index(
        "ix_dead_letters_waiting", "dead_letters", ["consumer", "id"], postgresql_where=sa.text("replayed_at IS NULL")
    )


def create_imports(op: Operations) -> None:
    """Files that are read into reports, and their rows: called by the migration with which a service got them."""
    moment = sa.DateTime(timezone=True)
    counts = ("good_count", "warned_count", "bad_count", "same_count", "committed_count")
    op.create_table(
        "imports",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("organisation_scheme", sa.Text, nullable=False),
        sa.Column("organisation_code", sa.Text, nullable=False),
        sa.Column("caller", JSONB, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("file_name", sa.Text),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("size_bytes", sa.Integer, nullable=False),
        sa.Column("format", sa.Text),
        sa.Column("content", sa.LargeBinary),
        sa.Column("row_total", sa.Integer),
        *(sa.Column(name, sa.Integer, nullable=False) for name in counts),
        sa.Column("sheets", JSONB, nullable=False),
        sa.Column("refusal", JSONB),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("updated_at", moment, nullable=False),
        sa.Column("leased_until", moment),
        sa.Column("attempt_count", sa.Integer, nullable=False),
        sa.UniqueConstraint("organisation_scheme", "organisation_code", "digest", name=_IMPORT_DIGEST),
    )
    owner = ["organisation_scheme", "organisation_code", "created_at", "id"]
    op.create_index("ix_imports_own", "imports", owner)
    unfinished = sa.text("state IN ('waiting', 'reading', 'committing')")
    op.create_index("ix_imports_unfinished", "imports", ["created_at"], postgresql_where=unfinished)
    _create_import_rows(op)


_IMPORT_DIGEST = "uq_imports_organisation_scheme_organisation_code_digest"


def _create_import_rows(op: Operations) -> None:
    owner = sa.ForeignKey("imports.id", ondelete="CASCADE", name="fk_import_rows_import_id")
    op.create_table(
        "import_rows",
        sa.Column("import_id", sa.Uuid, owner, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        *(sa.Column(name, sa.JSON, nullable=False) for name in ("content", "cells", "remarks")),
        sa.Column("subject_id", sa.Uuid),
    )
    waiting = sa.text("subject_id IS NULL AND state IN ('good', 'warned')")
    op.create_index("ix_import_rows_uncommitted", "import_rows", ["import_id", "number"], postgresql_where=waiting)
