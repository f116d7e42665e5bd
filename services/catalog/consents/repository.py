"""Which consents a list shows, and whether an investor has asked."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.consents.filters import ConsentFilters
from catalog.consents.models import Consent
from catalog.consents.rules import GRANTED, REQUESTED
from catalog.presentations.models import Presentation
from common.fields import OrganisationKey


def listed(filters: ConsentFilters, viewer: OrganisationKey) -> Iterator[ColumnElement[bool]]:
    for name, value in filters.model_dump(exclude_none=True).items():
        yield getattr(Consent, name) == value
    yield or_(Consent.owned_by(viewer), Consent.presentation.has(Presentation.owned_by(viewer)))


async def standing(session: AsyncSession, presentation_id: UUID, investor: OrganisationKey) -> UUID | None:
    """What an investor has asked for and was not told no."""
    wanted = select(Consent.id).where(
        Consent.presentation_id == presentation_id,
        Consent.owned_by(investor),
        Consent.state.in_((REQUESTED, GRANTED)),
    )
    return (await session.scalars(wanted)).first()
