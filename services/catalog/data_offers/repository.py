"""Which data offers a list shows."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, and_, or_

from catalog.data_offers.filters import DataOfferFilters
from catalog.data_offers.models import DataOffer
from common.fields import OrganisationKey


def listed(filters: DataOfferFilters, caller: OrganisationKey) -> Iterator[ColumnElement[bool]]:
    """What rows must be: the caller's on either side."""
    holds = and_(DataOffer.holder_scheme == caller.scheme, DataOffer.holder_code == caller.code)
    yield or_(DataOffer.owned_by(caller), holds)
    for name, value in filters:
        if value is not None:
            yield getattr(DataOffer, name) == value
