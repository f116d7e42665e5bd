"""Says whether a backup is whole: every checksum, and the changes that belong to it."""

import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

from deploy.backup import record
from deploy.backup.record import Backup
from deploy.backup.server import program
from deploy.embedded.errors import Refused

MANIFEST = "backup_manifest"
LAST_LINE = b'"Manifest-Checksum"'


def check(backup: Backup) -> None:
    """Raises Refused with the first fault. Reads every byte."""
    if backup.record.kind == "base":
        _check_base(backup.folder / "base")
    for name, digest in backup.record.files.items():
        _check_file(backup.folder / name, digest)
        _run("pg_restore", "--list", str(backup.folder / name))


def _check_base(base: Path) -> None:
    """By the manifest that PostgreSQL wrote. (What `pg_verifybackup` does, which not every build brings.)"""
    manifest = _manifest(base / MANIFEST)
    for file in manifest["Files"]:
        if file.get("Checksum-Algorithm") != "SHA256" or "Path" not in file:
            raise Refused(f"{base / MANIFEST} lacks a SHA-256 checksum or the path of a file: {file}")
        _check_file(base / file["Path"], file["Checksum"])
    for span in manifest["WAL-Ranges"]:
        where = (f"--path={base / 'pg_wal'}", f"--timeline={span['Timeline']}")
        _run("pg_waldump", "--quiet", *where, f"--start={span['Start-LSN']}", f"--end={span['End-LSN']}")


def _manifest(path: Path) -> dict[str, Any]:
    try:
        content = path.read_bytes()
        read: dict[str, Any] = json.loads(content)
    except (OSError, ValueError) as error:
        raise Refused(f"{path} cannot be read: {error}") from error
    if hashlib.sha256(content[: content.rindex(LAST_LINE)]).hexdigest() != read["Manifest-Checksum"]:
        raise Refused(f"{path} is not what was written: its checksum differs")
    return read


def _check_file(path: Path, digest: str) -> None:
    if not path.exists():
        raise Refused(f"{path} is missing")
    if record.sha256(path) != digest:
        raise Refused(f"{path} is not what was written: its checksum differs")


def _run(name: str, *arguments: str) -> None:
    done = subprocess.run([str(program(name)), *arguments], capture_output=True, text=True)
    if done.returncode != 0:
        raise Refused(f"{name}: {done.stderr.strip() or f'ended with {done.returncode}'}")
