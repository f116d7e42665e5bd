"""Imports go on where they must: after a worker that was killed, stopped or too slow, nothing is lost or doubled."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from catalog.imports.noun import Demands
from catalog.settings import CatalogSettings
from common.clock import now
from common.imports import repository, worker
from common.imports.worker import Importing
from tests.integration.catalog.imports import Imports
from tests.integration.catalog.service_under_test import CatalogUnderTest
from tests.support import messy_files as files

ROWS = [(f"场景{at}", f"需求{at}") for at in range(7)]
SHEET = files.table(("场景名称", "应用需求"), *ROWS)


@pytest.fixture
def imports(catalog: CatalogUnderTest, settings: CatalogSettings, monkeypatch: pytest.MonkeyPatch) -> Imports:
    monkeypatch.setattr(worker, "BATCH", 2)
    return Imports(catalog, settings)


class Killed(BaseException):
    """A worker ends in the middle of its work."""


def killed_after(imports: Imports, monkeypatch: pytest.MonkeyPatch, step: str, times: int) -> None:
    """Let the worker die once it has done a step so many times."""
    original, count = getattr(Importing, step), 0

    async def dies(self: Importing, *arguments: Any) -> Any:
        nonlocal count
        if (count := count + 1) > times:
            raise Killed
        return await original(self, *arguments)

    monkeypatch.setattr(Importing, step, dies)


async def outlived(imports: Imports) -> None:
    """The dead worker's lease has ended."""
    async with imports.catalog.database.begin() as session:
        await session.execute(text("UPDATE imports SET leased_until = now() - interval '1 second'"))


