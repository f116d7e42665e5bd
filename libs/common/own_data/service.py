"""Gives an organisation all that it gave, and erases what is personal in it."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from pydantic_core import to_json
from sqlalchemy.ext.asyncio import AsyncSession

from common.fields import OrganisationKey
from common.own_data import repository
from common.own_data.table import OwnTable
from common.sealed import vault_of
from common.vault import Vault, is_sealed


async def given(
    session: AsyncSession, tables: Sequence[OwnTable], organisation: OrganisationKey
) -> AsyncIterator[bytes]:
    """JSON Lines: `{"table": …, "row": {…}}` for each row of the organisation's, opened; memory for a row at a time.

    Raises LookupError when a key is lost that something was sealed with.
    """
    vault = vault_of(session)
    for table in tables:
        if table.whose and table.is_shown:
            async for row in repository.rows(session, table, organisation):
                yield to_json({"table": table.name, "row": opened(vault, row)}) + b"\n"


def opened(vault: Vault, value: Any) -> Any:
    """JSON with what is sealed anywhere in it opened."""
    if is_sealed(value):
        return vault.open_json(value)
    if isinstance(value, dict):
        return {name: opened(vault, member) for name, member in value.items()}
    return [opened(vault, member) for member in value] if isinstance(value, list) else value


async def erase(session: AsyncSession, tables: Sequence[OwnTable], organisation: OrganisationKey) -> Mapping[str, int]:
    """By table, how many rows were changed. What is public, and the record of who did what, stays. In one transaction;
    repeating it changes nothing more."""
    wanted = [table for table in tables if table.whose and table.erased]
    return {table.name: await repository.erase(session, table, organisation) for table in wanted}
