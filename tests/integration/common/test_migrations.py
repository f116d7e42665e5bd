"""A migration waits briefly for a table, lets others pass, tries again, and says who is in its way."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from common.database import dsn
from common.migrating import Patience, upgrade
from tests.support.eventually import eventually

ENV = "from alembic import context\nfrom common.migrations import run_env\nrun_env(context, [])\n"
ADD_COLUMN = "    op.execute('ALTER TABLE notes ADD COLUMN mood text')\n"
QUICK = Patience(lock_timeout_s=0.2, delays_s=(0.1,) * 200)
Connection = Any


def folder_of(folder: Path, *bodies: str) -> Path:
    """Migrations of the given bodies, one after another."""
    (folder / "versions").mkdir(parents=True)
    (folder / "env.py").write_text(ENV)
    for number, body in enumerate(bodies, 1):
        before = repr(f"{number - 1:04}") if number > 1 else None
        head = (
            f"from alembic import op\nrevision = '{number:04}'\ndown_revision = {before}\n\n\ndef upgrade() -> None:\n"
        )
        (folder / "versions" / f"m{number:04}.py").write_text(head + body)
    return folder


@pytest.fixture
async def somebody(empty_database: str) -> AsyncIterator[Connection]:
    """Another client of a database with one table."""
    connection = await asyncpg.connect(dsn(empty_database))
    await connection.execute("CREATE TABLE notes (line text); INSERT INTO notes VALUES ('a')")
    yield connection
    await connection.close()


async def has_mood(connection: Connection) -> bool:
    names = await connection.fetch("SELECT column_name FROM information_schema.columns WHERE table_name = 'notes'")
    return "mood" in {row["column_name"] for row in names}


async def test_a_migration_lets_others_pass_while_it_waits_for_a_table(
    empty_database: str, somebody: Connection, tmp_path: Path
) -> None:
    folder = folder_of(tmp_path / "ledger" / "migrations", ADD_COLUMN)
    reader = await asyncpg.connect(dsn(empty_database))
    async with somebody.transaction():
        await somebody.fetch("SELECT * FROM notes")
        migrating = asyncio.create_task(asyncio.to_thread(upgrade, folder, empty_database, QUICK))
        await eventually(lambda: _is_migrating(reader, "wait_event_type = 'Lock'"), within=20, every=0.01)
        await eventually(lambda: _is_migrating(reader, "state = 'idle'"), within=20, every=0.01)
        assert await reader.fetchval("SELECT line FROM notes", timeout=5) == "a", "a reader waits for a moment at most"
    await migrating
    assert await has_mood(somebody)
    await reader.close()


async def _is_migrating(reader: Connection, how: str) -> bool:
    """Whether the migration's session is there, and so: waiting for the table, or for nothing after its time-out."""
    return bool(
        await reader.fetch(f"SELECT 1 FROM pg_stat_activity WHERE application_name = 'jingqiao-migrate' AND {how}")
    )


async def test_a_migration_that_gives_up_changes_nothing_and_says_who_is_in_its_way(
    empty_database: str, somebody: Connection, tmp_path: Path
) -> None:
    folder = folder_of(tmp_path / "ledger" / "migrations", ADD_COLUMN)
    async with somebody.transaction():
        await somebody.fetch("SELECT * FROM notes")
        pid = somebody.get_server_pid()
        with pytest.raises(SystemExit, match=rf"(?s)stays in use.*process {pid} "):
            await asyncio.to_thread(upgrade, folder, empty_database, Patience(0.1, (0.1,)))
    assert not await has_mood(somebody)


async def test_every_migration_has_the_lock_time_out_also_after_one_outside_transactions(
    empty_database: str, somebody: Connection, tmp_path: Path
) -> None:
    outside = "    with op.get_context().autocommit_block():\n        op.execute('VACUUM notes')\n"
    note = "    op.execute(\"INSERT INTO notes SELECT current_setting('lock_timeout')\")\n"
    folder = folder_of(tmp_path / "ledger" / "migrations", note, outside + note, note)
    await asyncio.to_thread(upgrade, folder, empty_database, Patience(lock_timeout_s=1.5))
    lines = await somebody.fetch("SELECT line FROM notes WHERE line <> 'a'")
    assert [row["line"] for row in lines] == ["1500ms"] * 3


