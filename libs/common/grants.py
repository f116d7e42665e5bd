"""What the owner of a database lets the service's own role do in it: read and write rows, and nothing else."""

import ssl

from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

_STATEMENTS = (
    "REVOKE ALL ON SCHEMA public FROM PUBLIC",
    "GRANT USAGE ON SCHEMA public TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
    "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}",
)


async def renew(owner_url: str, service_url: str, encryption: ssl.SSLContext | str) -> None:
    """Grant it to the role of `service_url`, on all there is, as that of `owner_url`; repeating it changes nothing."""
    engine = create_async_engine(owner_url, connect_args={"timeout": 5, "ssl": encryption})
    try:
        async with engine.begin() as connection:
            role = engine.dialect.identifier_preparer.quote(make_url(service_url).username or "")
            for statement in _STATEMENTS:
                await connection.execute(text(statement.format(role=role)))
    finally:
        await engine.dispose()
