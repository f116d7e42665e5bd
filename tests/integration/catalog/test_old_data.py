"""What earlier releases stored is there after the migrations, and what the one before still stores arrives."""

import asyncio
from pathlib import Path
from uuid import uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

import catalog
from catalog.settings import CatalogSettings
from common.migrating import upgrade
from deploy.embedded.tokens import TokenIssuer
from tests.integration.catalog.service_under_test import PORT, CatalogUnderTest, id_of, running, settings_for

MIGRATIONS = Path(catalog.__file__).parent / "migrations"
ORGANISATION = f"""
    INSERT INTO organisations (id, scheme, code, name, kind, created_at, updated_at)
    VALUES (gen_random_uuid(), 'uscc', '{PORT}', '青岛港（示例）', 'soe', now(), now())
"""
DEMAND = f"""
    INSERT INTO demands (id, version, state, owner_scheme, owner_code, kind, title, need, clauses, domain, tracks,
        currency, policies, published_at, created_at, updated_at, search)
    VALUES (:id, 4, 'published', 'uscc', '{PORT}', 'scenario', 'OPC UA 網關', '采集数据', '[]', '智慧港口', '{{}}',
        'CNY', '{{}}', now(), now(), now(), array_to_tsvector('{{opc,ua,網關}}'))
"""
VERSION = """
    INSERT INTO demand_versions (demand_id, version, id, change, reason, changed_at, snapshot)
    VALUES (:id, :version, gen_random_uuid(), :change, '放宽指标', now(), '{"title": "OPC UA 網關"}')
"""


async def run(url: str, *statements: str, **given: object) -> None:
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        for statement in statements:
            await connection.execute(text(statement), given)
    await engine.dispose()


async def test_versions_kept_before_there_was_one_history_are_read_from_it(
    empty_database: str, issuer: TokenIssuer
) -> None:
    demand_id = uuid4()
    await asyncio.to_thread(upgrade, MIGRATIONS, empty_database, to="0006")
    await run(empty_database, ORGANISATION)
    await run(empty_database, DEMAND, id=demand_id)
    for version, change in ((3, "published"), (4, "amended")):
        await run(empty_database, VERSION, id=demand_id, version=version, change=change)
    await asyncio.to_thread(upgrade, MIGRATIONS, empty_database)
    async with running(settings_for(empty_database, issuer), issuer) as after:
        assert await steps(after, f"/v1/demands/{demand_id}") == [(4, "amended"), (3, "published")]


async def test_a_version_that_the_release_before_stores_is_in_the_history(
    catalog: CatalogUnderTest, settings: CatalogSettings
) -> None:
    where = await catalog.a_published_demand()
    demand_id = id_of(where)
    await run(settings.database_url, VERSION, id=demand_id, version=4, change="amended")
    assert await steps(catalog, where) == [(4, "amended"), (3, "published")]
    engine = create_async_engine(settings.database_url)
    async with engine.connect() as connection:
        rows = await connection.execute(text("SELECT version FROM demand_versions ORDER BY version"))
        assert [row.version for row in rows] == [3, 4], "what this release stores, the one before reads"
    await engine.dispose()


async def steps(service: CatalogUnderTest, where: str) -> list[tuple[int, str]]:
    items = (await service.get(f"{where}/versions")).json()["items"]
    return [(item["version"], item["change"]) for item in items]
