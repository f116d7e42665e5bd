"""What `make up` does before and after the engine does its part."""

import json
import os
import subprocess
import sys
from base64 import urlsafe_b64decode
from pathlib import Path

import pytest

from deploy.compose import secret_files
from deploy.compose.__main__ import CLUSTER, parse, summary
from deploy.compose.engine import ROOT

SERVICES = {
    "catalog": {"ports": [{"host_ip": "127.0.0.1", "published": "8101", "target": 8101}]},
    "nats": {"ports": [{"host_ip": "127.0.0.1", "published": "8104", "target": 4222}]},
    "catalog-work": {},
}


def test_secrets_are_random_and_made_once(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    assert secret_files.ensure(one) == list(secret_files.MADE)
    before = {path.name: path.read_text() for path in one.iterdir()}
    assert secret_files.ensure(one) == []
    assert {path.name: path.read_text() for path in one.iterdir()} == before
    secret_files.ensure(other)
    assert [name for name in secret_files.MADE if (other / name).read_text() == before[name]] == []
    assert min(len(before[name]) for name in secret_files.MADE) >= 32


def test_the_key_that_seals_is_one_that_notify_takes(tmp_path: Path) -> None:
    secret_files.ensure(tmp_path)
    [key] = json.loads((tmp_path / "notify_secret_keys").read_text())
    assert len(urlsafe_b64decode(key)) == 32


def test_nobody_else_reaches_the_secrets_and_every_container_reads_its_own(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    folder.mkdir(mode=0o755)
    secret_files.ensure(folder)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o444}


def test_nobody_is_trusted_until_somebody_issues_tokens(tmp_path: Path) -> None:
    secret_files.ensure(tmp_path)
    assert json.loads((tmp_path / "jwks.json").read_text()) == {"keys": []}


def test_the_secrets_are_kept_from_git() -> None:
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    assert {"/deploy/compose/secrets/", "/deploy/compose/.env"} <= set(ignored)


def test_the_summary_names_what_is_published() -> None:
    lines = "\n".join(summary(SERVICES, None, took_s=42.4))
    assert "http://127.0.0.1:8101/docs" in lines
    assert "nats://127.0.0.1:8104" in lines
    assert "ready in 42 s" in lines
    assert "shell.sh" not in lines
    assert any("shell.sh" in line for line in summary(SERVICES, Path("secrets/shell.sh"), took_s=1))


def test_a_cluster_has_as_many_copies_as_servers() -> None:
    assert len(CLUSTER["NATS_URL"].split(",")) == int(CLUSTER["STREAM_REPLICAS"]) == 3
    assert parse(["up"]).nats == "single"


@pytest.mark.parametrize("verb", ["up", "down", "check"])
def test_without_an_engine_it_says_so_and_fails(verb: str, tmp_path: Path) -> None:
    env = {**os.environ, "PATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "deploy.compose", verb], cwd=ROOT, env=env, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "no container engine" in done.stderr


def test_without_an_engine_nothing_is_up(tmp_path: Path) -> None:
    env = {**os.environ, "PATH": str(tmp_path)}
    assert subprocess.run([sys.executable, "-m", "deploy.compose", "is-up"], cwd=ROOT, env=env).returncode == 1
