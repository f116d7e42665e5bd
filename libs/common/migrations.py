"""Brings a service's database to the newest schema, and the tables every service shares."""

import asyncio
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import structlog
from alembic import command
from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from common import grants, logs
from common.database import tls
from common.errors import Unavailable
from common.outages import is_outage
from common.settings import ServiceSettings

LOCK_ID = 7_215_002
"""Advisory lock: replicas that start together migrate one after another."""
TURN_POLL_S = 0.5
LOCK_NOT_AVAILABLE = "55P03"
HOLDERS = """
    SELECT pid, application_name, state, extract(epoch FROM now() - xact_start)::int FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
    ORDER BY xact_start LIMIT 5
"""

log = structlog.get_logger()


@dataclass(frozen=True)
class Patience:
    """
    lock_timeout_s  longest that a migration waits for a table: whoever comes to the table after it waits behind it
    delays_s        between one try and the next; after the last of them the migration gives up
    """

    lock_timeout_s: float = 2.0
    delays_s: tuple[float, ...] = (1.0, 2.0, 5.0, 10.0, *(15.0,) * 20)


PATIENT = Patience()
Tls = ssl.SSLContext | str
"""As of `common.database.tls`."""


def migrate(folder: Path, settings: ServiceSettings) -> None:
    """What the verb does: upgrade as the role that owns the database, and let the service's role use what there is."""
    owner_url = settings.database_owner_url or settings.database_url
    upgrade(folder, owner_url, encryption=tls(settings))
    if settings.database_owner_url:
        asyncio.run(grants.renew(owner_url, settings.database_url, tls(settings)))


def upgrade(
    folder: Path, database_url: str, patience: Patience = PATIENT, *, encryption: Tls = "prefer", to: str = "head"
) -> None:
    """Apply every migration in `folder` that the database lacks, up to the revision `to`. Safe to repeat and to run
    twice at once.

    Each is a transaction of its own. Raises SystemExit with what stands in the way when the database is away or a table
    stays in use; what was applied by then stays, and the next run goes on from there.
    """
    logs.configure(f"{folder.parent.name}-migrate")
    config = Config()
    config.set_main_option("script_location", str(folder))
    config.attributes["to"] = to
    try:
        asyncio.run(_with_connection(database_url, config, patience, encryption))
    except (OSError, DBAPIError) as error:
        if not is_outage(error):
            raise
        raise SystemExit("The database does not answer: is it up, and is the address right?") from None


async def _with_connection(database_url: str, config: Config, patience: Patience, encryption: Tls) -> None:
    # By server_settings: what SET LOCAL sets is gone after an autocommit block, for that and all later migrations.
    settings = {"lock_timeout": f"{int(patience.lock_timeout_s * 1000)}ms", "application_name": "jingqiao-migrate"}
    arguments = {"timeout": 5, "ssl": encryption, "server_settings": settings}
    engine = create_async_engine(database_url, connect_args=arguments)
    try:
        async with engine.connect() as connection:
            await _take_turn(connection)
            await _apply(connection, config, patience)
    finally:
        await engine.dispose()


async def _take_turn(connection: AsyncConnection) -> None:
    while not await connection.scalar(text("SELECT pg_try_advisory_lock(:id)"), {"id": LOCK_ID}):
        await connection.commit()
        log.info("migration_waits_for_another")
        await asyncio.sleep(TURN_POLL_S)
    await connection.commit()


async def _apply(connection: AsyncConnection, config: Config, patience: Patience) -> None:
    for delay_s in (*patience.delays_s, None):
        try:
            await connection.run_sync(_upgrade, config)
            await connection.commit()
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) != LOCK_NOT_AVAILABLE:
                raise
            await connection.rollback()
            holders = await _holders(connection)
            if delay_s is None:
                raise SystemExit(_given_up(holders)) from None
            log.warning("migration_waits_for_a_table", retry_in_s=delay_s, holders=holders)
            await asyncio.sleep(delay_s)
        else:
            return


async def _holders(connection: AsyncConnection) -> list[str]:
    """The oldest transactions in this database, without what they say: a statement may hold data."""
    rows = (await connection.execute(text(HOLDERS))).all()
    await connection.commit()
    return [f"process {pid} ({name or 'unnamed'}, {state}) for {seconds} s" for pid, name, state, seconds in rows]


def _given_up(holders: list[str]) -> str:
    return (
        "A table that a migration changes stays in use; what was not applied is not begun, run it again. "
        f"Open transactions: {'; '.join(holders) or 'none by now'}. "
        "SELECT pg_terminate_backend(PROCESS) ends one of them."
    )


def _upgrade(connection: Connection, config: Config) -> None:
    config.attributes["connection"] = connection
    command.upgrade(config, config.attributes["to"])


@dataclass(frozen=True)
class SchemaState:
    """
    present   the revision of the database, None when it has none
    newest    the newest that the program has
    is_known  whether the program knows the database's revision
    """

    present: str | None
    newest: str
    is_known: bool


async def state_of(folder: Path, settings: ServiceSettings) -> SchemaState:
    """Where the database is among the migrations in `folder`. Raises Unavailable when it does not answer."""
    config = Config()
    config.set_main_option("script_location", str(folder))
    script = ScriptDirectory.from_config(config)
    known = {step.revision for step in script.walk_revisions()}
    engine = create_async_engine(settings.database_url, connect_args={"timeout": 3, "ssl": tls(settings)})
    try:
        async with engine.connect() as connection:
            present = await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())
    except (OSError, TimeoutError, DBAPIError) as error:
        raise Unavailable("The database does not answer", "数据库无响应") from error
    finally:
        await engine.dispose()
    return SchemaState(present, script.get_current_head() or "", present is None or present in known)


def run_env(context: Any, metadata: list[MetaData]) -> None:
    """What each service's `migrations/env.py` does: migrate on the connection it is given."""
    connection = context.config.attributes["connection"]
    context.configure(
        connection=connection, target_metadata=metadata, compare_type=True, transaction_per_migration=True
    )
    with context.begin_transaction():
        context.run_migrations()


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
