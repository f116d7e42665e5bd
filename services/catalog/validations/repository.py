"""Which validations a list shows, and which were signed with a key."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.validations.filters import ValidationFilters
from catalog.validations.models import Validation
from catalog.validations.rules import PUBLIC
from common.contracts.words import ValidationState
from common.fields import OrganisationKey

_IS_PUBLIC = Validation.state.in_(sorted(PUBLIC))


def listed(filters: ValidationFilters, visitor: OrganisationKey | None) -> Iterator[ColumnElement[bool]]:
    """What rows must be: public, or the visitor's affair."""
    yield _IS_PUBLIC if visitor is None else or_(_IS_PUBLIC, *_concerning(visitor))
    for name, value in filters:
        if value is not None:
            yield getattr(Validation, name) == value


def _concerning(visitor: OrganisationKey) -> Iterator[ColumnElement[bool]]:
    for party in ("owner", "host", "demand_owner"):
        scheme, code = getattr(Validation, f"{party}_scheme"), getattr(Validation, f"{party}_code")
        yield and_(scheme == visitor.scheme, code == visitor.code)


async def accepted_by(session: AsyncSession, key_id: str) -> Sequence[UUID]:
    """Those accepted that were signed with this key."""
    wanted = select(Validation.id).where(Validation.key_id == key_id, Validation.state == ValidationState.ACCEPTED)
    return (await session.scalars(wanted.order_by(Validation.id))).all()
