"""Use cases of capability profiles: saving one has it ranked against the open demands."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import uscc
from common.auth import Principal
from common.clock import new_id
from common.contracts.validations import ValidationSnapshot
from common.etags import refuse_stale
from common.pagination import PageRequest
from matcher.contacts import repository as contacts
from matcher.engine.words.language import language_of
from matcher.jobs import repository as jobs
from matcher.matching import record
from matcher.profiles.repository import shown_to
from matcher.profiles.schemas import ProfileIn
from matcher.subjects.kind import SubjectKind
from matcher.subjects.profiles import repository, rules
from matcher.subjects.profiles.filters import ProfileFilters
from matcher.subjects.profiles.models import Profile
from matcher.subjects.profiles.rules import ProfileState, ProfileVisibility
from matcher.twins import lookup as twins
from matcher.vectors import repository as vectors
from matcher.vectors.content import words_of

KEPT = frozenset({"ownership", "size_class"})
"""What stays as it was where a new version leaves it out, as `visibility` does: clients of before do not know of it."""


async def create(
    session: AsyncSession, enterprise: Principal, bodies: Sequence[ProfileIn], at: datetime
) -> list[Profile]:
    """New profiles of the caller's organisation, in the order of `bodies`."""
    uscc.refuse_wrong_token(enterprise.organisation)
    profiles = [_new(enterprise, body, at) for body in bodies]
    for profile in profiles:
        repository.add(session, profile)
    matched = [profile for profile in profiles if profile.is_matched]
    await twins.keep(session, twins.PROFILES, {profile.id: twins.PROFILES.words(profile) for profile in matched})
    await jobs.enqueue(session, SubjectKind.PROFILE, [profile.id for profile in matched], at)
    return profiles


def _new(enterprise: Principal, body: ProfileIn, at: datetime) -> Profile:
    return Profile(
        id=new_id(),
        version=1,
        state=ProfileState.ACTIVE,
        visibility=body.visibility or ProfileVisibility.PUBLIC,
        organisation_scheme=enterprise.organisation.scheme,
        organisation_code=enterprise.organisation.code,
        organisation_name=enterprise.organisation_name,
        created_at=at,
        updated_at=at,
        heard_validations={},
        **_columns(body),
    )


def _columns(body: ProfileIn) -> dict[str, Any]:
    content = body.model_dump(mode="json", exclude={"visibility"})
    language = body.language or language_of(words_of(body))
    return {
        **content,
        "offer_kind": body.offer_kind,
        "summary": body.summary or "",
        "language": language,
        "tracks": list(body.tracks),
        "ownership": body.ownership,
        "size_class": body.size_class,
    }


async def change(
    session: AsyncSession, enterprise: Principal, profile_id: UUID, body: ProfileIn, at: datetime, *, expected: int
) -> Profile:
    """A new version in place of `expected`; where it is hidden, it leaves matching and its matches lapse."""
    # Job before subject, as everywhere: workers lock in this order too.
    await jobs.enqueue(session, SubjectKind.PROFILE, [profile_id], at)
    profile = await repository.own(session, enterprise.organisation, profile_id, lock=True)
    refuse_stale(expected, profile.version)
    rules.refuse_withdrawn(profile.state)
    kept = KEPT - body.model_fields_set
    for column, value in ((name, each) for name, each in _columns(body).items() if name not in kept):
        setattr(profile, column, value)
    profile.visibility = body.visibility or profile.visibility
    profile.organisation_name = enterprise.organisation_name
    profile.version, profile.updated_at = profile.version + 1, at
    if profile.is_matched:
        await twins.keep(session, twins.PROFILES, {profile.id: twins.PROFILES.words(profile)})
    else:
        await _leave_matching(session, profile.id, at)
    return profile


async def _leave_matching(session: AsyncSession, profile_id: UUID, at: datetime) -> None:
    """Cancel its job, drop its vectors and fingerprint, let its matches lapse. The caller holds the locks of the job
    and of the profile, taken in this order."""
    await jobs.cancel(session, SubjectKind.PROFILE, profile_id)
    await vectors.withdraw_profile(session, profile_id)
    await twins.forget(session, twins.PROFILES, profile_id)
    await record.end(session, SubjectKind.PROFILE, profile_id, at)


async def withdraw(session: AsyncSession, enterprise: Principal, profile_id: UUID, at: datetime) -> Profile:
    """Take a profile out of matching for good; its matches lapse, its contact is forgotten. Repeating the call changes
    nothing."""
    await jobs.cancel(session, SubjectKind.PROFILE, profile_id)
    profile = await repository.own(session, enterprise.organisation, profile_id, lock=True)
    if profile.state is ProfileState.WITHDRAWN:
        return profile
    profile.state, profile.version, profile.updated_at = ProfileState.WITHDRAWN, profile.version + 1, at
    await contacts.forget(session, SubjectKind.PROFILE, profile.id)
    await _leave_matching(session, profile.id, at)
    return profile


async def receive(session: AsyncSession, told: ValidationSnapshot, at: datetime) -> None:
    """Keep what catalog says of a validation with the profile that it is evidence of, whose matches are then computed
    anew; of no active profile of that organisation: nothing."""
    if told.profile_id is None:
        return
    found = (await repository.by_ids(session, [told.profile_id])).get(told.profile_id)
    if found is None or found.organisation != told.owner or found.state is ProfileState.WITHDRAWN:
        return
    # Job before subject, as everywhere: workers lock in this order too.
    await jobs.enqueue(session, SubjectKind.PROFILE, [found.id], at)
    profile = await repository.own(session, told.owner, found.id, lock=True)
    known = rules.heard(profile.heard_validations, told)
    if known is not None and profile.state is ProfileState.ACTIVE:
        profile.heard_validations = known
        profile.version, profile.updated_at = profile.version + 1, at
    if not profile.is_matched:
        await jobs.cancel(session, SubjectKind.PROFILE, profile.id)


async def shown(session: AsyncSession, visitor: Principal | None, profile_id: UUID) -> Profile:
    """Raises NotFound for one that the visitor may not read, too."""
    return await repository.active(session, profile_id, shown_to(visitor))


async def listed(
    session: AsyncSession, visitor: Principal | None, filters: ProfileFilters, page: PageRequest
) -> Sequence[Profile]:
    return await repository.listed(session, filters, page, shown_to(visitor))
