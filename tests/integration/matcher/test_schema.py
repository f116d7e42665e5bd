"""The migrations make exactly the tables that the code knows."""

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from matcher.app import create_app
from matcher.base import Base
from matcher.settings import MatcherSettings


async def test_the_migrations_make_the_tables_that_the_code_knows(settings: MatcherSettings) -> None:
    create_app(settings)  # whatever tables there are, the app knows them
    known = Base.metadata.tables

    def is_known(one: Any, name: str | None, kind: str, *_: object) -> bool:
        return (name if kind == "table" else one.table.name) in known

    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"include_object": is_known, "compare_type": True})
        return list(compare_metadata(context, Base.metadata))

    engine = create_async_engine(settings.database_url)
    async with engine.connect() as connection:
        found = await connection.run_sync(differences)
    await engine.dispose()
    assert found == []
