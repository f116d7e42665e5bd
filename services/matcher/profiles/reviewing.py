"""Tells an enterprise which profiles its own repeats: before it is saved, as it is saved, and at any time after."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import uscc
from common.auth import Principal
from common.clock import new_id
from common.fields import OrganisationKey
from matcher.profiles.schemas import ProfileIn, ProfileOut, ProfileSavedOut, ProfileTwinOut, ProfileTwinsOut
from matcher.subjects.profiles import repository
from matcher.subjects.profiles.models import Profile
from matcher.twins import lookup
from matcher.twins.lookup import PROFILES, Twin

MOST_WHEN_SAVED = 3


async def review(session: AsyncSession, enterprise: Principal, body: ProfileIn) -> ProfileTwinsOut:
    """The twins an offer would have as a profile of the caller's organisation."""
    uscc.refuse_wrong_token(enterprise.organisation)
    draft = new_id()
    near = await lookup.near(session, PROFILES, {draft: lookup.words_of_offer(body)})
    found = (await lookup.compared(near))[draft]
    return ProfileTwinsOut(twins=tuple(_twin(one, enterprise.organisation) for one in found))


async def twins(session: AsyncSession, profile_id: UUID) -> ProfileTwinsOut:
    profile = await repository.active(session, profile_id)
    near = await lookup.near(session, PROFILES, {profile.id: PROFILES.words(profile)})
    found = (await lookup.compared(near))[profile.id]
    return ProfileTwinsOut(twins=tuple(_twin(one, profile.organisation) for one in found))


async def saved(session: AsyncSession, profiles: Sequence[Profile]) -> tuple[ProfileSavedOut, ...]:
    """Profiles just written in this transaction, each with its twins, those of the same batch among them.

    By words alone, some milliseconds for each: embedding would keep the transaction waiting.
    """
    texts = {profile.id: PROFILES.words(profile) for profile in profiles}
    found = await lookup.compared(await lookup.near(session, PROFILES, texts, most=MOST_WHEN_SAVED))
    return tuple(
        ProfileSavedOut(
            **dict(ProfileOut.model_validate(profile)),
            twins=tuple(_twin(one, profile.organisation) for one in found[profile.id]),
        )
        for profile in profiles
    )


def _twin(found: Twin[Profile], organisation: OrganisationKey) -> ProfileTwinOut:
    twin = found.row
    return ProfileTwinOut(
        profile_id=twin.id,
        offer_kind=twin.offer_kind,
        headline=twin.headline,
        organisation=twin.organisation,
        organisation_name=twin.organisation_name,
        is_same_organisation=twin.organisation == organisation,
        division=twin.division,
        created_at=twin.created_at,
        likeness=found.likeness,
        shared=found.shared,
    )