@pytest.mark.parametrize("step", ["_keep", "_commit_batch"])
async def test_a_killed_worker_loses_and_doubles_nothing(
    imports: Imports, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    where = (await imports.send(SHEET)).headers["location"]
    if step == "_commit_batch":
        await imports.work()
        await imports.commit(await imports.report(where))
    with monkeypatch.context() as patch:
        killed_after(imports, patch, step, 2)
        with pytest.raises(Killed):
            await imports.work()
    half = await imports.report(where)
    assert 0 < half["row_count" if step == "_keep" else "committed_count"] < len(ROWS)
    assert not await imports.worker.step()  # its lease stands
    await outlived(imports)
    await imports.work()
    report = await imports.report(where)
    assert [row["number"] for row in await imports.rows(report)] == list(range(1, len(ROWS) + 1))
    if step == "_commit_batch":
        assert (report["state"], report["committed_count"]) == ("committed", len(ROWS))
        assert len(await imports.drafts()) == len(ROWS)
        counts = await imports.catalog.row_counts()
        assert (counts["demands"], counts["audit"], counts["outbox"]) == (len(ROWS),) * 3
        told = {event.data["id"] for event in await imports.catalog.recorded()}
        assert told == {draft["id"] for draft in await imports.drafts()}
    else:
        assert (report["state"], report["good_count"]) == ("read", len(ROWS))


async def test_a_slow_worker_that_lost_its_lease_writes_nothing_more(imports: Imports) -> None:
    where = (await imports.send(SHEET)).headers["location"]
    async with imports.catalog.database.begin() as session:
        slow = await repository.claim(session, now() - timedelta(hours=1), lease_s=1)
    assert slow is not None
    await imports.work()
    before = await imports.report(where)
    with pytest.raises(worker._Lost):
        await imports.worker._worked(slow, asyncio.Event())
    assert await imports.report(where) == before
    assert before["state"] == "read"


async def test_a_worker_told_to_stop_hands_the_file_on(imports: Imports) -> None:
    where = (await imports.send(SHEET)).headers["location"]
    stop = asyncio.Event()
    stop.set()
    assert await imports.worker.step(stop)
    assert (await imports.report(where))["state"] == "reading"
    await imports.work()
    assert (await imports.report(where))["good_count"] == len(ROWS)


async def test_how_far_it_is_can_be_seen_meanwhile(imports: Imports, monkeypatch: pytest.MonkeyPatch) -> None:
    where = (await imports.send(SHEET)).headers["location"]
    killed_after(imports, monkeypatch, "_keep", 2)
    with pytest.raises(Killed):
        await imports.work()
    report = await imports.report(where)
    assert (report["state"], report["row_count"], report["row_total"]) == ("reading", 4, len(ROWS) + 1)


async def test_a_file_that_kills_its_readers_is_given_up(imports: Imports, monkeypatch: pytest.MonkeyPatch) -> None:
    where = (await imports.send(SHEET)).headers["location"]
    with monkeypatch.context() as patch:
        killed_after(imports, patch, "_keep", 0)
        for _ in range(4):
            with pytest.raises(Killed):
                await imports.work()
            await outlived(imports)
    await imports.work()
    report = await imports.report(where)
    assert (report["state"], "several times" in report["refusal"]["detail"]) == ("refused", True)


async def test_a_commit_that_fails_again_and_again_is_handed_back_to_its_owner(
    imports: Imports, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = (await imports.send(SHEET)).headers["location"]
    await imports.work()
    await imports.commit(await imports.report(where))
    with monkeypatch.context() as patch:
        killed_after(imports, patch, "_commit_batch", 2)
        for _ in range(4):
            with pytest.raises(Killed):
                await imports.work()
            await outlived(imports)
        await imports.work()
    report = await imports.report(where)
    assert (report["state"], report["committed_count"]) == ("read", 4)
    assert "commit it again" in report["refusal"]["detail"]
    assert (await imports.commit(report)).status_code == 202
    await imports.work()
    report = await imports.report(where)
    assert (report["state"], report["committed_count"], report["refusal"]) == ("committed", len(ROWS), None)


@pytest.mark.parametrize("digest", ["'of another release'", "NULL"])
async def test_rows_that_another_release_has_read_are_checked_anew(imports: Imports, digest: str) -> None:
    report = await imports.read(SHEET)
    assert (await imports.commit(report)).status_code == 202
    refused = """{"kind": "scenario", "title": "", "need": "需求0"}"""
    async with imports.catalog.database.begin() as session:
        await session.execute(text(f"UPDATE imports SET schema_digest = {digest}"))
        await session.execute(text(f"UPDATE import_rows SET content = '{refused}' WHERE number = 1"))
    await imports.work()
    report = await imports.report(f"/v1/imports/{report['id']}")
    assert (report["state"], report["committed_count"], report["bad_count"]) == ("committed", len(ROWS) - 1, 1)
    [bad] = await imports.rows(report, state="bad")
    assert (bad["number"], bad["remarks"][0]["level"]) == (1, "error")
    assert len(await imports.drafts()) == len(ROWS) - 1


async def test_reports_are_forgotten_in_time_and_what_they_made_stays(imports: Imports) -> None:
    report = await imports.committed(SHEET)
    async with imports.catalog.database.begin() as session:
        await session.execute(text("UPDATE imports SET updated_at = now() - interval '91 days'"))
    await imports.work()
    reply = await imports.catalog.get(f"/v1/imports/{report['id']}", as_=imports.catalog.port)
    assert reply.status_code == 404
    assert len(await imports.drafts()) == len(ROWS)
    again = await imports.read(SHEET)
    assert again["same_count"] == len(ROWS)


async def test_the_file_itself_is_not_kept_once_it_is_read(imports: Imports) -> None:
    await imports.read(SHEET)
    async with imports.catalog.database.begin() as session:
        assert await session.scalar(text("SELECT content FROM imports")) is None


async def test_no_contact_reaches_a_log(imports: Imports, capsys: pytest.CaptureFixture[str]) -> None:
    await imports.committed(files.by_openpyxl())
    out = capsys.readouterr()
    assert "13800000000" not in out.out + out.err
    assert "王工" not in out.out + out.err


def test_the_noun_is_one_for_all_uses() -> None:
    assert Demands().columns is Demands.columns
