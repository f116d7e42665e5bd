"""An organisation is given all that it gave, and its contacts are erased with the record of steps still whole."""

import json
from pathlib import Path

import pytest

import catalog as package
from catalog.history.models import AUDIT
from catalog.settings import CatalogSettings
from common.audit import command, sealing
from common.fields import OrganisationKey
from common.own_data import service
from common.own_data.table import own_tables
from tests.integration.catalog.imports import Imports
from tests.integration.catalog.service_under_test import PORT, CatalogUnderTest, content

TABLES = own_tables(Path(package.__file__).parent)
OF_PORT = OrganisationKey(scheme="uscc", code=PORT)
PHONE = "0532-12345678"
SHEET = "场景名称,应用需求,对接方式\n甲,远程抄表,联系人：王小明，电话：0532-22223333\n"


async def exported(catalog: CatalogUnderTest) -> list[tuple[str, str]]:
    """Table and row of each line."""
    async with catalog.database.begin() as session:
        lines = [json.loads(line) async for line in service.given(session, TABLES, OF_PORT)]
    return [(line["table"], json.dumps(line["row"], ensure_ascii=False)) for line in lines]


async def erase(catalog: CatalogUnderTest) -> None:
    async with catalog.database.begin() as session:
        await service.erase(session, TABLES, OF_PORT)


@pytest.fixture
async def used(catalog: CatalogUnderTest, settings: CatalogSettings) -> CatalogUnderTest:
    """The port has a published demand and an import, a rival a draft."""
    await catalog.a_published_demand()
    await catalog.a_draft(as_=catalog.rival, title="另一家的草稿")
    await Imports(catalog, settings).read(SHEET.encode())
    return catalog


async def test_it_is_given_what_it_gave_opened_and_nothing_of_others(used: CatalogUnderTest) -> None:
    given = await exported(used)
    assert {"demands", "imports", "import_rows", "audit", "organisations"} <= {table for table, _ in given}
    assert [table for table, row in given if PHONE in row] == ["demands"]
    assert [table for table, row in given if "0532-22223333" in row] == ["import_rows"]
    assert not [row for _, row in given if "另一家" in row]


async def test_erasure_takes_contacts_and_leaves_what_is_public_and_on_record(used: CatalogUnderTest) -> None:
    first = await used.post("/v1/demands", content(title="带键的草稿"), Idempotency_Key="1")
    public = await used.get("/v1/demands")
    async with used.database.begin() as session:
        await sealing.seal(session, AUDIT)
    await erase(used)
    await erase(used)
    given = await exported(used)
    assert not [table for table, row in given if "0532-" in row]
    assert {"import_rows", "imports"} & {table for table, _ in given} == set()
    assert (await used.get("/v1/demands")).content == public.content
    own = await used.get(first.headers["location"], as_=used.port)
    assert (own.status_code, own.json()["contact"]) == (200, None)
    assert (await command.verified(used.database, AUDIT, [])).faults == []


async def test_a_repeated_request_is_told_that_its_reply_was_erased(used: CatalogUnderTest) -> None:
    await used.post("/v1/demands", content(), Idempotency_Key="1")
    await erase(used)
    again = await used.post("/v1/demands", content(), Idempotency_Key="1")
    assert (again.status_code, again.json()) == (410, {"erased": True})


async def test_what_was_told_of_a_contact_is_told_no_more(used: CatalogUnderTest) -> None:
    await erase(used)
    [told] = [event.data for event in await used.recorded() if event.type == "catalog.contact.changed"]
    assert (told["contact"], told["sealed"]) == (None, None)
