"""Which projects a list shows."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, and_

from catalog.fields import key_of
from catalog.projects.filters import ProjectFilters
from catalog.projects.models import DemoProject


def listed(filters: ProjectFilters) -> Iterator[ColumnElement[bool]]:
    if filters.state is not None:
        yield DemoProject.state == filters.state
    if filters.demand_id is not None:
        yield DemoProject.demand_id == filters.demand_id
    if filters.lead is not None:
        lead = key_of(filters.lead)
        yield and_(DemoProject.lead_scheme == lead.scheme, DemoProject.lead_code == lead.code)
