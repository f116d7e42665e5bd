"""Backups are whole or refused, go only where nothing is lost by it, and come back to the moment that is asked for."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from common.vault import Vault
from deploy.embedded.ports import free_port
from deploy.embedded.postgres import PostgresServer
from deploy.embedded.state import StateLock
from deploy.embedded.tokens import TokenIssuer
from tests.integration.catalog.service_under_test import running, settings_for
from tests.support.eventually import eventually
from tests.support.postgres import migrate


class House:
    """An embedded stack's home with its PostgreSQL alone, and a folder of backups."""

    def __init__(self, folder: Path) -> None:
        self.home, self.store = folder / "home", folder / "backups"
        self.port = free_port()
        self.lock = StateLock(self.home)
        self.server = PostgresServer(self.home / "postgres", self.port, durable=False)

    def start(self) -> None:
        self.lock.take({"postgres": self.port})
        self.server.start()

    def stop(self) -> None:
        self.server.stop()
        self.lock.release()

    def argv(self, *asked: str, home: bool = True) -> list[str]:
        where = ["--home", str(self.home)] if home else []
        return [sys.executable, "-m", "deploy.backup", *where, "--store", str(self.store), *asked]

    def do(self, *asked: str, home: bool = True, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(self.argv(*asked, home=home), capture_output=True, text=True, env={**ENV, **(env or {})})

    def done(self, *asked: str, home: bool = True) -> str:
        said = self.do(*asked, home=home)
        assert said.returncode == 0, said.stderr
        return said.stdout + said.stderr

    @property
    def url(self) -> str:
        return self.server.url("postgres", driver="postgresql")

    def lines(self) -> list[str]:
        return self.server.run_sql("SELECT line FROM notes", database="catalog").splitlines()

    def write(self, line: str) -> None:
        self.server.run_sql(f"INSERT INTO notes VALUES ('{line}')", database="catalog")

    @property
    def newest(self) -> Path:
        return sorted(path.parent for path in self.store.glob("*/backup.json"))[-1]


ENV = {"PATH": "/usr/bin:/bin"}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    made.start()
    made.server.create_database("catalog")
    made.server.run_sql("CREATE TABLE notes (line text); INSERT INTO notes VALUES ('first')", database="catalog")
    yield made
    made.stop()


async def archive(house: House, *lines: str, segment_each: bool = False) -> list[str]:
    """Write lines while changes are archived; the times after each, once all is archived."""
    child = await asyncio.create_subprocess_exec(*house.argv("archive"), env=ENV)
    times = []
    try:
        streaming = "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'"
        await eventually(lambda: house.server.run_sql(streaming) == "1", within=30)
        for line in lines:
            house.write(line)
            times.append(house.server.run_sql("SELECT clock_timestamp()"))
            if segment_each:
                house.server.run_sql("SELECT pg_switch_wal()")
        now = house.server.run_sql("SELECT pg_current_wal_lsn()")
        flushed = f"SELECT bool_or(flush_lsn >= '{now}') FROM pg_stat_replication"
        await eventually(lambda: house.server.run_sql(flushed) == "t", within=30)
    finally:
        child.kill()
        await child.wait()
    return times


async def test_a_base_and_the_archive_bring_back_all_that_was_archived(house: House) -> None:
    await archive(house)
    house.done("create")
    await archive(house, "second", "third")
    house.stop()
    house.done("restore", "--force")
    assert list((house.home / "postgres").glob("data.before-*")), "what was there is put aside"
    house.start()
    assert house.lines() == ["first", "second", "third"]


async def test_a_moment_before_a_mistake_can_be_gone_back_to(house: House) -> None:
    await archive(house)
    house.done("create")
    times = await archive(house, "second", "mistake")
    house.stop()
    house.done("restore", "--force", "--until", times[0])
    house.start()
    assert house.lines() == ["first", "second"]


async def test_after_going_back_to_a_moment_the_archive_goes_on_from_there(house: House) -> None:
    await archive(house)
    house.done("create")
    times = await archive(house, "second", "mistake", "more of it", segment_each=True)
    house.stop()
    house.done("restore", "--force", "--until", times[0])
    house.start()
    await archive(house, "third", segment_each=True)
    house.done("verify")
    house.stop()
    house.done("restore", "--force")
    house.start()
    assert house.lines() == ["first", "second", "third"]
    assert list(house.store.glob("wal-given-up/*")), "what was gone back before is put aside"


async def test_after_a_restore_backups_and_the_archive_go_on_in_the_same_folder(house: House) -> None:
    await archive(house)
    house.done("create")
    await archive(house, "second")
    house.stop()
    house.done("restore", "--force")
    house.start()
    await archive(house, "third")
    house.done("create")
    await archive(house, "fourth")
    house.done("verify")
    house.stop()
    house.done("restore", "--force")
    house.start()
    assert house.lines() == ["first", "second", "third", "fourth"]


def test_a_home_that_is_gone_with_its_password_comes_back(house: House) -> None:
    house.done("create")
    house.stop()
    house.home.rename(house.home.with_name("lost"))
    assert "Restored" in house.done("restore")
    house.start()
    assert house.lines() == ["first"]


def test_what_is_there_is_not_overwritten_unasked(house: House) -> None:
    house.done("create")
    house.stop()
    refused = house.do("restore")
    house.start()
    assert refused.returncode == 1
    assert "is not empty; --force" in refused.stderr
    assert house.lines() == ["first"]


def test_a_running_stack_is_not_restored_to(house: House) -> None:
    house.done("create")
    refused = house.do("restore", "--force")
    assert refused.returncode == 1
    assert "another stack" in refused.stderr


@pytest.mark.parametrize("kind", [(), ("--dump",)], ids=["base", "dump"])
def test_a_damaged_backup_is_found_out_and_not_restored(house: House, kind: tuple[str, ...]) -> None:
    house.done("create", *kind)
    victim = max((path for path in house.newest.rglob("*") if path.suffix == ".dump" or path.name == "1259"), key=str)
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 1
    victim.write_bytes(content)
    for refused in (
        house.do("verify"),
        house.do(
            *(("--url", house.url, "restore", "--force") if kind else ("restore", "--data", f"{house.home}/other"))
        ),
    ):
        assert refused.returncode == 1
        assert "checksum" in refused.stderr
    assert house.lines() == ["first"]


async def test_a_gap_in_the_archived_changes_is_found(house: House) -> None:
    await archive(house)
    assert "no archive is running" in house.done("create")
    await archive(house, "second", "third", "fourth", segment_each=True)
    assert "Whole" in house.done("verify")
    segments = sorted(path for path in (house.store / "wal").iterdir() if path.suffix != ".partial")
    segments[-2].unlink()
    refused = house.do("verify")
    assert refused.returncode == 1
    assert segments[-2].name[8:] in refused.stderr
    house.stop()
    assert "is missing" in house.done("restore", "--force"), "it is said that not all comes back"
    house.start()
    assert house.lines()[:2] == ["first", "second"]
    assert "fourth" not in house.lines()


def test_a_dump_goes_to_an_empty_server_and_replaces_only_when_told(house: House) -> None:
    house.done("--url", house.url, "create", "--dump", home=False)
    refused = house.do("--url", house.url, "restore", home=False)
    assert (refused.returncode, "--force drops" in refused.stderr) == (1, True)
    house.write("second")
    house.done("--url", house.url, "restore", "--force", home=False)
    assert house.lines() == ["first"]
    house.server.drop_database("catalog")
    house.done("--url", house.url, "restore", home=False)
    assert house.lines() == ["first"]


def test_a_restored_database_belongs_to_whom_it_belonged(house: House) -> None:
    house.server.run_sql("CREATE ROLE catalog LOGIN NOSUPERUSER")
    house.server.run_sql("ALTER DATABASE catalog OWNER TO catalog")
    house.server.run_sql("CREATE EXTENSION vector", database="catalog")
    house.done("--url", house.url, "create", "--dump", home=False)
    house.done("--url", house.url, "restore", "--force", home=False)
    owners = "SELECT pg_get_userbyid(datdba), (SELECT tableowner FROM pg_tables WHERE tablename = 'notes')"
    assert house.server.run_sql(f"{owners} FROM pg_database WHERE datname = 'catalog'", database="catalog") == (
        "catalog|catalog"
    )


async def test_attachments_of_a_restored_dump_can_be_read_and_replaced(house: House, issuer: TokenIssuer) -> None:
    house.server.drop_database("catalog")
    house.server.ensure_service("catalog")
    await asyncio.to_thread(migrate, "catalog", house.server.owner_url("catalog"))
    house.server.ensure_service("catalog")
    settings = settings_for(house.server.service_url("catalog"), issuer)
    async with running(settings, issuer) as catalog:
        where = f"{await catalog.a_draft()}/attachments/a.txt"
        headers = {**catalog.port, "Content-Type": "text/plain"}
        assert (await catalog.http.put(where, content=b"first", headers=headers)).status_code == 200
    await asyncio.to_thread(house.done, "--url", house.url, "create", "--dump", home=False)
    await asyncio.to_thread(house.done, "--url", house.url, "restore", "--force", home=False)
    async with running(settings, issuer) as catalog:
        read = await catalog.get(where, as_=catalog.port)
        assert read.content == b"first"
        headers["If-Match"] = read.headers["etag"]
        assert (await catalog.http.put(where, content=b"second", headers=headers)).status_code == 200
        assert (await catalog.get(where, as_=catalog.port)).content == b"second"
    everyone = "SELECT has_database_privilege('public', 'catalog', 'connect')"
    assert house.server.run_sql(everyone) == "f"


def test_a_restore_asks_for_the_key_that_seals_webhook_secrets(house: House) -> None:
    key, other = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    house.server.create_database("notify")
    sealed = Vault([key]).seal("whsec_1")
    house.server.run_sql("CREATE TABLE subscriptions (sealed_secret text)", database="notify")
    house.server.run_sql(f"INSERT INTO subscriptions VALUES ('{sealed}')", database="notify")
    made = house.do("--url", house.url, "create", "--dump", env={"NOTIFY_SECRET_KEYS": json.dumps([key])})
    assert made.returncode == 0
    assert key not in (house.newest / "backup.json").read_text() + made.stderr
    restore = ("--url", house.url, "restore", "--force")
    refused = house.do(*restore, env={"NOTIFY_SECRET_KEYS": json.dumps([other])})
    assert (refused.returncode, "NOTIFY_SECRET_KEYS" in refused.stderr) == (1, True)
    assert house.do(*restore, env={"NOTIFY_SECRET_KEYS": json.dumps([other, key])}).returncode == 0
    without = house.do(*restore, "--without-key", env={"NOTIFY_SECRET_KEYS": json.dumps([other])})
    assert "1 webhook secrets cannot be opened" in without.stderr


async def test_old_backups_go_with_the_changes_that_only_they_need(house: House) -> None:
    await archive(house)
    house.done("create")
    first = house.newest
    await archive(house, "second", "third", segment_each=True)
    house.done("create")
    assert len(house.done("list").splitlines()) == 2
    house.done("prune", "--keep", "1")
    assert not first.exists()
    house.stop()
    house.done("restore", "--force")
    house.start()
    assert house.lines() == ["first", "second", "third"]


def test_no_password_is_shown_to_the_machine_or_in_words(house: House) -> None:
    password = (house.home / "postgres" / "password").read_text()
    assert password not in house.done("create") + house.done("--url", house.url, "create", "--dump", home=False)
