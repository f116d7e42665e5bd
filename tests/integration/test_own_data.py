"""What each service says of its tables for export and erasure holds of every table that names organisations."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest
from sqlalchemy import MetaData
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from common.fields import OrganisationKey
from common.imports.models import ImportBase
from common.own_data import service as own_data
from common.own_data.table import own_tables

SERVICES = ("catalog", "matcher", "notify")
ROOT = Path(__file__).parents[2] / "services"
NOBODY = OrganisationKey(scheme="uscc", code="91370211MA3QDK2Q8B")


def naming_organisations(*known: MetaData) -> set[str]:
    tables = [table for metadata in known for table in metadata.sorted_tables]
    return {table.name for table in tables if any(column.name.endswith("_scheme") for column in table.columns)}


@pytest.mark.parametrize("service", SERVICES)
def test_no_table_that_names_organisations_is_left_out(service: str) -> None:
    import_module(f"{service}.app")
    own = import_module(f"{service}.base").Base.metadata
    shared = () if service == "notify" else (ImportBase.metadata,)
    listed = {table.name for table in own_tables(ROOT / service)}
    assert naming_organisations(own, *shared) - listed == set()
    assert "idempotency" in listed


@pytest.mark.parametrize("service", SERVICES)
async def test_every_condition_and_change_is_sound(service: str, database_of: Callable[[str], str]) -> None:
    engine = create_async_engine(database_of(service))
    tables = own_tables(ROOT / service)
    async with AsyncSession(engine) as session, session.begin():
        assert [line async for line in own_data.given(session, tables, NOBODY)] == []
        assert set((await own_data.erase(session, tables, NOBODY)).values()) == {0}
    await engine.dispose()
