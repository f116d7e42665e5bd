"""Takes a database back to an older schema, with its rows, so that a test can migrate them forward."""

import json

import asyncpg
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from tests.support.checkout import ROOT

TABLES = """
SELECT table_name, array_agg(quote_ident(column_name)) AS columns
FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND is_generated = 'NEVER'
    AND table_name <> 'alembic_version'
GROUP BY table_name
"""
NO_TRIGGERS = "SET session_replication_role = replica"
"""Nor foreign keys: tables are filled in any order."""


async def rewind(service: str, url: str, revision: str) -> None:
    """The schema of `revision`, with those of today's rows and values that it has room for.

    Later migrations need not be known here, so that a new one breaks no test.
    """
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        rows = {
            name: await connection.fetchval(f"SELECT coalesce(jsonb_agg(t), '[]') FROM {name} t")
            for name, _ in await connection.fetch(TABLES)
        }
        await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        await _upgrade(service, url, revision)
        await connection.execute(NO_TRIGGERS)
        for name, columns in await connection.fetch(TABLES):
            await _fill(connection, name, columns, json.loads(rows.get(name, "[]")))
    finally:
        await connection.close()


async def _fill(connection: asyncpg.Connection, name: str, columns: list[str], rows: list[dict[str, object]]) -> None:
    for row in rows:
        held = ", ".join(column for column in columns if column.strip('"') in row)
        statement = f"INSERT INTO {name} ({held}) SELECT {held} FROM jsonb_populate_record(NULL::{name}, $1)"
        await connection.execute(statement, json.dumps(row))


async def _upgrade(service: str, url: str, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "services" / service / "migrations"))

    def apply(connection: Connection) -> None:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)

    engine = create_async_engine(url)
    async with engine.connect() as connection:
        await connection.run_sync(apply)
        await connection.commit()
    await engine.dispose()
