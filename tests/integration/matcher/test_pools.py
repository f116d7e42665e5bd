"""Each kind of offer in each language has an index of its own, so a search for a few is as quick as one for many."""

from sqlalchemy import text

from matcher.upkeep.indexing import build_indexes
from tests.integration.matcher.service_under_test import House

SOLUTION, RESEARCH = ("zh", "solution"), ("en", "research")


async def test_a_small_pool_has_an_index_once_the_whole_table_is_large(house: House) -> None:
    await offered(house, "solution", "集装箱残损识别系统第{}号", 100)
    await offered(house, "research", "Container damage research group number {}", 20)
    house.settings.exact_below = 100
    await build_indexes(house.database, house.settings)
    for language, kind in (SOLUTION, RESEARCH):
        scanned = await plan(house, language, kind)
        assert "hnsw_profile_embeddings_headline" in scanned
        assert "Filter" not in scanned.replace("Filter: is_active", ""), "rows of other pools are passed by"


async def test_an_index_over_all_pools_is_dropped_when_each_has_its_own(house: House) -> None:
    await offered(house, "solution", "集装箱残损识别系统第{}号", 110)
    old = "hnsw_profile_embeddings_headline_0123456789"
    await house.execute(f"CREATE INDEX {old} ON profile_embeddings (profile_version)")
    house.settings.exact_below = 100
    await build_indexes(house.database, house.settings)
    async with house.database.begin() as session:
        names = (await session.scalars(text("SELECT indexname FROM pg_indexes WHERE indexname LIKE 'hnsw%'"))).all()
    assert old not in names
    assert len(names) == 2


async def offered(house: House, kind: str, headline: str, count: int) -> None:
    offers = [{"offer_kind": kind, "headline": headline.format(number)} for number in range(count)]
    for start in range(0, count, 100):
        reply = await house.client.post("/v1/profiles/batch", json={"profiles": offers[start : start + 100]})
        assert reply.status_code == 201
    await house.work()


async def plan(house: House, language: str, kind: str) -> str:
    """How PostgreSQL searches when an index costs nothing, as it explains it."""
    async with house.database.begin() as session:
        model, dim = (await session.execute(text("SELECT id, dim FROM embedding_models"))).one()
        near = "[" + ",".join(["0.1"] * dim) + "]"
        await session.execute(text("SET LOCAL enable_seqscan = off"))
        await session.execute(text("SET LOCAL enable_sort = off"))
        rows = await session.scalars(
            text(
                f"EXPLAIN SELECT profile_id FROM profile_embeddings WHERE model_id = '{model}' AND is_active"
                f" AND language = '{language}' AND offer_kind = '{kind}'"
                f" ORDER BY headline::halfvec({dim}) <=> '{near}'::halfvec({dim}) LIMIT 100"
            )
        )
        return "\n".join(rows)
