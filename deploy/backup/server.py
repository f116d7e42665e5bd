"""The PostgreSQL server that is backed up or restored to, and PostgreSQL's own programs."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from deploy.embedded import postgres, state
from deploy.embedded.errors import Refused
from deploy.embedded.plan import DEFAULT_PORTS
from deploy.embedded.ports import LOOPBACK

DATABASES = ("notify", "matcher", "catalog")
"""In the order of dumping, what reads events first: whoever is older than its source is told again."""


@dataclass(frozen=True)
class Server:
    """`password` is None where `PGPASSWORD`, `PGPASSFILE` or the server's own rules say who may connect."""

    host: str
    port: int
    user: str
    password: str | None
    database: str = "postgres"

    @property
    def name(self) -> str:
        return f"{self.user}@{self.host}:{self.port}"

    def env(self, database: str = "") -> Mapping[str, str]:
        """For libpq's programs. Not their arguments: those are seen by everybody on the machine."""
        given = {
            "PGHOST": self.host,
            "PGPORT": str(self.port),
            "PGUSER": self.user,
            "PGDATABASE": database or self.database,
            "PGCONNECT_TIMEOUT": "10",
            "PGAPPNAME": "jingqiao-backup",
        }
        return {**os.environ, **given, **({"PGPASSWORD": self.password} if self.password is not None else {})}

    def ask(self, sql: str, database: str = "") -> list[str]:
        """The lines of an answer. Raises Refused with the server's words."""
        return self._answer("-c", sql, database=database)

    def ask_replication(self, command: str) -> list[str]:
        """As `ask`, by a command of the replication protocol."""
        return self._answer("-d", "replication=true", "-c", command)

    def _answer(self, *what: str, database: str = "") -> list[str]:
        how = ["--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--no-password", "-v", "ON_ERROR_STOP=1"]
        argv = [str(program("psql")), *how, *what]
        done = subprocess.run(argv, env=self.env(database), capture_output=True, text=True)
        if done.returncode != 0:
            raise Refused(f"{self.name}: {done.stderr.strip()}")
        return done.stdout.splitlines()

    def run(self, name: str, *arguments: str, database: str = "") -> None:
        """Run a program, which shows its own progress. Raises Refused when it fails."""
        done = subprocess.run([str(program(name)), *arguments], env=self.env(database), stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            raise Refused(f"{name} ended with {done.returncode}; what it said stands above")

    def copy_to(self, folder: Path) -> None:
        """All files of the server, with the changes made meanwhile; its role must be allowed to replicate."""
        how = ("--checkpoint=fast", "--wal-method=stream", "--manifest-checksums=SHA256", "--progress", "--no-password")
        self.run("pg_basebackup", "-D", str(folder), *how)

    def has_table(self, database: str) -> bool:
        """Whether the database exists and holds any table."""
        if not self.ask(f"SELECT 1 FROM pg_database WHERE datname = '{database}'"):  # nosec B608  # a name of the settings
            return False
        tables = "SELECT 1 FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') LIMIT 1"
        return bool(self.ask(tables, database))


def of_url(url: str) -> Server:
    """`postgresql://user:password@host:port/database`; what is left out is libpq's default. Raises Refused."""
    parts = urlsplit(url.replace("postgresql+asyncpg://", "postgresql://", 1))
    if parts.scheme not in ("postgresql", "postgres") or not parts.hostname:
        raise Refused("the address must read postgresql://user:password@host:port/database")
    password = unquote(parts.password) if parts.password is not None else None
    user = unquote(parts.username or os.environ.get("PGUSER", "postgres"))
    return Server(parts.hostname, parts.port or 5432, user, password, parts.path.strip("/") or "postgres")


def of_home(home: Path) -> Server:
    """The server of a running embedded stack. Raises Refused."""
    running = state.occupant(home)
    if running is None:
        raise Refused(f"nothing runs in {home}; start it with `make run`, or name a server with --url")
    port = running.ports.get("postgres", DEFAULT_PORTS["postgres"])
    return Server(LOOPBACK, port, postgres.ROLE, (home / "postgres" / "password").read_text())


def program(name: str) -> Path:
    """Of the wheel that the embedded stack runs, or else on the PATH. Raises Refused."""
    try:
        if (found := postgres.binary(name)).exists():
            return found
    except Refused:
        pass
    if (on_path := shutil.which(name)) is not None:
        return Path(on_path)
    raise Refused(f"{name} is not installed: pip install 'jingqiao[embedded]', or PostgreSQL's client programs")
