"""What a backup says of itself: a file beside what it holds, written last, so that an unfinished one has none."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from deploy.embedded.errors import Refused

FILE = "backup.json"
Kind = Literal["base", "dump"]
LATEST = "latest"


@dataclass(frozen=True)
class Record:
    """
    kind       `base`: all files of a server, from which archived changes lead on; `dump`: a file for each database
    server     major version of PostgreSQL
    revisions  newest migration of each database
    keys       digests of the keys that seal webhook secrets, as far as the maker knew them
    files      SHA-256 of each file of a dump; a base has a manifest of PostgreSQL's own
    """

    kind: Kind
    created_at: str
    server: int
    revisions: dict[str, str]
    keys: list[str]
    files: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Backup:
    folder: Path
    record: Record

    @property
    def name(self) -> str:
        return self.folder.name

    def size_bytes(self) -> int:
        return sum(path.stat().st_size for path in self.folder.rglob("*") if path.is_file())


def write(folder: Path, record: Record) -> None:
    (folder / FILE).write_text(json.dumps(asdict(record), indent=2, ensure_ascii=False) + "\n")


def all_in(store: Path) -> list[Backup]:
    """Finished backups, oldest first."""
    return [_read(path.parent) for path in sorted(store.glob(f"*/{FILE}"))]


def find(store: Path, name: str) -> Backup:
    """By its name, or the `latest`. Raises Refused."""
    found = all_in(store)
    if not found:
        raise Refused(f"there is no backup in {store}; make one with `make backup`")
    for backup in found:
        if name in (backup.name, LATEST if backup is found[-1] else None):
            return backup
    raise Refused(f"there is no backup {name} in {store}; there are {', '.join(each.name for each in found)}")


def name_at(moment: datetime) -> str:
    """A folder's name by which backups sort."""
    return moment.strftime("%Y%m%dT%H%M%SZ")


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read(folder: Path) -> Backup:
    try:
        return Backup(folder, Record(**json.loads((folder / FILE).read_text())))
    except (ValueError, TypeError) as error:
        raise Refused(f"{folder / FILE} cannot be read: {error}") from error
