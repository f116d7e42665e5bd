"""Files that only their owner may read: keys, passwords, tokens."""

import os
from pathlib import Path
from typing import BinaryIO


def appended(path: Path) -> BinaryIO:
    """Open at its end, made first if it is not there. One that others may read is theirs no longer."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.fchmod(descriptor, 0o600)
    return os.fdopen(descriptor, "ab")


def write(path: Path, text: str) -> None:
    """Readable by its owner from its first moment, and whole or absent whatever happens."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(text)
    partial.rename(path)
