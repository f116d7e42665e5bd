"""Reads and writes organisations."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import case, exists, func, or_, select, tuple_
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.demands.models import Demand
from catalog.organisations.models import Organisation
from common.clock import new_id
from common.fields import OrganisationKey
from common.pagination import PageRequest
from common.search.simplified import simplified

_HAS_PUBLIC = exists().where(
    Demand.owner_scheme == Organisation.scheme,
    Demand.owner_code == Organisation.code,
    Demand.published_at.is_not(None),
)
_IS_SHOWN = or_(Organisation.recorded_at.is_not(None), _HAS_PUBLIC)


async def find(session: AsyncSession, key: OrganisationKey) -> Organisation | None:
    wanted = select(Organisation).where(Organisation.scheme == key.scheme, Organisation.code == key.code)
    return (await session.scalars(wanted)).one_or_none()


async def get(session: AsyncSession, key: OrganisationKey) -> Organisation:
    """One that is there."""
    found = await find(session, key)
    assert found is not None
    return found


async def find_shown(session: AsyncSession, key: OrganisationKey) -> Organisation | None:
    """One that everyone may know of."""
    wanted = select(Organisation).where(Organisation.scheme == key.scheme, Organisation.code == key.code, _IS_SHOWN)
    return (await session.scalars(wanted)).one_or_none()


async def page(session: AsyncSession, name: str | None, wanted: PageRequest) -> Sequence[Organisation]:
    """Up to `limit + 1` that everyone may know of, newest first, whose name contains `name`, or its simplified form, in
    any letter case."""
    rows = select(Organisation).where(_IS_SHOWN).order_by(Organisation.created_at.desc(), Organisation.id.desc())
    if name:
        spellings = {name, simplified(name)}
        rows = rows.where(or_(*(Organisation.name.icontains(each, autoescape=True) for each in spellings)))
    if wanted.after:
        rows = rows.where(tuple_(Organisation.created_at, Organisation.id) < wanted.after)
    return (await session.scalars(rows.limit(wanted.limit + 1))).all()


async def put(session: AsyncSession, key: OrganisationKey, fields: dict[str, Any], at: datetime) -> Organisation:
    """Record the organisation, or bring its fields up to date; equal fields leave `updated_at` as it was."""
    new = _new(key, {**fields, "recorded_at": at}, at)
    differs = or_(*(getattr(Organisation, name).is_distinct_from(new.excluded[name]) for name in fields))
    is_new = Organisation.recorded_at.is_(None)
    times = {
        "created_at": case((is_new, at), else_=Organisation.created_at),
        "recorded_at": func.coalesce(Organisation.recorded_at, at),
        "updated_at": case((or_(is_new, differs), at), else_=Organisation.updated_at),
    }
    changed = new.on_conflict_do_update(index_elements=["scheme", "code"], set_={**fields, **times})
    return (await session.scalars(changed.returning(Organisation))).one()


async def add_if_missing(session: AsyncSession, key: OrganisationKey, fields: dict[str, Any], at: datetime) -> None:
    await session.execute(_new(key, fields, at).on_conflict_do_nothing(index_elements=["scheme", "code"]))


def _new(key: OrganisationKey, fields: dict[str, Any], at: datetime) -> Insert:
    return insert(Organisation).values(
        id=new_id(), scheme=key.scheme, code=key.code, created_at=at, updated_at=at, **fields
    )
