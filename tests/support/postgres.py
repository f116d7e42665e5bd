"""A PostgreSQL server for a test session, where every test gets a database of its own in a moment."""

import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from common import migrating
from common.settings import ServiceSettings
from deploy.embedded.ports import free_port
from deploy.embedded.postgres import PostgresServer

SERVICES = Path(__file__).parents[2] / "services"
MEMORY = Path("/dev/shm")
ROOM_BYTES = 4 << 30
_PREFIX = "jingqiao-test-"

Build = Callable[[str], None]
"""Fills a new database, given its URL, with the schema that tests then copy."""


class Databases:
    """Clones of template databases; a template is built once per session, by the service's own migrations."""

    def __init__(self, server: PostgresServer) -> None:
        self.server = server
        self._templates: set[str] = set()
        self._lent: set[str] = set()

    @contextmanager
    def borrowed(self) -> Iterator["Borrowed"]:
        """Hands out databases and drops them at the end."""
        borrowed = Borrowed(self)
        try:
            yield borrowed
        finally:
            for name in borrowed.names:
                self.server.drop_database(name)
                self._lent.discard(name)

    def next_name(self, stem: str) -> str:
        """The first that nobody has: one test after the other is at the same address."""
        name = next(name for number in count(1) if (name := f"{stem}_{number}") not in self._lent)
        self._lent.add(name)
        return name

    def ensure_template(self, stem: str, build: Build) -> str:
        name = f"template_{stem}"
        if name not in self._templates:
            self.server.drop_database(name)
            self.server.create_database(name)
            build(self.server.url(name))
            self._templates.add(name)
        return name


class Borrowed:
    """The databases of one test; each method returns the URL of a new one."""

    def __init__(self, databases: Databases) -> None:
        self.names: list[str] = []
        self._databases = databases
        self._server = databases.server

    def empty(self) -> str:
        name = self._new_name("empty")
        self._server.create_database(name)
        return self._server.url(name)

    def of(self, service: str) -> str:
        """With `service`'s newest schema."""
        return self.copy(service, lambda url: migrate(service, url))

    def copy(self, stem: str, build: Build) -> str:
        """A copy of the template `stem`, which `build` fills on its first use in the session."""
        template = self._databases.ensure_template(stem, build)
        name = self._new_name(stem)
        self._server.clone_database(template, name)
        return self._server.url(name)

    def _new_name(self, stem: str) -> str:
        name = self._databases.next_name(stem)
        self.names.append(name)
        return name


@contextmanager
def session_server(folder: Path) -> Iterator[PostgresServer]:
    """Not durable: a test session that loses power is run again. In memory where there is room, else in `folder`."""
    with _in_memory() as memory:
        server = PostgresServer(memory or folder, free_port(), durable=False)
        server.start()
        try:
            yield server
        finally:
            server.stop()
            shutil.rmtree(server.data)


@contextmanager
def _in_memory() -> Iterator[Path | None]:
    """A folder in memory, where a clone takes a fifth of the time; None where there is no such room."""
    if not MEMORY.is_dir() or not os.access(MEMORY, os.W_OK) or shutil.disk_usage(MEMORY).free < ROOM_BYTES:
        yield None
        return
    for left in MEMORY.glob(f"{_PREFIX}*"):  # by a session that was killed
        if not Path(f"/proc/{left.name.removeprefix(_PREFIX)}").exists():
            shutil.rmtree(left, ignore_errors=True)
    folder = MEMORY / f"{_PREFIX}{os.getpid()}"
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def migrate(service: str, url: str, owner_url: str = "") -> None:
    """As the verb does, without a process that imports everything anew. On a thread of its own, as a test's may have a
    loop."""
    settings = ServiceSettings(database_url=url, database_owner_url=owner_url)
    with ThreadPoolExecutor(1) as beside:
        beside.submit(migrating.bring_up_to_date, SERVICES / service / "migrations", settings).result()
