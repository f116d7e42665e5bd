"""What is counted."""

from datetime import date
from enum import StrEnum
from typing import Protocol

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


class Dimension(StrEnum):
    """What demands are told apart by. `division` is that of the demand, `list` the edition of a scenario list it was
    published in; a demand of two tracks, or in two editions, counts in both."""

    KIND = "kind"
    TRACK = "track"
    DOMAIN = "domain"
    DIVISION = "division"
    LIST = "list"


def refuse_backwards(from_: date | None, until: date | None) -> None:
    """Raises InvalidInput for a period that ends before it begins."""
    if from_ is not None and until is not None and until < from_:
        raise invalid(FieldFault("give a day that is not before from", "不能早于 from", parameter="until"))


class ListEdition(Protocol):
    """What tells a published list from others."""

    @property
    def title(self) -> str: ...
    @property
    def year(self) -> int: ...
    @property
    def batch(self) -> int: ...
    @property
    def edition(self) -> int: ...


def edition_name(row: ListEdition) -> str:
    """Title, year and batch, with the number of the edition: `某市场景清单 (2027-1, 2)`."""
    return f"{row.title} ({row.year}-{row.batch}, {row.edition})"
