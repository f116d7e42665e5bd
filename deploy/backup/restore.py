"""Brings back what a backup holds: an embedded stack's home, a data folder of another server, or single databases."""

import re
import secrets
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from common import private_file
from deploy.backup import keys, record, verify
from deploy.backup.containers import ContainerServer
from deploy.backup.record import Backup
from deploy.backup.recovery import Tell, Wish, recover
from deploy.backup.server import Server, program
from deploy.embedded.errors import Refused
from deploy.embedded.state import StateLock

GRANTS = """
SELECT format(
    'GRANT %s ON DATABASE %I TO %s', privilege_type, datname,
    CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END
) FROM pg_database, aclexplode(datacl) WHERE datname = '{database}' AND grantee <> datdba
UNION ALL SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', datname)
FROM pg_database WHERE datname = '{database}' AND datacl IS NOT NULL ORDER BY 1 DESC
"""
"""Who else may enter a database, which no dump of it says: statements, the one that closes it to everybody first."""
HAND_OVER = """
DO $$
DECLARE
    writer text := (
        SELECT grantee::regrole FROM pg_class, aclexplode(relacl)
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
        AND privilege_type = 'INSERT' AND grantee NOT IN (0, relowner) LIMIT 1
    );
    number oid;
BEGIN
    FOR number IN SELECT oid FROM pg_largeobject_metadata WHERE lomowner <> writer::regrole LOOP
        EXECUTE format('ALTER LARGE OBJECT %s OWNER TO %s', number, writer);
        COMMIT;
    END LOOP;
END $$
"""
"""Gives large objects, whose owner alone can replace them, to the role that writes rows; each in a transaction of its
own, as each takes a lock. Nothing where one role owns and writes."""
SEALED = "SELECT sealed_secret FROM subscriptions WHERE sealed_secret IS NOT NULL"


@dataclass(frozen=True)
class Terms:
    """
    until        a moment to go back to
    force        put aside, or drop, what is there
    without_key  restore although nobody here can open the webhook secrets
    """

    until: str | None = None
    force: bool = False
    without_key: bool = False


def into_home(backup: Backup, store: Path, home: Path, terms: Terms, tell: Tell, now: datetime) -> str:
    """The databases of an embedded stack that does not run. What was there is put aside, not deleted."""
    _checked(backup, "base", terms, home, tell)
    data, lock = home / "postgres" / "data", StateLock(home)
    lock.take({})
    try:
        _put_aside(data, terms, now)
        password = home / "postgres" / "password"
        if not password.exists():
            private_file.write(password, secrets.token_urlsafe(24))
        reached = recover(Wish(backup, store, data, terms.until, password.read_text()), tell)
        # Streams know more than the databases now. Empty ones are filled again from the outboxes.
        shutil.rmtree(home / "nats" / "store", ignore_errors=True)
    finally:
        lock.release()
    return reached


def into_containers(
    backup: Backup, store: Path, server: ContainerServer, terms: Terms, tell: Tell, now: datetime
) -> str:
    """The volume of a stack in containers that does not run. What was there is put aside in it, not deleted."""
    if server.is_up():
        raise Refused("containers of this stack are running: `make down` first")
    _checked(backup, "base", terms, server.secrets(), tell)
    if not terms.force and server.has_data():
        raise Refused("the volume of PostgreSQL is not empty; --force puts aside what is there, and restores")
    with tempfile.TemporaryDirectory(prefix="restoring-", dir=store) as folder:
        data = Path(folder) / "data"
        reached = recover(Wish(backup, store, data, terms.until, None), tell)
        server.put(data, record.name_at(now))
    # As above: what it knows is newer than the databases.
    server.empty_the_broker()
    return reached


def into_folder(backup: Backup, store: Path, data: Path, terms: Terms, tell: Tell, now: datetime) -> str:
    """A data folder for a server of the same major version, which the reader then starts on it."""
    _checked(backup, "base", terms, None, tell)
    data.parent.mkdir(parents=True, exist_ok=True)
    _put_aside(data, terms, now)
    return recover(Wish(backup, store, data, terms.until, None), tell)


def into_server(backup: Backup, server: Server, terms: Terms, tell: Tell) -> int:
    """Each database of a dump. Returns how many webhook secrets cannot be opened with the keys at hand."""
    _checked(backup, "dump", terms, None, tell)
    databases = [name.removesuffix(".dump") for name in backup.record.files]
    if (full := [database for database in databases if server.has_table(database)]) and not terms.force:
        raise Refused(f"{server.name} already holds {', '.join(full)}; --force drops what is there")
    for database in databases:
        tell(f"restoring {database}")
        _emptied(server, database)
        _filled(server, database, backup.folder / f"{database}.dump")
    return keys.unreadable(server.ask(SEALED, "notify"), keys.present(None)) if "notify" in databases else 0


def _emptied(server: Server, database: str) -> None:
    """Make the database anew when it is not empty, for the same owner and open to the same roles; make it when there is
    none."""
    owners = server.ask(f"SELECT quote_ident(pg_get_userbyid(datdba)) FROM pg_database WHERE datname = '{database}'")  # nosec B608  # a name of the settings
    grants = server.ask(GRANTS.format(database=database))
    if server.has_table(database):
        server.ask(f'DROP DATABASE "{database}" WITH (FORCE)')
    elif owners:
        return
    server.ask(f'CREATE DATABASE "{database}"{f" OWNER {owners[0]}" if owners else ""}')
    for grant in grants:
        server.ask(grant)


def _filled(server: Server, database: str, path: Path) -> None:
    """By the database's owner, who may be another than the one who restores, and may not make extensions."""
    listed = subprocess.run([str(program("pg_restore")), "--list", str(path)], capture_output=True, text=True).stdout
    for extension in re.findall(r"EXTENSION - (\w+)", listed):
        server.ask(f'CREATE EXTENSION IF NOT EXISTS "{extension}"', database)
    [owner] = server.ask("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()", database)
    # --no-comments: that on an extension is its maker's to set.
    how = ("--exit-on-error", "--single-transaction", "--no-owner", "--no-comments", "--no-password", f"--role={owner}")
    server.run("pg_restore", *how, f"--dbname={database}", str(path), database=database)
    server.ask(HAND_OVER, database)


def _checked(backup: Backup, kind: record.Kind, terms: Terms, home: Path | None, tell: Tell) -> None:
    if backup.record.kind != kind:
        raise Refused(
            f"{backup.name} is a {backup.record.kind}: "
            + (
                "give --url of the server to restore it to"
                if kind == "base"
                else "it is restored to files, not to --url"
            )
        )
    if not terms.without_key:
        keys.check(backup.record.keys, home)
    tell(f"checking {backup.name}")
    verify.check(backup)


def _put_aside(data: Path, terms: Terms, now: datetime) -> None:
    if not data.exists() or not any(data.iterdir()):
        shutil.rmtree(data, ignore_errors=True)
        return
    if not terms.force:
        raise Refused(f"{data} is not empty; --force puts it aside, as {data.name}.before-…, and restores")
    data.rename(data.with_name(f"{data.name}.before-{record.name_at(now)}"))
