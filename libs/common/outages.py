"""Tells a database that is away, restarting or overloaded from a statement that is wrong."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from common.errors import Unavailable


def is_outage(error: BaseException) -> bool:
    """Whether an error, of the driver or of the toolkit above it, means that the database cannot be had now."""
    if isinstance(error, (OSError, TimeoutError, PoolTimeout)):
        return True
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or _is_outage_state(error.orig)
    return _is_outage_state(error)


def _is_outage_state(error: BaseException | None) -> bool:
    state = getattr(error, "sqlstate", None) or ""
    # Class 08 connection, 53 resources, 57P0x shutdown or restart, 57014 statement time-out, 55P03 lock time-out.
    return state[:2] in {"08", "53"} or state[:4] == "57P0" or state in {"57014", "55P03"}


@contextmanager
def outages_named() -> Iterator[None]:
    """Raises Unavailable in place of an error that is an outage."""
    try:
        yield
    except Exception as error:
        if is_outage(error):
            raise Unavailable("The database does not answer", "数据库无响应") from error
        raise
