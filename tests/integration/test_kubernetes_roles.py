"""Roles as CloudNativePG makes them, on a real PostgreSQL: `migrate` as the owner gives the service what it needs."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from deploy.embedded.ports import free_port
from deploy.embedded.postgres import PostgresServer
from tests.support.kubernetes import rendered, scaling
from tests.support.kubernetes.manifests import Manifest, of
from tests.support.postgres import migrate

SERVICES = ("catalog", "matcher", "notify")
PASSWORD = "of-every-role"
OWN_ROW = "INSERT INTO inbox (consumer, event_id) VALUES ('reader', gen_random_uuid())"


def _created(role: Manifest) -> str:
    """As the operator does it for an entry of `managed.roles`; PostgreSQL 16 and newer take INHERIT for memberships."""
    options = ["LOGIN" if role["login"] else "NOLOGIN", "INHERIT" if role.get("inherit", True) else "NOINHERIT"]
    member = f" IN ROLE {', '.join(role['inRoles'])}" if role.get("inRoles") else ""
    return f"CREATE ROLE {role['name']} {' '.join(options)} PASSWORD '{PASSWORD}'{member}"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """With the roles and databases of the overlay `production`, migrated by their owners."""
    with tempfile.TemporaryDirectory(prefix="jingqiao-manifests-") as folder:
        manifests = rendered.overlay(rendered.copied(Path(folder)), "production")
    started = PostgresServer(tmp_path_factory.mktemp("roles"), free_port(), durable=False)
    started.start()
    try:
        for role in of(manifests, "Cluster")[0]["spec"]["managed"]["roles"]:
            started.run_sql(_created(role))
        for database in of(manifests, "Database"):
            name = database["spec"]["name"]
            started.run_sql(f"CREATE DATABASE {name} OWNER {database['spec']['owner']}")
            for extension in database["spec"].get("extensions", []):
                started.run_sql(f"CREATE EXTENSION {extension['name']}", database=name)
            _migrate(started, name)
        yield started
    finally:
        started.stop()


def _url(server: PostgresServer, role: str, database: str) -> str:
    return f"postgresql+asyncpg://{role}:{PASSWORD}@127.0.0.1:{server.port}/{database}"


def _migrate(server: PostgresServer, service: str) -> None:
    migrate(service, _url(server, service, service), _url(server, f"{service}_owner", service))


@asynccontextmanager
async def _connected(
    server: PostgresServer, role: str, database: str
) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(_url(server, role, database).replace("+asyncpg", ""))
    try:
        yield connection
    finally:
        await connection.close()


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_reads_and_writes_its_rows_and_makes_nothing(server: PostgresServer, service: str) -> None:
    async with _connected(server, service, service) as connection:
        await connection.execute(OWN_ROW)
        assert await connection.fetchval("DELETE FROM inbox RETURNING consumer") == "reader"
        for statement in ("CREATE TABLE mine (id int)", "DROP TABLE inbox", "TRUNCATE inbox"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_reads_nothing_of_another(server: PostgresServer, service: str) -> None:
    for other in set(SERVICES) - {service}:
        async with _connected(server, service, other) as connection:
            with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.UndefinedTableError)):
                await connection.fetch("SELECT * FROM public.inbox")


@pytest.mark.parametrize("service", SERVICES)
async def test_the_login_of_the_autoscaler_counts_what_waits(server: PostgresServer, service: str) -> None:
    async with _connected(server, "scaler", service) as connection:
        for name, query in scaling.queries().items():
            if name.split()[0] == service:
                assert await connection.fetchval(query) == 0


@pytest.mark.parametrize("service", SERVICES)
async def test_the_login_of_the_autoscaler_reads_no_row_and_changes_nothing(
    server: PostgresServer, service: str
) -> None:
    async with _connected(server, "scaler", service) as connection:
        tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        assert len(tables) > 3
        for statement in (*(f"SELECT * FROM {table}" for (table,) in tables), "SELECT envelope FROM outbox", OWN_ROW):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)


async def test_the_matcher_becomes_the_owner_only_when_it_says_so(server: PostgresServer) -> None:
    async with _connected(server, "matcher", "matcher") as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("CREATE INDEX ix_of_the_test ON inbox (received_at)")
        await connection.execute("SET ROLE matcher_owner")
        await connection.execute("CREATE INDEX ix_of_the_test ON inbox (received_at)")
        await connection.execute("DROP INDEX ix_of_the_test")


def test_migrating_again_changes_nothing(server: PostgresServer) -> None:
    for service in SERVICES:
        _migrate(server, service)
