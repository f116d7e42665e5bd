"""Brings a service's database to the newest schema, or says how far it is from that."""

import asyncio
import ssl
from dataclasses import dataclass
from pathlib import Path

import structlog
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
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
    """What the verb does: bring the database up to date, and tell of it on standard output."""
    logs.configure(f"{folder.parent.name}-migrate")
    bring_up_to_date(folder, settings)


def bring_up_to_date(folder: Path, settings: ServiceSettings) -> None:
    """Upgrade as the role that owns the database, and let the service's role use what there is."""
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
