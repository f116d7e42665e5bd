"""SQL of what one organisation gave; conditions come from the service's own table."""

from collections.abc import AsyncIterator
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from common.fields import OrganisationKey
from common.own_data.table import ROW, OwnTable, parameters


async def rows(session: AsyncSession, table: OwnTable, organisation: OrganisationKey) -> AsyncIterator[dict[str, Any]]:
    """Each row as PostgreSQL makes JSON of it, what is sealed still sealed."""
    shown = "".join(f" - '{column}'" for column in table.left_out)
    # Names and conditions are of the file in this project, never of a request.
    wanted = text(f"SELECT to_jsonb(t){shown} AS said FROM {table.name} t WHERE {table.whose}")  # nosec B608
    async for row in await session.stream_scalars(_of(wanted, organisation).columns(said=JSONB)):
        yield row


async def erase(session: AsyncSession, table: OwnTable, organisation: OrganisationKey) -> int:
    """How many rows it changed or deleted."""
    change = f"UPDATE {table.name} SET {table.erased}"  # nosec B608
    if table.erased == ROW:
        change = f"DELETE FROM {table.name}"  # nosec B608
    done = text(f"{change} WHERE {table.whose} RETURNING 1")
    return len((await session.execute(_of(done, organisation))).all())


def _of(statement: TextClause, organisation: OrganisationKey) -> TextClause:
    known = parameters(organisation)
    return statement.bindparams(**{name: value for name, value in known.items() if f":{name}" in statement.text})
