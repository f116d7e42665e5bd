"""The stack with stand-in services: what starts, what stops, and what is said when something is in the way."""

import fcntl
import os
import shutil
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.embedded import operating
from deploy.embedded.errors import ChildDied, Refused
from deploy.embedded.plan import Plan
from deploy.embedded.ports import free_port, is_free
from deploy.embedded.stack import Stack
from tests.support import stand_in
from tests.support.eventually import eventually

REPOSITORY = Path(__file__).parents[2]
SERVICES = ("one", "two")


@pytest.fixture
def plan(tmp_path: Path, cluster: Path) -> Plan:
    shutil.copytree(cluster, tmp_path / "home" / "postgres")
    for name in SERVICES:
        stand_in.install(tmp_path / "packages", name)
    needed = ["portal", "issuer", "postgres", "nats", *SERVICES, *(f"{name}-work" for name in SERVICES)]
    return Plan(
        home=tmp_path / "home",
        cache=tmp_path / "cache",
        ports={name: free_port() for name in needed},
        services=SERVICES,
        pages=(),
        prepares=("two",),
        durable=False,
        env={
            "PYTHONPATH": os.pathsep.join([str(tmp_path / "packages"), str(REPOSITORY)]),
            "STAND_IN_NOTES": str(tmp_path / "notes"),
        },
    )


@pytest.fixture
def notes(tmp_path: Path) -> Callable[[], list[str]]:
    return lambda: (tmp_path / "notes").read_text().splitlines()


@pytest.fixture
def stack(plan: Plan) -> Iterator[Stack]:
    with Stack(plan) as stack:
        yield stack


def test_schemas_and_models_are_there_before_any_service_starts(stack: Stack, notes: Callable[[], list[str]]) -> None:
    stack.start()
    assert set(notes()[:3]) == {"one-migrate started", "two-migrate started", "two-prepare started"}
    assert set(notes()[3:]) == {f"{process} started" for process in stack.plan.processes}


def test_stopping_lets_every_service_finish_and_frees_every_port(stack: Stack, notes: Callable[[], list[str]]) -> None:
    stack.start()
    stack.stop()
    assert {line for line in notes() if line.endswith("stopped")} == {
        f"{each} stopped" for each in stack.plan.processes
    }
    assert all(is_free(port) for port in stack.plan.ports.values())


def test_a_second_start_finds_what_the_first_one_kept(stack: Stack, plan: Plan) -> None:
    stack.start()
    stack.postgres.run_sql("CREATE TABLE kept AS SELECT 7 AS n", database="one")
    token_keys = stack.issuer.jwks.read_text()
    stack.stop()
    with Stack(plan) as second:
        second.start()
        assert second.postgres.run_sql("SELECT n FROM kept", database="one") == "7"
        assert second.issuer.jwks.read_text() == token_keys


def test_what_was_done_once_is_not_done_again_until_there_are_new_migrations(
    plan: Plan, notes: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path / "packages"))
    (plan.cache / "model").mkdir(parents=True)
    started: list[list[str]] = []
    for new_file in ("two/migrations/m0001.py", None, "two/migrations/m0002.py"):
        if new_file:
            (tmp_path / "packages" / new_file).write_text(new_file)
        before = len(notes()) if started else 0
        with Stack(plan) as again:
            again.start()
            started.append([line for line in notes()[before:] if "migrate" in line or "prepare" in line])
    assert [sorted(lines) for lines in started] == [
        ["one-migrate started", "two-migrate started", "two-prepare started"],
        [],
        ["two-migrate started", "two-prepare started"],
    ]


def test_an_empty_cache_is_filled_at_any_start(
    plan: Plan, notes: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path / "packages"))
    for _ in range(2):
        with Stack(plan) as stack:
            stack.start()
    assert (notes().count("one-migrate started"), notes().count("two-prepare started")) == (1, 2)


def test_a_taken_port_is_named_with_the_option_that_changes_it(stack: Stack) -> None:
    port = stack.plan.ports["two-work"]
    wanted = pytest.raises(Refused, match=rf"port {port}, wanted for two-work, is taken.*--two-work-port")
    with socket.create_server(("127.0.0.1", port)), wanted as refusal:
        stack.start()
    assert len(str(refusal.value).splitlines()) == 1
    assert not stack.running


def test_one_folder_serves_one_stack_at_a_time(stack: Stack, plan: Plan) -> None:
    stack.start()
    others = {name: free_port() for name in plan.ports}
    with Stack(replace(plan, ports=others)) as second, pytest.raises(Refused, match=rf"process {os.getpid()}.*--home"):
        second.start()
    assert stack.postgres.is_answering()


def test_somebody_who_looks_keeps_no_stack_from_starting(stack: Stack) -> None:
    with (stack.plan.home / "lock").open("w") as looking:
        fcntl.flock(looking, fcntl.LOCK_EX)
        threading.Timer(0.3, looking.close).start()
        stack.start()
    assert stack.postgres.is_answering()


def test_the_status_names_each_part_and_what_is_not_ready(stack: Stack) -> None:
    assert operating.status(stack.plan) == (False, [f"Nothing runs in {stack.plan.home}."])
    stack.start()
    is_well, lines = operating.status(stack.plan)
    assert is_well, lines
    assert [line.split()[0] for line in lines[1:]] == ["NATS", "PostgreSQL", "issuer", *stack.plan.processes]
    stack.running["two-work"].kill()
    is_well, lines = operating.status(stack.plan)
    assert not is_well
    assert [line.split()[0] for line in lines if "does not answer" in line] == ["two-work"]


def test_a_service_that_fails_to_start_is_named_with_its_last_words(plan: Plan) -> None:
    failing = replace(plan, env={**plan.env, "STAND_IN_FAILS": "two-work"})
    with Stack(failing) as stack, pytest.raises(ChildDied) as death:
        stack.start()
    assert "two-work exited with code 1; its log is" in str(death.value)
    assert "this stand-in was told to fail" in str(death.value)
    assert all(is_free(port) for port in plan.ports.values())


def test_a_failed_migration_stops_the_start(plan: Plan) -> None:
    failing = replace(plan, env={**plan.env, "STAND_IN_FAILS": "one-migrate"})
    with Stack(failing) as stack, pytest.raises(ChildDied, match="one-migrate exited with code 1"):
        stack.start()


@pytest.mark.parametrize("victim", ["one-serve", "NATS", "PostgreSQL", "fork-server"])
def test_a_part_that_dies_later_is_named(stack: Stack, victim: str) -> None:
    stack.start()
    os.kill(next(part.pid for part in stack.parts() if part.name == victim), signal.SIGKILL)
    with pytest.raises(ChildDied, match=f"^{victim} was killed by SIGKILL"):
        stack.watch()


def test_a_killed_process_can_be_started_again(stack: Stack) -> None:
    stack.start()
    stack.running["one-serve"].kill()
    stack.start_process("one-serve")
    stack.wait_until_ready("one-serve")


async def test_after_a_kill_nothing_is_left_and_the_next_start_recovers(stack: Stack) -> None:
    stack.start()
    stack.postgres.run_sql("CREATE TABLE kept AS SELECT 7 AS n", database="one")
    stack.kill()
    await eventually(lambda: all(is_free(port) for port in stack.plan.ports.values()), within=5)
    with Stack(stack.plan) as second:
        second.start()
        assert second.postgres.run_sql("SELECT n FROM kept", database="one") == "7"
