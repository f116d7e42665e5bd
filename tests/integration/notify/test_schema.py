"""The migrations make what the models describe."""

from collections.abc import Callable

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from notify.base import Base
from notify.deliveries import models as deliveries
from notify.subscriptions import models as subscriptions

TABLES = {
    model.__tablename__
    for model in (deliveries.Delivery, deliveries.Attempt, deliveries.KnownMatch, subscriptions.Subscription)
}


def _differences(connection: Connection) -> list[object]:
    def is_ours(_object: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
        return kind != "table" or name in TABLES

    context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": is_ours})
    found: list[object] = compare_metadata(context, Base.metadata)
    return found


async def test_the_migrated_schema_is_that_of_the_models(database_of: Callable[[str], str]) -> None:
    engine = create_async_engine(database_of("notify"))
    async with engine.connect() as connection:
        assert await connection.run_sync(_differences) == []
    await engine.dispose()
