"""The migrations of every service make exactly what its models describe."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

from common.audit.models import AuditBase
from common.database import CommonBase
from common.imports.models import ImportBase
from tests.support.postgres import migrate

OF_SOME = {"catalog": (ImportBase, AuditBase), "matcher": (ImportBase, AuditBase)}
"""Tables of `common` that only these services have."""
ROOT = Path(__file__).parents[2] / "services"
SERVICES = ("catalog", "matcher", "notify")


def differences(connection: Connection, service: str) -> list[object]:
    """In any table but those of `common`, which tests of their own hold."""
    import_module(f"{service}.app")
    for path in (ROOT / service).rglob("models.py"):  # whatever tables there are: an app may import some late
        import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    common = {*CommonBase.metadata.tables, "alembic_version"}
    opts = {"compare_type": True, "include_name": lambda name, kind, _: kind != "table" or name not in common}
    context = MigrationContext.configure(connection, opts=opts)
    tables = [base.metadata for base in (import_module(f"{service}.base").Base, *OF_SOME.get(service, ()))]
    return list(compare_metadata(context, tables))  # type: ignore[arg-type]  # as env.py may give several


@pytest.mark.parametrize("service", SERVICES)
async def test_the_migrated_schema_is_that_of_the_models(service: str, database_of: Callable[[str], str]) -> None:
    engine = create_async_engine(database_of(service))
    async with engine.connect() as connection:
        assert await connection.run_sync(differences, service) == []
    await engine.dispose()


async def test_a_matcher_database_of_the_first_numbering_is_migrated_on(database_of: Callable[[str], str]) -> None:
    url = database_of("matcher")
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        newest = await connection.scalar(
            text("UPDATE alembic_version SET version_num = 'm' || version_num RETURNING 1")
        )
        assert newest == 1
    migrate("matcher", url)
    async with engine.connect() as connection:
        assert str(await connection.scalar(text("SELECT version_num FROM alembic_version"))).isdecimal()
    await engine.dispose()
