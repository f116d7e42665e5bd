"""Each service reads and writes the rows of its own database, and can do nothing else in any."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from deploy.embedded.ports import free_port
from deploy.embedded.postgres import PostgresServer
from matcher.upkeep import repository as upkeep
from tests.support.postgres import migrate

SERVICES = ("catalog", "matcher", "notify")
A_KEY = "INSERT INTO inbox (consumer, event_id) VALUES ('reader', gen_random_uuid())"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """With the databases of all services, migrated by their owners."""
    started = PostgresServer(tmp_path_factory.mktemp("roles"), free_port(), durable=False)
    started.start()
    try:
        for service in SERVICES:
            started.ensure_service(service)
            migrate(service, started.service_url(service), started.owner_url(service))
        yield started
    finally:
        started.stop()


@asynccontextmanager
async def connected(url: str, database: str = "") -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    dsn = url.replace("+asyncpg", "")
    connection = await asyncpg.connect(dsn, database=database or None)
    try:
        yield connection
    finally:
        await connection.close()


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_reads_and_writes_its_rows(server: PostgresServer, service: str) -> None:
    async with connected(server.service_url(service)) as connection:
        await connection.execute(A_KEY)
        await connection.execute("UPDATE inbox SET received_at = now()")
        assert await connection.fetchval("SELECT count(*) FROM inbox") == 1
        await connection.execute("DELETE FROM inbox")
        await connection.execute("LISTEN outbox")


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "CREATE SCHEMA mine",
        "DROP TABLE inbox",
        "TRUNCATE inbox",
        "ALTER TABLE inbox ADD COLUMN more int",
        "CREATE ROLE another",
        "CREATE DATABASE another",
        "COPY inbox TO PROGRAM 'cat'",
        "SELECT pg_read_file('/etc/passwd')",
        "SELECT rolpassword FROM pg_authid",
    ],
)
async def test_it_changes_no_schema_and_no_cluster(server: PostgresServer, service: str, statement: str) -> None:
    async with connected(server.service_url(service)) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)


@pytest.mark.parametrize("table", ["catalog.audit", "catalog.audit_chain", "matcher.acts", "matcher.audit_chain"])
async def test_it_adds_to_what_is_on_record_and_changes_nothing_of_it(server: PostgresServer, table: str) -> None:
    service, name = table.split(".")
    async with connected(server.service_url(service)) as connection:
        for right, expected in (("INSERT", True), ("UPDATE", False), ("DELETE", False), ("TRUNCATE", False)):
            may = await connection.fetchval("SELECT has_table_privilege($1, $2)", name, right)
            assert (right, may) == (right, expected)


@pytest.mark.parametrize("service", SERVICES)
async def test_it_cannot_enter_another_database(server: PostgresServer, service: str) -> None:
    for other in {*SERVICES, "postgres", "template1"} - {service}:
        for url in (server.service_url(service), server.owner_url(service)):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                async with connected(url, other):
                    pass


async def test_the_matcher_alone_may_become_owner_to_build_indexes(server: PostgresServer) -> None:
    dsn = server.service_url("matcher").replace("+asyncpg", "")
    wanted = upkeep.WantedIndex("profile_embeddings", "headline", "model", 384, (("language", "zh"),), 0)
    async with upkeep.builder(dsn) as builder:
        assert builder is not None
        await builder.build(wanted, memory_mb=64)
        assert not await builder.lacks(wanted)
        await builder.drop_others([])
        assert await builder.lacks(wanted)
    async with connected(server.service_url("catalog")) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("SET ROLE catalog_owner")


async def test_what_one_role_had_made_is_handed_over(server: PostgresServer, tmp_path: Path) -> None:
    """The stack used to do everything as the superuser."""
    server.run_sql("CREATE TABLE old (id serial PRIMARY KEY)", database="notify")
    server.run_sql("CREATE FUNCTION old() RETURNS int LANGUAGE sql AS 'SELECT 1'", database="notify")
    server.run_sql("SELECT lo_from_bytea(70000, 'old')", database="notify")
    server.ensure_service("notify")
    async with connected(server.owner_url("notify")) as owner:
        await owner.execute("ALTER TABLE old ADD COLUMN more int; DROP FUNCTION old()")
    async with connected(server.service_url("notify")) as service:
        await service.execute("INSERT INTO old DEFAULT VALUES")
        assert await service.fetchval("SELECT lo_get(70000)") == b"old"
        await service.execute("SELECT lo_unlink(70000)")
