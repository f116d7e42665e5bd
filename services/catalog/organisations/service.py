"""What callers do with organisations."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from catalog.organisations import repository, rules
from catalog.organisations.models import Organisation, OrganisationKind
from catalog.organisations.schemas import OrganisationIn
from common import uscc
from common.auth import Principal
from common.errors import FieldFault, NotFound, invalid
from common.fields import OrganisationKey
from common.pagination import PageRequest


async def put(
    session: AsyncSession, caller: Principal, key: OrganisationKey, fields: OrganisationIn, at: datetime
) -> Organisation:
    rules.refuse_wrong_code(key)
    rules.refuse_stranger(key, caller.organisation, caller.roles)
    return await repository.put(session, key, fields.model_dump(), at)


async def get(session: AsyncSession, key: OrganisationKey) -> Organisation:
    """Raises NotFound also for one that did nothing in public: that it asks, or answers, is its own affair."""
    organisation = await repository.find_shown(session, key)
    if organisation is None:
        raise NotFound(f"No organisation {key.scheme}:{key.code} is recorded", "没有登记该单位")
    return organisation


async def named(session: AsyncSession, key: OrganisationKey, pointer: str) -> Organisation:
    """One that a request's body names. Raises InvalidInput naming the field."""
    organisation = await repository.find(session, key)
    if organisation is None:
        raise invalid(FieldFault("name an organisation that is recorded here", "请填写已登记的单位", pointer=pointer))
    return organisation


async def page(session: AsyncSession, name: str | None, wanted: PageRequest) -> Sequence[Organisation]:
    return await repository.page(session, name, wanted)


async def of_caller(session: AsyncSession, caller: Principal, at: datetime) -> Organisation:
    """The caller's organisation; one that nobody has recorded yet is recorded under the token's name for it."""
    key = caller.organisation
    uscc.refuse_wrong_token(key)
    known = await repository.find(session, key)
    if known:
        return known
    first = {"name": caller.organisation_name, "kind": OrganisationKind.OTHER, "division": None}
    await repository.add_if_missing(session, key, first, at)
    return await repository.get(session, key)
