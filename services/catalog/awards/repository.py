"""Which awards a list shows."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement

from catalog.awards.filters import AwardFilters
from catalog.awards.models import Award
from catalog.fields import key_of


def listed(filters: AwardFilters) -> Iterator[ColumnElement[bool]]:
    """What rows must be."""
    if filters.state is not None:
        yield Award.state == filters.state
    if filters.demand_id is not None:
        yield Award.demand_id == filters.demand_id
    if filters.owner is not None:
        yield Award.owned_by(key_of(filters.owner))
    if filters.solver is not None:
        key = key_of(filters.solver)
        yield Award.solver_scheme == key.scheme
        yield Award.solver_code == key.code
