"""`python -m deploy.backup`: make, list, check and restore backups of the platform's databases."""

import argparse
import os
import shutil
import signal
import sys
from argparse import Namespace
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from deploy.backup import changes, create, record, restore, verify, where
from deploy.backup.containers import ContainerServer
from deploy.backup.record import LATEST, Backup
from deploy.backup.restore import Terms
from deploy.backup.server import Server, of_url
from deploy.compose.engine import EngineError
from deploy.embedded.errors import Refused, StackError

URL = "JINGQIAO_BACKUP_URL"
STORE = "JINGQIAO_BACKUPS"
KEPT_APART = (
    "Not in it, to be kept elsewhere: the keys that seal webhook secrets (NOTIFY_SECRET_KEYS, or issuer/ of an "
    "embedded stack). The broker needs no backup: streams are filled again from the databases."
)


def main(argv: Sequence[str] | None = None) -> int:
    """The command's exit code: 0, or 1 when something stood in the way."""
    asked = parser().parse_args(argv)
    try:
        _did(asked)
    except (StackError, EngineError) as error:
        _tell(str(error))
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    return 0


def parser() -> argparse.ArgumentParser:
    line = argparse.ArgumentParser(prog="python -m deploy.backup", description=__doc__)
    line.add_argument("--store", type=_folder, default=_folder(os.environ.get(STORE, "backups")), help=f"[{STORE}]")
    line.add_argument("--home", type=_folder, help="of a stack on this machine [JINGQIAO_HOME]")
    line.add_argument("--in", choices=where.PLACES, dest="place", help="which stack, where there are two")
    line.add_argument("--url", default=os.environ.get(URL, ""), help=f"a server other than the stack's [{URL}]")
    verbs = line.add_subparsers(dest="verb", required=True, metavar="VERB")
    make = verbs.add_parser("create", help="copy all databases while they are in use")
    make.add_argument("--dump", action="store_true", help="a file for each database, without later changes")
    verbs.add_parser("archive", help="go on copying changes as they are made, until SIGTERM or Ctrl-C")
    verbs.add_parser("list", help="print all backups, oldest first")
    check = verbs.add_parser("verify", help="read a backup and compare every checksum")
    check.add_argument("name", nargs="?", default=LATEST)
    prune = verbs.add_parser("prune", help="remove all but the newest backups, with the changes that led on from them")
    prune.add_argument("--keep", type=int, required=True)
    back = verbs.add_parser("restore", help="bring a backup back, with all changes that are archived")
    back.add_argument("name", nargs="?", default=LATEST)
    back.add_argument("--until", help="go to this moment and no further, such as '2026-11-30 09:15:00+08'")
    back.add_argument("--data", type=_folder, help="make this data folder instead of the embedded stack's")
    back.add_argument("--force", action="store_true", help="put aside (files) or drop (databases) what is there")
    back.add_argument("--without-key", action="store_true", help="although webhook secrets cannot be opened here")
    return line


def _did(asked: Namespace) -> None:
    match asked.verb:
        case "create":
            server, home = where.running(asked.url, asked.home, asked.place)
            if not asked.dump:
                made = create.base(server, asked.store, home, datetime.now(UTC))
            elif isinstance(server, Server):
                made = create.dump(server, asked.store, home, datetime.now(UTC))
            else:
                raise Refused("a dump is made of a server with --url")
            _tell(f"Made {_line(made)}. {KEPT_APART}")
            if made.record.kind == "base" and not changes.is_running(server):
                _tell(f"It leads to this moment and no further: no archive is running. {_ARCHIVE}")
        case "archive":
            server, _ = where.running(asked.url, asked.home, asked.place)
            if not isinstance(server, Server):
                raise Refused("of a database in containers no changes are archived: make backups of it often")
            changes.archive(server, asked.store)
        case "list":
            sys.stdout.write("".join(f"{_line(backup)}\n" for backup in record.all_in(asked.store)))
        case "verify":
            _verify(record.find(asked.store, asked.name), asked.store)
        case "prune":
            _prune(asked.store, asked.keep)
        case _:
            _restore(record.find(asked.store, asked.name), asked)


def _verify(backup: Backup, store: Path) -> None:
    verify.check(backup)
    if backup.record.kind == "base" and (missing := changes.gap(store, backup.folder / "base")):
        raise Refused(
            f"{backup.name} is whole, but segment {missing} of the changes after it is missing: make a new one"
        )
    _tell(f"Whole: {_line(backup)}")


def _restore(backup: Backup, asked: Namespace) -> None:
    terms = Terms(asked.until, asked.force, asked.without_key)
    now = datetime.now(UTC)
    if asked.url:
        unreadable = restore.into_server(backup, of_url(asked.url), terms, _tell)
        after = f"{unreadable} webhook secrets cannot be opened with the keys here. " if unreadable else ""
        _tell(f"Restored {backup.name}. {after}{_THEN}")
        return
    home: Path | None = None
    if asked.data:
        reached = restore.into_folder(backup, asked.store, asked.data, terms, _tell, now)
    elif (home := where.stopped(asked.home, asked.place)) is not None:
        reached = restore.into_home(backup, asked.store, home, terms, _tell, now)
    else:
        reached = restore.into_containers(backup, asked.store, ContainerServer(), terms, _tell, now)
    then = _THEN if asked.data else _THEN_RUN if home is not None else _THEN_UP
    _tell(f"Restored {backup.name}, and changes until {reached}. {then}")


_ARCHIVE = "Keep `python -m deploy.backup archive` running, and make a backup once it does."
_THEN = (
    "Before anything else starts: `python -m SERVICE migrate` and `python -m SERVICE streams --anew` for catalog, "
    "matcher and notify, then `work` and `serve`."
)
_THEN_RUN = "Start with `make run`."
_THEN_UP = "Start with `make up`."


def _prune(store: Path, kept_count: int) -> None:
    if kept_count < 1:
        raise Refused("keep one backup at least")
    found = record.all_in(store)
    for backup in found[:-kept_count]:
        (backup.folder / record.FILE).unlink()  # from here on it is none, whatever happens
        shutil.rmtree(backup.folder)
        _tell(f"removed {backup.name}")
    oldest = next((each for each in record.all_in(store) if each.record.kind == "base"), None)
    if oldest is not None:
        _tell(f"removed {changes.drop_before(store, oldest.folder / 'base')} segments of changes")


def _line(backup: Backup) -> str:
    revisions = ", ".join(f"{name} {revision}" for name, revision in sorted(backup.record.revisions.items()))
    size = f"{backup.size_bytes() / 2**20:.1f} MiB"
    return f"{backup.name}  {backup.record.kind}  {size}  PostgreSQL {backup.record.server}  {revisions or 'empty'}"


def _folder(text: str) -> Path:
    return Path(text).expanduser().resolve()


def _tell(words: str) -> None:
    sys.stderr.write(f"{words}\n")


if __name__ == "__main__":
    sys.exit(main())
