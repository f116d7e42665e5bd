"""A stack in containers is backed up and restored by the same two verbs, by way of its database's container."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from deploy.embedded.ports import free_port
from deploy.embedded.postgres import PostgresServer
from tests.support.docker_on_path import docker_on_path


@dataclass(frozen=True)
class Deployment:
    """`docker` is the folder of the program of that name."""

    folder: Path
    server: PostgresServer
    env: Mapping[str, str]

    @property
    def docker(self) -> Path:
        return self.folder / "docker"

    def up(self) -> None:
        self.server.start()
        (self.docker / "up").touch()

    def down(self) -> None:
        self.server.stop()
        (self.docker / "up").unlink()

    def do(self, *asked: str) -> subprocess.CompletedProcess[str]:
        argv = [sys.executable, "-m", "deploy.backup", "--store", str(self.folder / "backups"), *asked]
        env = {**self.env, "JINGQIAO_HOME": str(self.folder / "nothing-here")}
        return subprocess.run(argv, capture_output=True, text=True, env=env)

    def done(self, *asked: str) -> str:
        said = self.do(*asked)
        assert said.returncode == 0, said.stderr
        return said.stdout + said.stderr

    def lines(self) -> list[str]:
        return self.server.run_sql("SELECT line FROM notes", database="catalog").splitlines()


@pytest.fixture
def deployment(tmp_path: Path) -> Iterator[Deployment]:
    server = PostgresServer(tmp_path / "postgres", free_port(), durable=False)
    server.start()
    server.create_database("catalog")
    server.run_sql("CREATE TABLE notes (line text); INSERT INTO notes VALUES ('first')", database="catalog")
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "notify_secret_keys").write_text(json.dumps([Fernet.generate_key().decode()]))
    made = Deployment(tmp_path, server, docker_on_path(tmp_path / "docker", server, secrets))
    (made.docker / "up").touch()
    yield made
    server.stop()


def test_what_was_backed_up_comes_back_and_the_broker_is_emptied(deployment: Deployment) -> None:
    assert "Made" in deployment.done("create")
    deployment.server.run_sql("INSERT INTO notes VALUES ('later')", database="catalog")
    deployment.down()
    assert "make up" in deployment.done("restore", "--force")
    assert (deployment.docker / "removed").read_text().split()[3:] == ["jingqiao_nats", "jingqiao_nats-2"]
    assert list(deployment.server.folder.glob("data.before-*")), "what was there is put aside"
    deployment.up()
    assert deployment.lines() == ["first"]


def test_a_stack_that_runs_or_holds_data_is_left_alone(deployment: Deployment) -> None:
    deployment.done("create")
    while_running = deployment.do("restore", "--force")
    assert (while_running.returncode, "make down" in while_running.stderr) == (1, True)
    deployment.down()
    unforced = deployment.do("restore")
    assert (unforced.returncode, "is not empty" in unforced.stderr) == (1, True)
    deployment.up()
    assert deployment.lines() == ["first"]


def test_a_backup_whose_sealing_key_is_lost_is_not_restored_by_accident(deployment: Deployment) -> None:
    deployment.done("create")
    deployment.down()
    (deployment.folder / "secrets" / "notify_secret_keys").write_text(json.dumps([Fernet.generate_key().decode()]))
    refused = deployment.do("restore", "--force")
    assert (refused.returncode, "which is not here" in refused.stderr) == (1, True)


def test_a_copy_that_breaks_off_is_no_backup(deployment: Deployment) -> None:
    deployment.server.stop()
    assert deployment.do("create").returncode == 1
    assert deployment.done("list") == ""


def test_of_two_stacks_one_must_be_named(deployment: Deployment) -> None:
    deployment.done("create")
    deployment.down()
    (deployment.folder / "nothing-here" / "postgres" / "data").mkdir(parents=True)
    refused = deployment.do("restore", "--force")
    assert (refused.returncode, "say which with --in" in refused.stderr) == (1, True)
    assert "is not empty" in deployment.do("--in", "containers", "restore").stderr
