"""Bytes of PostgreSQL that a row of each table takes, with its share of the indexes: the sums of docs/capacity.md."""

import asyncpg

from common.progress import counted
from tests.bench import platform
from tests.bench.report import Figure, Result
from tests.bench.scale_rows import Connection
from tests.support.eventually import eventually
from tests.support.parties import town
from tests.support.stack import LiveStack

TABLES = {
    "catalog": ("demands", "demand_versions", "outbox"),
    "matcher": (
        *("demands", "demand_embeddings", "profiles", "profile_embeddings", "fingerprints"),
        *("matches", "rankings", "outbox", "inbox"),
    ),
    "notify": ("known_matches", "deliveries", "attempts", "outbox", "inbox"),
}
MOST_ROWS = 4_000
"""Tables are filled up to about as many, so that pages that are half empty do not count."""
LONGEST_S = 600.0


async def measure() -> Result:
    """The samples, matched, and every row copied under other ids. Some five minutes."""
    with platform.running() as stack:
        await _subscribed(stack)
        stack.load_samples()
        await _matched(stack)
        figures = []
        for service, tables in TABLES.items():
            connection = await asyncpg.connect(stack.database_url(service), server_settings={"statement_timeout": "0"})
            figures += [each for table in tables for each in await _measured(connection, service, table)]
            await connection.close()
    return Result("Storage of one row", figures, ["text of the samples; vectors of the bundled model, 384 wide"])


async def _subscribed(stack: LiveStack) -> None:
    """Somebody to deliver to; the samples' own organisations have no subscriptions."""
    async with town(stack) as people:
        operator = people.everyone()
        await operator.subscribe_on_nats()


async def _matched(stack: LiveStack) -> None:
    connection = await asyncpg.connect(stack.database_url("matcher"))

    async def is_done() -> bool:
        return bool(await connection.fetchval("SELECT count(*) = 0 FROM jobs")) and bool(
            await connection.fetchval("SELECT count(*) > 0 FROM matches")
        )

    await eventually(is_done, within=LONGEST_S, every=2.0, what="matching the samples")
    await connection.close()


async def _measured(connection: Connection, service: str, table: str) -> list[Figure]:
    """Whole and of it the indexes; nothing of a table that stayed empty."""
    count = await connection.fetchval(f"SELECT count(*) FROM {table}")
    if not count:
        return []
    await _copy(connection, table, max(MOST_ROWS // count, 1))
    await connection.execute(f"VACUUM FULL {table}")
    whole, indexes, rows = await connection.fetchrow(
        f"SELECT pg_total_relation_size('{table}'), pg_indexes_size('{table}'), (SELECT count(*) FROM {table})"
    )
    what = f"{service}.{table}, one row"
    return [Figure(what, whole / rows, "B", "of it indexes", indexes / rows, whole / max(indexes, 1))]


async def _copy(connection: Connection, table: str, times: int) -> None:
    """Every row `times` more, each time with other ids; one id becomes the same other one in every column."""
    columns = await connection.fetch(
        "SELECT attname, atttypid = 'uuid'::regtype AS is_id FROM pg_attribute WHERE attrelid = $1::text::regclass"
        " AND attnum > 0 AND NOT attisdropped AND attname <> 'seq'",
        table,
    )
    names = ", ".join(row["attname"] for row in columns)
    values = ", ".join(
        f"md5({row['attname']}::text || $1::text)::uuid" if row["is_id"] else row["attname"] for row in columns
    )
    await connection.execute(f"CREATE TEMP TABLE first AS SELECT * FROM {table}")
    await connection.execute("SET session_replication_role = replica")
    with counted(table, times) as advance:
        for number in range(times):
            await connection.execute(f"INSERT INTO {table} ({names}) SELECT {values} FROM first", str(number))
            advance(number + 1)
    await connection.execute("RESET session_replication_role; DROP TABLE first")
