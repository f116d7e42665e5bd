"""Remembers which migrations a database has had, so that a start with nothing new need not run them to find out."""

import hashlib
import importlib.util
from pathlib import Path

from deploy.embedded.postgres import PostgresServer


def is_current(server: PostgresServer, service: str) -> bool:
    """Whether `mark_current` was called for the migrations as they are now. An unknown service is never current."""
    digest = _digest(service)
    return digest is not None and server.comment_on(service) == digest


def mark_current(server: PostgresServer, service: str) -> None:
    # A comment on the database goes where the database goes, and with it.
    server.set_comment_on(service, _digest(service) or "")


def _digest(service: str) -> str | None:
    spec = importlib.util.find_spec(service)
    if spec is None or not spec.submodule_search_locations:
        return None
    digest = hashlib.sha256()
    for path in sorted((Path(spec.submodule_search_locations[0]) / "migrations").rglob("*.py")):
        digest.update(f"{path.name}\n".encode() + path.read_bytes())
    return f"migrations {digest.hexdigest()}"
