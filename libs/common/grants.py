"""What the owner of a database lets others do in it: the service's role reads and writes rows, an autoscaler counts."""

import ssl

from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

_STATEMENTS = (
    "REVOKE ALL ON SCHEMA public FROM PUBLIC",
    "GRANT USAGE ON SCHEMA public TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
    "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}",
)
ENTRIES = ("audit", "acts", "audit_chain")
"""Tables that a service adds to and never changes: what was written stays as it was."""
SCALER = "scaler"
"""The login of an autoscaler, where the cluster has one."""
_COUNTED = {
    "outbox": "published_at",
    "inbox": "received_at",
    "jobs": "ready_at, leased_until",
    "deliveries": "state, due_at, leased_until",
}
"""Columns by which it is told what waits: when and whether, and nothing of what is in the row."""
_IS_THERE = text("SELECT to_regclass('public.' || :table) IS NOT NULL")


async def renew(owner_url: str, service_url: str, encryption: ssl.SSLContext | str) -> None:
    """Grant it to the role of `service_url`, and to SCALER where there is one, on all there is, as that of `owner_url`;
    repeating it changes nothing."""
    engine = create_async_engine(owner_url, connect_args={"timeout": 5, "ssl": encryption})
    try:
        async with engine.begin() as connection:
            role = engine.dialect.identifier_preparer.quote(make_url(service_url).username or "")
            for statement in _STATEMENTS:
                await connection.execute(text(statement.format(role=role)))
            await _keep_entries(connection, role)
            if await connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": SCALER}):
                await _let_count(connection)
    finally:
        await engine.dispose()


async def _keep_entries(connection: AsyncConnection, role: str) -> None:
    for table in ENTRIES:
        if await connection.scalar(_IS_THERE, {"table": table}):
            await connection.execute(text(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {role}"))


async def _let_count(connection: AsyncConnection) -> None:
    await connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {SCALER}"))
    for table, columns in _COUNTED.items():
        if await connection.scalar(_IS_THERE, {"table": table}):
            await connection.execute(text(f"GRANT SELECT ({columns}) ON {table} TO {SCALER}"))
