"""Makes a converted model once per machine, however many processes want it and whichever of them dies."""

import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_MANIFEST = "manifest.json"


def converted(folder: Path, write: Callable[[Path], None]) -> Path:
    """`folder`, filled by `write` unless it already is.

    `write` works in a temporary folder beside it, which is synced and renamed, so a folder of this name is complete.
    Only one process writes at a time; the others wait for it. What a killed writer left is removed by the next.
    A folder whose files no longer have the sizes they were written with is made again.
    """
    if _is_complete(folder):
        return folder  # before any lock: a finished cache may be read-only
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _only_one(folder.with_name(f"{folder.name}.lock")):
        if not _is_complete(folder):
            _remove_leftovers(folder)
            _write_beside(folder, write)
    return folder


def _is_complete(folder: Path) -> bool:
    try:
        sizes: dict[str, int] = json.loads((folder / _MANIFEST).read_text())
        return all((folder / name).stat().st_size == size for name, size in sizes.items())
    except (OSError, ValueError):
        return False


@contextmanager
def _only_one(lock: Path) -> Iterator[None]:
    """The kernel lets go of the lock when its holder dies, so the file itself means nothing and may stay."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _remove_leftovers(folder: Path) -> None:
    """Call it under the lock only: nobody else is writing then."""
    shutil.rmtree(folder, ignore_errors=True)
    for leftover in folder.parent.glob(f"{folder.name}.part-*"):
        shutil.rmtree(leftover, ignore_errors=True)


def _write_beside(folder: Path, write: Callable[[Path], None]) -> None:
    part = Path(tempfile.mkdtemp(prefix=f"{folder.name}.part-", dir=folder.parent))
    try:
        write(part)
        sizes = {str(path.relative_to(part)): path.stat().st_size for path in part.rglob("*") if path.is_file()}
        (part / _MANIFEST).write_text(json.dumps(sizes, indent=1, sort_keys=True))
        for path in (*part.rglob("*"), part):
            path.chmod(0o755 if path.is_dir() else 0o644)  # some writers make them private; users may share a cache
            _sync(path)
        part.rename(folder)
        _sync(folder.parent)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
