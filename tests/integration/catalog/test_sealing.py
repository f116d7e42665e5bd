"""Contacts, imported files and kept replies are sealed in the database, and a change of keys seals them anew."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr
from sqlalchemy import select, text, update

from catalog.base import Base
from catalog.demands.models import Demand
from catalog.settings import CatalogSettings
from common.database import Database
from common.resealing import repository
from common.resealing.service import reseal
from tests.integration.catalog.imports import Imports
from tests.integration.catalog.service_under_test import CatalogUnderTest, content
from tests.support.keys import SEALING_KEY

PHONE, NAME, OTHER_NAME = "0532-12345678", "联系人甲", "王小明"
NEW_KEY = Fernet.generate_key().decode()


async def dumped(database: Database) -> dict[str, str]:
    """All rows of each table, as text."""
    async with database.begin() as session:
        names = (await session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))).all()
        rows = {name: (await session.scalars(text(f"SELECT t::text FROM {name} t"))).all() for name in names}
    return {name: "\n".join(found) for name, found in rows.items()}


async def plain_in(database: Database) -> list[str]:
    """Tables that say the name or number; bytes are shown as hexadecimal digits."""
    marks = [form for mark in (PHONE, NAME, OTHER_NAME) for form in (mark, mark.encode().hex())]
    return [name for name, rows in (await dumped(database)).items() if any(mark in rows for mark in marks)]


async def test_a_contact_is_nowhere_in_the_database_and_its_owner_reads_it(catalog: CatalogUnderTest) -> None:
    first = await catalog.post("/v1/demands", content(), Idempotency_Key="1")
    where = first.headers["location"]
    again = await catalog.post("/v1/demands", content(), Idempotency_Key="1")
    assert (again.headers["idempotent-replayed"], again.content) == ("true", first.content)
    await catalog.post(f"{where}/submit")
    await catalog.post(f"{where}/publish", Idempotency_Key="2")
    assert await plain_in(catalog.database) == []
    own = await catalog.get(where, as_=catalog.port)
    assert own.json()["contact"] == {"name": NAME, "phone": PHONE, "email": None}
    copied = await catalog.post(f"{where}/copy")
    assert copied.json()["contact"] == own.json()["contact"]


async def test_a_file_and_its_rows_are_sealed_from_the_moment_they_come(
    catalog: CatalogUnderTest, settings: CatalogSettings
) -> None:
    imports = Imports(catalog, settings)
    said = f"线上提交方案，联系人：{OTHER_NAME}，电话：{PHONE}"
    sent = await imports.send(f"场景名称,应用需求,对接方式\n甲,远程抄表,{said}\n".encode())
    assert await plain_in(catalog.database) == []
    await imports.work()
    report = await imports.report(sent.headers["location"])
    [row] = await imports.rows(report)
    await imports.commit(report)
    await imports.work()
    assert row["content"]["contact"]["phone"] == PHONE
    assert any(PHONE in cell["text"] for cell in row["cells"])
    assert await phones(catalog.database) == [PHONE]
    assert await plain_in(catalog.database) == []


@asynccontextmanager
async def sealing_with(settings: CatalogSettings, *keys: str) -> AsyncIterator[Database]:
    database = Database(settings.model_copy(update={"secret_keys": tuple(map(SecretStr, keys))}))
    yield database
    await database.close()


async def counts(database: Database) -> dict[str, tuple[int, int]]:
    """Of each table what was sealed anew, and what no key opens."""
    done = await reseal(database, Base.metadata)
    return {one.table: (one.done_count, one.shut_count) for one in done if one.done_count or one.shut_count}


async def phones(database: Database) -> list[str]:
    async with database.begin() as session:
        return [contact["phone"] for contact in await session.scalars(select(Demand.contact))]


async def test_what_was_stored_before_is_sealed_by_a_command_that_may_be_repeated(
    catalog: CatalogUnderTest, settings: CatalogSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    await catalog.a_draft()
    await catalog.a_draft()
    async with sealing_with(settings) as database, database.begin() as session:
        await session.execute(update(Demand).values(contact={"name": NAME, "phone": PHONE, "email": None}))
    assert await plain_in(catalog.database) == ["demands"]
    monkeypatch.setattr(repository, "BATCH", 1)
    assert await counts(catalog.database) == {"demands": (2, 0)}
    assert await counts(catalog.database) == {}
    assert await plain_in(catalog.database) == []
    assert await phones(catalog.database) == [PHONE, PHONE]


async def test_after_a_change_of_keys_the_old_one_may_go(catalog: CatalogUnderTest, settings: CatalogSettings) -> None:
    await catalog.post("/v1/demands", content(), Idempotency_Key="1")
    async with sealing_with(settings, NEW_KEY, SEALING_KEY) as database:
        assert await counts(database) == {"demands": (1, 0), "idempotency": (1, 0)}
    async with sealing_with(settings, NEW_KEY) as database:
        assert await phones(database) == [PHONE]
        async with database.reading() as session:
            assert await repository.stale_counts(session, Base.metadata) == {}
    assert await counts(catalog.database) == {"demands": (0, 1), "idempotency": (0, 1)}
