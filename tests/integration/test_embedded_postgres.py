"""PostgreSQL from the wheel, as a child."""

import os
import stat
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from deploy.embedded.children import Child, Command
from deploy.embedded.errors import ChildDied, Refused
from deploy.embedded.ports import free_port, is_free
from deploy.embedded.postgres import PostgresServer
from tests.support.eventually import eventually

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has privileges to give up")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[PostgresServer]:
    server = PostgresServer(tmp_path / "pg", free_port(), durable=False)
    server.start()
    yield server
    server.stop()


def child_of(server: PostgresServer) -> int:
    assert server.child is not None
    return server.child.pid


async def test_a_service_can_connect_with_the_url_and_use_vectors(server: PostgresServer) -> None:
    server.create_database("catalog")
    connection = await asyncpg.connect(server.url("catalog", driver="postgresql"))
    try:
        await connection.execute("CREATE EXTENSION vector")
        assert await connection.fetchval("SELECT '[1,0]'::vector <=> '[0,1]'::vector") == 1.0
        assert str(await connection.fetchval("SHOW server_version")).startswith("18.")
    finally:
        await connection.close()


async def test_nobody_connects_without_the_password(server: PostgresServer) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(
            host="127.0.0.1", port=server.port, user="jingqiao", password="guess", database="postgres"
        )


def test_data_outlives_a_stop_and_a_crash(server: PostgresServer) -> None:
    server.create_database("kept")
    server.run_sql("CREATE TABLE rows AS SELECT generate_series(1, 1000)", database="kept")
    server.stop()
    server.start()
    server.kill()
    server.start()
    assert server.run_sql("SELECT count(*) FROM rows", database="kept") == "1000"


def test_a_clone_has_the_template_s_rows_and_its_own_life(server: PostgresServer) -> None:
    server.create_database("template_a")
    server.run_sql("CREATE TABLE rows AS SELECT 1 AS n", database="template_a")
    server.clone_database("template_a", "copy")
    server.run_sql("INSERT INTO rows VALUES (2)", database="copy")
    assert server.run_sql("SELECT count(*) FROM rows", database="copy") == "2"
    assert server.run_sql("SELECT count(*) FROM rows", database="template_a") == "1"


async def test_a_database_in_use_can_be_dropped(server: PostgresServer) -> None:
    server.create_database("busy")
    connection = await asyncpg.connect(server.url("busy", driver="postgresql"))
    server.drop_database("busy")
    await eventually(connection.is_closed)
    assert server.run_sql("SELECT count(*) FROM pg_database WHERE datname = 'busy'") == "0"


def test_a_stale_lock_file_that_names_a_living_process_does_not_stop_the_start(
    server: PostgresServer, tmp_path: Path
) -> None:
    account = server.child.command.account if server.child else None
    server.kill()
    lock = server.data / "postmaster.pid"
    # Of the server's own account: PostgreSQL itself sees through a process id of somebody else.
    stranger = Child(Command("stranger", ("sleep", "600"), account=account), tmp_path / "stranger.log")
    lock.write_text("\n".join([str(stranger.pid), *lock.read_text().splitlines()[1:]]))
    server.start()
    assert server.is_answering()
    assert stranger.exit_code() is None
    stranger.kill()


def test_an_interrupted_first_start_leaves_nothing_in_the_way(tmp_path: Path) -> None:
    half_made = tmp_path / "pg" / "data.partial"
    half_made.mkdir(parents=True)
    (half_made / "PG_VERSION").write_text("18\n")
    server = PostgresServer(tmp_path / "pg", free_port(), durable=False)
    server.start()
    server.stop()


def test_data_of_another_version_is_refused_in_words(server: PostgresServer) -> None:
    server.stop()
    (server.data / "PG_VERSION").write_text("17\n")
    with pytest.raises(Refused, match="written by PostgreSQL 17"):
        server.start()


def test_a_taken_port_shows_the_server_s_own_words(server: PostgresServer, tmp_path: Path) -> None:
    second = PostgresServer(tmp_path / "second", server.port, durable=False)
    with pytest.raises((ChildDied, Refused), match=str(server.port)):
        second.start()


@as_root
def test_root_gives_its_privileges_up(server: PostgresServer) -> None:
    status = Path(f"/proc/{child_of(server)}/status").read_text()
    uids = next(line for line in status.splitlines() if line.startswith("Uid:")).split()[1:]
    assert "0" not in uids
    assert server.data.stat().st_uid == int(uids[0])


@as_root
def test_root_can_keep_the_data_in_a_folder_closed_to_others(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    server = PostgresServer(closed / "pg", free_port(), durable=False)
    server.start()
    server.stop()
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@as_root
def test_root_takes_over_data_that_was_copied_as_root(server: PostgresServer, tmp_path: Path) -> None:
    server.create_database("kept")
    server.stop()
    subprocess.run(["cp", "-r", str(server.folder), str(tmp_path / "copy")], check=True)
    copy = PostgresServer(tmp_path / "copy", free_port(), durable=False)
    copy.start()
    try:
        assert copy.run_sql("SELECT 1 FROM pg_database WHERE datname = 'kept'") == "1"
        assert {path.stat().st_uid for path in copy.data.rglob("*")} == {copy.data.stat().st_uid} != {0}
    finally:
        copy.stop()


async def test_no_server_outlives_a_killed_parent(tmp_path: Path) -> None:
    port = free_port()
    parent = another_process_that_starts_one(tmp_path / "pg", port)
    assert not is_free(port)
    parent.kill()
    parent.wait()
    await eventually(lambda: is_free(port), within=10)


def another_process_that_starts_one(folder: Path, port: int) -> subprocess.Popen[str]:
    program = textwrap.dedent(
        f"""
        import pathlib, signal
        from deploy.embedded.postgres import PostgresServer
        PostgresServer(pathlib.Path({str(folder)!r}), {port}, durable=False).start()
        print("ready", flush=True)
        signal.pause()
        """
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    with parent.stdout as said:
        assert said.readline() == "ready\n"
    return parent
