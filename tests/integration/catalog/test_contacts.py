"""A published demand's contact is told to the matcher on a subject of its own, sealed, and is in nothing else."""

from datetime import timedelta
from typing import Any

from catalog.demands.retention import forget_contacts
from common.clock import now
from common.vault import Vault
from tests.integration.catalog.service_under_test import CatalogUnderTest, content
from tests.support.keys import SEALING_KEY

TOLD = "catalog.contact.changed"
CONTACT = {**content()["contact"], "email": None}


async def told(catalog: CatalogUnderTest) -> list[tuple[int, Any]]:
    """Version and contact of each telling, oldest first."""
    events, vault = [event for event in await catalog.recorded() if event.type == TOLD], Vault([SEALING_KEY])
    assert {event.data["contact"] for event in events} <= {None}
    return [(event.data["demand_version"], vault.open_json(event.data.get("sealed"))) for event in events]


async def test_it_is_told_when_the_demand_is_published_and_not_before(catalog: CatalogUnderTest) -> None:
    where = await catalog.a_submitted_demand()
    assert await told(catalog) == []
    await catalog.post(f"{where}/publish")
    await catalog.post(f"{where}/publish")
    assert await told(catalog) == [(3, CONTACT)]


async def test_a_demand_without_one_tells_nothing(catalog: CatalogUnderTest) -> None:
    await catalog.a_published_demand(contact=None)
    assert await told(catalog) == []


async def test_a_change_is_told_and_an_amendment_of_something_else_is_not(catalog: CatalogUnderTest) -> None:
    where = await catalog.a_published_demand()
    await catalog.post(f"{where}/amend", {"reason": "更正", "title": "改后的标题"}, If_Match='"3"')
    assert len(await told(catalog)) == 1
    other = {"name": "联系人乙", "phone": None, "email": "b@example.com"}
    await catalog.post(f"{where}/amend", {"reason": "更正", "contact": other}, If_Match='"4"')
    await catalog.post(f"{where}/amend", {"reason": "更正", "contact": None}, If_Match='"5"')
    assert (await told(catalog))[1:] == [(5, other), (6, None)]


async def test_a_withdrawn_demand_has_nobody_to_call(catalog: CatalogUnderTest) -> None:
    where = await catalog.a_published_demand()
    await catalog.post(f"{where}/withdraw", {"reason": "项目计划调整"})
    assert [contact for _, contact in await told(catalog)] == [CONTACT, None]


async def test_it_is_forgotten_some_time_after_the_demand_ended(catalog: CatalogUnderTest) -> None:
    ended, open_ = await catalog.a_published_demand(), await catalog.a_published_demand(title="仍在征集的需求")
    await catalog.post(f"{ended}/withdraw", {"reason": "项目计划调整"})
    assert await forget_contacts(catalog.database, now() - timedelta(days=1)) == 0
    assert await forget_contacts(catalog.database, now() + timedelta(days=1)) == 1
    assert (await catalog.get(ended, as_=catalog.port)).json()["contact"] is None
    assert (await catalog.get(open_, as_=catalog.port)).json()["contact"] == CONTACT


async def test_no_event_says_it(catalog: CatalogUnderTest) -> None:
    where = await catalog.a_published_demand()
    await catalog.post(f"{where}/amend", {"reason": "更正", "title": "改后的标题"}, If_Match='"3"')
    await catalog.post(f"{where}/close")
    events = await catalog.recorded()
    assert len(events) > 4
    assert not [event.type for event in events if "12345678" in event.model_dump_json()]
