"""What share of the nearest searches by index find: nearly all of a whole index, less of a damaged one."""

from pathlib import Path

import pytest
from prometheus_client import start_http_server

from common.clock import now
from matcher.probing.recall import Probing, recall
from matcher.subjects.kind import SubjectKind
from matcher.upkeep.indexing import build_indexes
from tests.contract.observability import alerts
from tests.integration.matcher.service_under_test import House, demand
from tests.integration.matcher.test_upkeep import many_profiles
from tests.support.eventually import eventually
from tests.support.prometheus import needs_prometheus, prometheus

PROFILES = (SubjectKind.PROFILE, "headline")


@pytest.fixture
async def indexed(house: House) -> House:
    """A demand and 100 profiles, and an index over these that searches use in spite of their small number."""
    await house.hear(demand())
    await many_profiles(house, 100)
    house.settings.exact_below = 50
    await build_indexes(house.database, house.settings)
    for how in ("enable_sort", "enable_seqscan", "enable_bitmapscan"):
        await house.execute(
            f"DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET {how} = off', current_database()); END $$"
        )
    await house.database.close()  # a new connection has the new setting
    return house


async def damaged(house: House) -> None:
    """Have the indexes of profiles miss what is nearest to the demand, as after a fault of the disk."""
    await house.execute(f"UPDATE pg_index SET indisready = false, indislive = false {OF_PROFILES}")
    title = demand().title
    nearer = [{"offer_kind": "solution", "headline": f"{title}第{n}号"} for n in range(40)]
    assert (await house.client.post("/v1/profiles/batch", json={"profiles": nearer})).status_code == 201
    await house.work()
    await house.execute(f"UPDATE pg_index SET indisready = true, indislive = true {OF_PROFILES}")
    await house.database.close()  # a connection that listed the indexes meanwhile would go on without them


async def test_a_whole_index_finds_nearly_all(indexed: House) -> None:
    measured = await recall(indexed.database, indexed.settings, now())
    assert measured[PROFILES] > 0.95


@needs_prometheus
async def test_a_damaged_index_fires_its_alert(indexed: House, tmp_path: Path) -> None:
    """Its rule, asked of a real Prometheus that scrapes this process."""
    [rule] = [rule["expr"] for rule in alerts() if rule["alert"] == "JingqiaoIndexRecallLow"]
    server, thread = start_http_server(0, addr="127.0.0.1")
    try:
        with prometheus(tmp_path, {"matcher": [f"127.0.0.1:{server.server_port}"]}) as watching:
            await Probing(indexed.database, indexed.settings).step(now())
            await eventually(lambda: bool(watching.query("jingqiao_matcher_index_recall_ratio")), within=30)
            assert watching.query(rule) == []
            await damaged(indexed)
            await Probing(indexed.database, indexed.settings).step(now())
            await eventually(lambda: bool(watching.query(rule)), within=30)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


async def test_without_an_index_nothing_is_measured(house: House) -> None:
    await many_profiles(house, 100)
    assert await recall(house.database, house.settings, now()) == {}


OF_PROFILES = "WHERE indexrelid::regclass::text LIKE 'hnsw_profile%'"
