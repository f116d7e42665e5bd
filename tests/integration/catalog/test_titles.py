"""How demands of given titles are found, while a table grows under a plan that was made when it was empty."""

from sqlalchemy import text
from sqlalchemy.dialects import registry

from catalog.demands import repository
from common.fields import OrganisationKey
from tests.integration.catalog.service_under_test import PORT, CatalogUnderTest


async def test_titles_are_looked_up_also_by_a_plan_made_for_an_empty_table(catalog: CatalogUnderTest) -> None:
    wanted = repository.with_titles(OrganisationKey(scheme="uscc", code=PORT)).params(titles=[])
    compiled = wanted.compile(
        dialect=registry.load("postgresql.asyncpg")(), compile_kwargs={"render_postcompile": True}
    )
    given = ["'{a,b}'" if name == "titles" else "0" for name in compiled.positiontup or ()]
    async with catalog.database.begin() as session:
        connection = await session.connection()
        await connection.exec_driver_sql("SET LOCAL plan_cache_mode = force_generic_plan")
        await connection.exec_driver_sql(f"PREPARE with_titles AS {compiled}")
        plan = "\n".join(await session.scalars(text(f"EXPLAIN EXECUTE with_titles({', '.join(given)})")))
    assert "ix_demands_title" in plan
    assert "Seq Scan" not in plan
    assert "ANY ($" not in plan
