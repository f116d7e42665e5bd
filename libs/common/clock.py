"""The one place that reads the time and mints ids, so that everything else takes them as arguments."""

from datetime import UTC, datetime
from uuid import UUID

from uuid_utils.compat import uuid7


def now() -> datetime:
    """The current moment, aware, UTC."""
    return datetime.now(UTC)


def new_id() -> UUID:
    """A time-ordered UUID (RFC 9562 version 7)."""
    return uuid7()
