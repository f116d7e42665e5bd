"""Which transfers a list shows, and how many there are."""

from collections.abc import Iterator, Sequence

from sqlalchemy import ColumnElement, Row, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.transfers.filters import TransferFilters
from catalog.transfers.models import TransferContract as Transfer
from catalog.transfers.rules import TransferState, TransferType
from common.fields import OrganisationKey


def listed(filters: TransferFilters, viewer: OrganisationKey) -> Iterator[ColumnElement[bool]]:
    for name, value in filters.model_dump(exclude_none=True).items():
        yield getattr(Transfer, name) == value
    parties = (
        (Transfer.seller_scheme, Transfer.seller_code),
        (Transfer.buyer_scheme, Transfer.buyer_code),
        (Transfer.broker_scheme, Transfer.broker_code),
    )
    yield or_(*(and_(scheme == viewer.scheme, code == viewer.code) for scheme, code in parties))


async def counts(session: AsyncSession) -> Sequence[Row[TransferState, TransferType, int]]:
    """`state`, `type` and `count`, in the order of the words."""
    count = func.count().label("count")
    wanted = select(Transfer.state, Transfer.type, count).group_by(Transfer.state, Transfer.type)
    return (await session.execute(wanted.order_by(Transfer.state, Transfer.type))).all()
