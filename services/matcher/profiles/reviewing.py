"""Tells an enterprise which profiles its own repeats: before it is saved, as it is saved, and at any time after."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import uscc
from common.auth import Principal
from common.clock import new_id
from common.fields import OrganisationKey
from matcher.profiles import service
from matcher.profiles.schemas import ProfileIn, ProfileOut, ProfileSavedOut, ProfileTwinOut, ProfileTwinsOut
from matcher.subjects.profiles.models import Profile
from matcher.subjects.profiles.rules import ProfileVisibility
from matcher.twins import lookup
from matcher.twins.lookup import PROFILES, Twin

MOST_WHEN_SAVED = 3


async def review(session: AsyncSession, enterprise: Principal, body: ProfileIn) -> ProfileTwinsOut:
    """The twins an offer would have as a profile of the caller's organisation."""
    uscc.refuse_wrong_token(enterprise.organisation)
    draft = new_id()
    texts = {draft: lookup.words_of_offer(body)}
    found = (await _found(session, texts, enterprise.organisation))[draft]
    return ProfileTwinsOut(twins=tuple(_twin(one, enterprise.organisation) for one in found))


async def _found(
    session: AsyncSession, texts: Mapping[UUID, str], reader: OrganisationKey | None, most: int = lookup.MOST_TWINS
) -> dict[UUID, list[Twin[Profile]]]:
    """The twins of each text that the reader may be told of: public ones, and the reader's own. They are looked for
    among the nearest by fingerprint, so that very many alike that are not public leave fewer."""
    near = await lookup.near(session, PROFILES, texts, most=most)
    shown = {one: [row for row in rows if _is_shown(row, reader)] for one, rows in near.others.items()}
    return await lookup.compared(replace(near, others=shown))


def _is_shown(profile: Profile, reader: OrganisationKey | None) -> bool:
    return profile.visibility is ProfileVisibility.PUBLIC or profile.organisation == reader


async def twins(session: AsyncSession, visitor: Principal | None, profile_id: UUID) -> ProfileTwinsOut:
    profile = await service.shown(session, visitor, profile_id)
    reader = visitor.organisation if visitor else None
    found = (await _found(session, {profile.id: PROFILES.words(profile)}, reader))[profile.id]
    return ProfileTwinsOut(twins=tuple(_twin(one, profile.organisation) for one in found))


async def saved(session: AsyncSession, profiles: Sequence[Profile]) -> tuple[ProfileSavedOut, ...]:
    """One organisation's profiles just written in this transaction, at least one, each with its twins, those of the
    same batch among them.

    By words alone, some milliseconds for each: embedding would keep the transaction waiting.
    """
    texts = {profile.id: PROFILES.words(profile) for profile in profiles}
    found = await _found(session, texts, profiles[0].organisation, MOST_WHEN_SAVED)
    return tuple(
        ProfileSavedOut(
            **dict(ProfileOut.model_validate(profile)),
            twins=tuple(_twin(one, profile.organisation) for one in found[profile.id]),
        )
        for profile in profiles
    )


class Nearest(NamedTuple):
    """The profile that an offer repeats most; `is_same` when it is the organisation's own, word by word."""

    id: UUID
    is_same: bool


async def nearest(
    session: AsyncSession, enterprise: Principal, bodies: Sequence[ProfileIn]
) -> Sequence[Nearest | None]:
    """For each offer what it repeats, the caller's own word by word before all others; None for a new one. Some
    milliseconds each."""
    offers = {new_id(): body for body in bodies}
    texts = {one: lookup.words_of_offer(body) for one, body in offers.items()}
    found = await _found(session, texts, enterprise.organisation, MOST_WHEN_SAVED)
    return [_nearest(body, texts[one], found[one], enterprise.organisation) for one, body in offers.items()]


def _nearest(body: ProfileIn, text: str, found: Sequence[Twin[Profile]], mine: OrganisationKey) -> Nearest | None:
    for twin in found:
        row = twin.row
        if row.organisation == mine and row.offer_kind == body.offer_kind and PROFILES.words(row) == text:
            return Nearest(row.id, is_same=True)
    return Nearest(found[0].row.id, is_same=False) if found else None


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
