"""Makes a backup: built beside, checked, and renamed into place when it is whole."""

import shutil
from datetime import datetime
from pathlib import Path

from deploy.backup import keys, record, verify
from deploy.backup.containers import ContainerServer
from deploy.backup.record import Backup, Record
from deploy.backup.server import DATABASES, Server

Source = Server | ContainerServer


def base(server: Source, store: Path, home: Path | None, now: datetime) -> Backup:
    """A copy of all files of a server, with the changes made meanwhile; the server goes on working.

    home   where sealing keys are looked for: an embedded stack's folder, or that of a deployment's secrets

    Raises Refused.
    """
    partial = _begun(store, now)
    server.copy_to(partial / "base")
    return _finished(partial, Record("base", _said(now), *_facts(server, home)))


def dump(server: Server, store: Path, home: Path | None, now: datetime) -> Backup:
    """A file for each database, which a server of any later version reads. Raises Refused."""
    partial = _begun(store, now)
    for database in _there(server):
        to = str(partial / f"{database}.dump")
        server.run("pg_dump", "--format=custom", "--no-password", f"--file={to}", database=database)
    files = {path.name: record.sha256(path) for path in sorted(partial.glob("*.dump"))}
    return _finished(partial, Record("dump", _said(now), *_facts(server, home), files))


def _begun(store: Path, now: datetime) -> Path:
    partial = store / f"{record.name_at(now)}.partial"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True, mode=0o700)
    return partial


def _finished(partial: Path, made: Record) -> Backup:
    verify.check(Backup(partial, made))
    record.write(partial, made)
    return Backup(partial.rename(partial.with_suffix("")), made)


def _facts(server: Source, home: Path | None) -> tuple[int, dict[str, str], list[str]]:
    [version] = server.ask("SHOW server_version_num")
    revisions = {
        database: "".join(server.ask("SELECT version_num FROM alembic_version", database))
        for database in _there(server)
        if server.ask("SELECT 1 WHERE to_regclass('alembic_version') IS NOT NULL", database)
    }
    return int(version) // 10000, revisions, keys.digests(keys.present(home))


def _there(server: Source) -> list[str]:
    known = set(server.ask("SELECT datname FROM pg_database"))
    return [database for database in DATABASES if database in known]


def _said(now: datetime) -> str:
    return now.isoformat(timespec="seconds")
