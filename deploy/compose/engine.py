"""Docker Compose for this project's file: found or missed, asked what it would do, told to do it."""

import json
import os
import subprocess
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
FILE = Path(__file__).with_name("compose.yaml")


class EngineError(Exception):
    """No engine, or it refused; the text is for the person."""


@dataclass(frozen=True)
class Engine:
    """`env` is added to the variables of this process; both win over the file `.env`."""

    profiles: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)

    def check(self) -> int:
        """How many processors the engine has. Raises EngineError with what is missing."""
        try:
            info, compose = self._docker("info", "--format", "{{.NCPU}}"), self._docker("compose", "version", "--short")
        except FileNotFoundError:
            raise EngineError("There is no container engine here: the command docker is missing.") from None
        if info.returncode != 0 or not info.stdout.strip().isdecimal():
            raise EngineError(f"There is no container engine here: {info.stderr.strip() or info.stdout.strip()}")
        if compose.returncode != 0:
            raise EngineError("Docker Compose 2 is missing here.")
        return int(info.stdout)

    def config(self) -> dict[str, Any]:
        """The file with every variable put in place. Raises EngineError."""
        done = subprocess.run(
            self.argv("config", "--format", "json"), env=self.environment(), capture_output=True, text=True, cwd=ROOT
        )
        if done.returncode != 0:
            raise EngineError(done.stderr.strip())
        config: dict[str, Any] = json.loads(done.stdout)
        return config

    def run(self, *words: str) -> None:
        """What it prints goes to the terminal. Raises EngineError."""
        if (code := self.code_of(*words)) != 0:
            raise EngineError(f"docker compose {words[0]} failed with exit code {code}")

    def code_of(self, *words: str) -> int:
        return subprocess.run(self.argv(*words), env=self.environment(), cwd=ROOT).returncode

    def is_up(self) -> bool:
        """Whether a container of this project exists that has not been told to go."""
        try:
            done = subprocess.run(
                self.argv("ps", "--quiet"), env=self.environment(), cwd=ROOT, capture_output=True, text=True, timeout=20
            )
        except (FileNotFoundError, subprocess.TimeoutExpired):
            return False
        return done.returncode == 0 and bool(done.stdout.strip())

    def argv(self, *words: str) -> list[str]:
        """The command that runs `docker compose` for this file; its environment is `environment`."""
        profiles = [part for profile in self.profiles for part in ("--profile", profile)]
        return ["docker", "compose", "--file", str(FILE), *profiles, *words]

    def environment(self) -> dict[str, str]:
        return {"VERSION": version(), "REVISION": revision(), "DOCKER_BUILDKIT": "1", **os.environ, **self.env}

    def _docker(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["docker", *words], capture_output=True, text=True)


def version() -> str:
    project: dict[str, str] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project["version"]


def revision() -> str:
    """The commit that images are built from; `unknown` outside a checkout."""
    try:
        done = subprocess.run(["git", "rev-parse", "--short=12", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    except FileNotFoundError:
        return "unknown"
    return done.stdout.strip() or "unknown"
