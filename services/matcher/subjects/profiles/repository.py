"""SQL of capability profiles."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Uuid, any_, bindparam, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from common.errors import NotFound
from common.fields import OrganisationKey
from common.lines import Line, Statement
from common.pagination import PageRequest
from matcher.subjects.profiles.filters import ProfileFilters
from matcher.subjects.profiles.models import Profile
from matcher.subjects.profiles.rules import ProfileState, ProfileVisibility


class ProfileText(NamedTuple):
    """All that the bytes of a profile depend on. `updated_at` tells a version from one that a restored backup had under
    the same number."""

    id: UUID
    version: int
    updated_at: datetime


_PRESENT_TEXTS = Statement(
    select(Profile.id, Profile.version, Profile.updated_at).where(
        Profile.state == ProfileState.ACTIVE,
        Profile.visibility == ProfileVisibility.PUBLIC,
        Profile.id == any_(bindparam("ids", type_=ARRAY(Uuid))),
    )
)


async def present_texts(line: Line, ids: Sequence[UUID]) -> dict[UUID, ProfileText]:
    """Of those profiles that everyone may read, the text that they read now."""
    rows = await _PRESENT_TEXTS.rows(line, ids=ids)
    return {row["id"]: ProfileText(row["id"], row["version"], row["updated_at"]) for row in rows}


def add(session: AsyncSession, profile: Profile) -> None:
    session.add(profile)


async def active(session: AsyncSession, profile_id: UUID, shown: ColumnElement[bool]) -> Profile:
    """One of those that are `shown`. Raises NotFound for one that was withdrawn too."""
    rows = select(Profile).where(Profile.id == profile_id, Profile.state == ProfileState.ACTIVE, shown)
    return _found(await session.scalar(rows), profile_id)


async def own(session: AsyncSession, organisation: OrganisationKey, profile_id: UUID, *, lock: bool = False) -> Profile:
    """A profile of this organisation in any state; NotFound when it is another's."""
    rows = select(Profile).where(
        Profile.id == profile_id,
        Profile.organisation_scheme == organisation.scheme,
        Profile.organisation_code == organisation.code,
    )
    fresh = rows.with_for_update(key_share=True).execution_options(populate_existing=True)
    return _found(await session.scalar(fresh if lock else rows), profile_id)


def _found(profile: Profile | None, profile_id: UUID) -> Profile:
    if profile is None:
        raise NotFound(f"There is no profile {profile_id}", f"没有编号为 {profile_id} 的能力画像")
    return profile


async def listed(
    session: AsyncSession, filters: ProfileFilters, page: PageRequest, shown: ColumnElement[bool]
) -> Sequence[Profile]:
    """Active profiles of those that are `shown`, newest first, one more than the page holds."""
    rows = select(Profile).where(Profile.state == ProfileState.ACTIVE, shown)
    for name in ("offer_kind", "division", "language", "organisation_scheme", "organisation_code"):
        if (wanted := getattr(filters, name)) is not None:
            rows = rows.where(getattr(Profile, name) == wanted)
    if filters.track is not None:
        rows = rows.where(Profile.tracks.contains([filters.track]))
    if page.after:
        rows = rows.where(tuple_(Profile.created_at, Profile.id) < page.after)
    newest_first = rows.order_by(Profile.created_at.desc(), Profile.id.desc())
    return (await session.scalars(newest_first.limit(page.limit + 1))).all()


async def by_ids(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, Profile]:
    rows = await session.scalars(select(Profile).where(Profile.id.in_(ids)))
    return {profile.id: profile for profile in rows}


async def versions_held(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, int]:
    """The versions of those that are matched; none of them can change before the caller's transaction ends."""
    rows = select(Profile.id, Profile.version).where(Profile.id.in_(ids), Profile.is_matched)
    found = await session.execute(rows.order_by(Profile.id).with_for_update(read=True))
    return dict(found.all())
