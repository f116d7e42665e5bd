"""Which guarantee requests a list shows."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, and_, or_

from catalog.guarantees.filters import GuaranteeFilters
from catalog.guarantees.models import GuaranteeRequest
from catalog.projects.models import DemoProject
from common.fields import OrganisationKey


def listed(filters: GuaranteeFilters, viewer: OrganisationKey | None) -> Iterator[ColumnElement[bool]]:
    """viewer  whose concern they are; None: everybody's"""
    for name, value in filters.model_dump(exclude_none=True).items():
        yield getattr(GuaranteeRequest, name) == value
    if viewer is not None:
        waiting = and_(
            GuaranteeRequest.waits_for_scheme == viewer.scheme, GuaranteeRequest.waits_for_code == viewer.code
        )
        is_led = and_(DemoProject.lead_scheme == viewer.scheme, DemoProject.lead_code == viewer.code)
        yield or_(waiting, GuaranteeRequest.project.has(is_led))
