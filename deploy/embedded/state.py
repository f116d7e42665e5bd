"""The folder that keeps a stack's state between runs, used by one stack at a time."""

import fcntl
import os
from pathlib import Path
from typing import TextIO

from deploy.embedded.errors import Refused


class StateLock:
    """Held until `release`, or until this process ends in whatever way."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._file: TextIO | None = None

    def take(self) -> None:
        """Creates the folder when it is missing. Raises Refused when it cannot be written or is in use."""
        try:
            self._home.mkdir(parents=True, exist_ok=True)
            file = (self._home / "lock").open("a+", encoding="ascii")
        except OSError as error:
            raise Refused(
                f"cannot write to {self._home} ({error.strerror}); choose another folder with --home or JINGQIAO_HOME"
            ) from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            file.close()
            raise Refused(
                f"another stack (process {holder}) uses {self._home}; stop it, or choose another folder with --home"
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        self._file = file

    def release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
