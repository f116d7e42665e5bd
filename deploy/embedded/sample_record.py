"""Remembers which samples a stack has."""

from datetime import UTC, datetime
from pathlib import Path


class Record:
    """The samples a stack has, in a file that lies beside the databases, so that both go together.

    A sample that was sent but not recorded is sent again with the same content, and keeps its idempotency keys.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        if not path.exists():
            today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
            path.write_text(f"{today.isoformat()}\n")
        first, *names = path.read_text().splitlines()
        self.began_at = datetime.fromisoformat(first)
        self.names = set(names)

    def add(self, name: str) -> None:
        self.names.add(name)
        with self._path.open("a") as record:
            record.write(f"{name}\n")
