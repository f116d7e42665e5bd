"""What is counted, and how a table of it is written as CSV."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from common.contracts.words import DemandState
from common.errors import FieldFault, invalid

FUNNEL = (
    DemandState.PUBLISHED,
    DemandState.CLOSED,
    DemandState.EVALUATING,
    DemandState.SELECTED,
    DemandState.IN_VALIDATION,
    DemandState.ADOPTED,
)
"""The way from a public demand to an adopted solution, in its order."""
ENDED = (
    DemandState.UNSUCCESSFUL,
    DemandState.NOT_ADOPTED,
    DemandState.WITHDRAWN,
    DemandState.CANCELLED,
    DemandState.MERGED,
)
"""Ends without one."""
TIMED = (DemandState.SUBMITTED, DemandState.UNDER_REVIEW, DemandState.EDITS_REQUESTED, *FUNNEL[:-1])
"""States that somebody waits in."""
_RISKY = ("=", "+", "-", "@", "\t", "\r")


class Dimension(StrEnum):
    """What outcomes are told apart by. `division` is that of the demand; a demand of two tracks counts in both."""

    KIND = "kind"
    TRACK = "track"
    DOMAIN = "domain"
    DIVISION = "division"


def refuse_backwards(from_: date | None, until: date | None) -> None:
    """Raises InvalidInput for a period that ends before it begins."""
    if from_ is not None and until is not None and until < from_:
        raise invalid(FieldFault("give a day that is not before from", "不能早于 from", parameter="until"))


def starts(day: date | None, otherwise: datetime) -> datetime:
    """The first moment of a day, UTC."""
    return otherwise if day is None else datetime(day.year, day.month, day.day, tzinfo=UTC)


def csv_table(names: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """RFC 4180, with a byte order mark, which spreadsheets need to read Chinese. What they would take for a formula
    begins with an apostrophe."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(names)
    for row in rows:
        writer.writerow([_cell(row[name]) for name in names])
    return "\ufeff" + written.getvalue()


def _cell(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_RISKY) else value
