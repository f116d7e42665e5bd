"""The folder that keeps a stack's state between runs, used by one stack at a time, and who uses it now."""

import fcntl
import json
import os
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from deploy.embedded.errors import Refused

TAKEN_WITHIN_S = 1.0
"""`occupant` holds the lock for a moment too: a start must not fail because somebody looked."""


@dataclass(frozen=True)
class Occupant:
    """The stack that uses a folder: its process, its ports by the names of DEFAULT_PORTS, its start in ISO 8601."""

    pid: int
    ports: Mapping[str, int] = field(default_factory=dict)
    started_at: str = ""


class StateLock:
    """Held until `release`, or until this process ends in whatever way."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._file: TextIO | None = None

    def take(self, ports: Mapping[str, int]) -> None:
        """Creates the folder when it is missing. Raises Refused when it cannot be written or is in use."""
        try:
            self._home.mkdir(parents=True, exist_ok=True)
            file = _lock_file(self._home).open("a+", encoding="ascii")
        except OSError as error:
            raise Refused(
                f"cannot write to {self._home} ({error.strerror}); choose another folder with --home or JINGQIAO_HOME"
            ) from error
        if not _got_lock(file, within_s=TAKEN_WITHIN_S):
            holder = _read(file).pid or "unknown"
            file.close()
            raise Refused(
                f"another stack (process {holder}) uses {self._home}; stop it with `make stop`, "
                "or choose another folder with --home or other ports and folder at once with --port-offset"
            )
        file.truncate(0)
        started_at = datetime.now(UTC).isoformat(timespec="seconds")
        json.dump(asdict(Occupant(os.getpid(), dict(ports), started_at)), file)
        file.flush()
        self._file = file

    def release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def occupant(home: Path) -> Occupant | None:
    """The stack that uses `home` now, or None."""
    try:
        file = _lock_file(home).open(encoding="ascii")
    except OSError:
        return None
    with file:
        return None if _got_lock(file, within_s=0.0) else _read(file)


def _lock_file(home: Path) -> Path:
    return home / "lock"


def _got_lock(file: TextIO, *, within_s: float) -> bool:
    """Whether this process got the lock, which it keeps until the file is closed."""
    deadline = time.monotonic() + within_s
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.05)
        else:
            return True


def _read(file: TextIO) -> Occupant:
    """Process 0 when the holder has not written yet."""
    file.seek(0)
    try:
        return Occupant(**json.load(file))
    except (ValueError, TypeError):
        return Occupant(0)
