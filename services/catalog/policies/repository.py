"""Which policies a list shows."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement

from catalog.policies.filters import PolicyFilters
from catalog.policies.models import SupportPolicy


def listed(filters: PolicyFilters, track: str | None) -> Iterator[ColumnElement[bool]]:
    """What rows must be.

    track  that of the filters, by its Chinese name
    """
    if filters.state is not None:
        yield SupportPolicy.state == filters.state
    if filters.type is not None:
        yield SupportPolicy.type == filters.type
    if track is not None:
        yield SupportPolicy.tracks.contains([track])