INDEXED = """
    from common.migrations import create_index_beside_writers
    with op.get_context().autocommit_block():
        create_index_beside_writers(op, 'ix_first', 'notes (line)')
        create_index_beside_writers(op, 'ix_second', "notes (lower(line)) WHERE line > ''")
"""


async def test_an_index_that_waits_for_a_transaction_in_vain_is_built_anew(
    empty_database: str, somebody: Connection, tmp_path: Path
) -> None:
    """And one that was whole by then is kept."""
    folder = folder_of(tmp_path / "ledger" / "migrations", INDEXED)
    await somebody.execute("CREATE INDEX ix_first ON notes (line)")
    first = await somebody.fetchval("SELECT 'ix_first'::regclass::oid")
    reader = await asyncpg.connect(dsn(empty_database))
    async with somebody.transaction():
        await somebody.execute("INSERT INTO notes VALUES ('b')")
        migrating = asyncio.create_task(asyncio.to_thread(upgrade, folder, empty_database, QUICK))
        await eventually(lambda: _is_half_built(reader), within=20, every=0.01)
    await migrating
    assert await reader.fetchval("SELECT bool_and(indisvalid) FROM pg_index WHERE indrelid = 'notes'::regclass")
    assert await reader.fetchval("SELECT 'ix_first'::regclass::oid") == first
    await reader.close()


async def _is_half_built(reader: Connection) -> bool:
    """What a try leaves that gave up."""
    half = "SELECT 1 FROM pg_index WHERE NOT indisvalid AND indexrelid = to_regclass('ix_second')"
    return await _is_migrating(reader, "state = 'idle'") and bool(await reader.fetch(half))


LONG_CHAIN = """
    from common.audit.migration import create_chain, have_entries_wait
    op.execute("CREATE TABLE acts AS SELECT gen_random_uuid() AS id FROM generate_series(1, 20000)")
    create_chain(op, "acts")
    op.execute("INSERT INTO audit_chain SELECT row_number() OVER (), id, '' FROM acts LIMIT 19999")
    op.execute("TRUNCATE audit_unsealed")
    op.execute("SET LOCAL work_mem = '64kB'")
    op.execute("SET LOCAL statement_timeout = '2s'")
    have_entries_wait(op, "acts")
"""


def test_what_is_not_in_a_long_chain_of_audit_entries_is_found_without_looking_through_it_each_time(
    empty_database: str, tmp_path: Path
) -> None:
    upgrade(folder_of(tmp_path / "ledger" / "migrations", LONG_CHAIN), empty_database, QUICK)
    assert asyncio.run(_waiting_count(empty_database)) == 1


async def _waiting_count(database_url: str) -> int:
    connection = await asyncpg.connect(dsn(database_url))
    try:
        return int(await connection.fetchval("SELECT count(*) FROM audit_unsealed"))
    finally:
        await connection.close()


async def test_what_was_applied_before_a_migration_that_fails_stays(
    empty_database: str, somebody: Connection, tmp_path: Path
) -> None:
    folder = folder_of(tmp_path / "ledger" / "migrations", ADD_COLUMN, "    op.execute('SELECT 1 / 0')\n")
    with pytest.raises(Exception, match="division by zero"):
        await asyncio.to_thread(upgrade, folder, empty_database, QUICK)
    assert await has_mood(somebody)
    assert await somebody.fetchval("SELECT version_num FROM alembic_version") == "0001"


def test_a_database_that_is_away_is_said_in_one_line() -> None:
    command = [sys.executable, "-m", "catalog", "migrate"]
    env = {"CATALOG_DATABASE_URL": "postgresql+asyncpg://nobody:none@127.0.0.1:9/none", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, env=env, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (1, "The database does not answer: is it up, and is the address right?\n")
