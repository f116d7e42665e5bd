"""What authorities, and the clock, do with policies."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from catalog.demands import repository as demands
from catalog.demands.filters import DemandFilters
from catalog.policies import repository, rules
from catalog.policies.filters import PolicyFilters
from catalog.policies.models import SupportPolicy
from catalog.policies.rules import PolicyAction, PolicyParty
from catalog.policies.schemas import PolicyContent, PolicyExtension, PolicyOut
from catalog.records.changing import Changing
from catalog.records.records import Records, by_owner
from common import deadlines, tracks
from common.deadlines import Handler
from common.pagination import PageRequest
from common.rawjson import Stored
from common.tracks import Tracks

EXPIRE = "policy.expire"
"""A kind of deadline."""


def _text(policy: SupportPolicy) -> dict[str, Any]:
    return PolicyOut.model_validate(policy).model_dump(mode="json")


POLICIES = Records(SupportPolicy, rules.LIFE, by_owner(PolicyParty.OWNER), _text)


async def enter(changing: Changing, content: PolicyContent, known: Tracks) -> SupportPolicy:
    """A policy in force, for everyone to read and for demands to name."""
    rules.refuse_unknown_tracks(content.tracks, known)
    rules.refuse_faulty(content.issued_on, content.expires_at, changing.at)
    fields = content.model_dump(exclude={"tracks"})
    policy = await POLICIES.begin(changing, PolicyParty.OWNER, **fields, tracks=tracks.resolved(content.tracks, known))
    await deadlines.put(changing.session, EXPIRE, policy.id, policy.expires_at)
    return policy


async def extend(changing: Changing, policy_id: UUID, extension: PolicyExtension) -> SupportPolicy:
    """Let it be in force until another time."""
    async with POLICIES.step(changing, policy_id, PolicyAction.EXTEND, extension.reason) as policy:
        rules.refuse_faulty(policy.issued_on, extension.expires_at, changing.at)
        policy.expires_at = extension.expires_at
    await deadlines.put(changing.session, EXPIRE, policy.id, policy.expires_at)
    return policy


async def take(changing: Changing, policy_id: UUID, action: str, reason: str | None) -> SupportPolicy:
    """A step that changes nothing else."""
    async with POLICIES.step(changing, policy_id, action, reason) as policy:
        pass
    await deadlines.put(changing.session, EXPIRE, policy.id, None)
    return policy


async def page(
    session: AsyncSession, wanted: PageRequest, filters: PolicyFilters, known: Tracks
) -> Sequence[SupportPolicy]:
    """Raises InvalidInput for a track that this deployment does not have."""
    track = None if filters.track is None else tracks.one(filters.track, known, parameter="track")
    return await POLICIES.page(session, wanted, *repository.listed(filters, track))


async def demands_naming(session: AsyncSession, policy_id: UUID, wanted: PageRequest) -> list[Stored]:
    """Public demands that name a policy. Raises NotFound when there is no such policy."""
    await POLICIES.read(session, None, policy_id)
    return await demands.page(session, DemandFilters(policy_id=policy_id), None, wanted)


async def expire_due(session: AsyncSession, policy_id: UUID, at: datetime) -> None:
    """End a policy whose time has come by `at`, if that is how it stands."""
    await POLICIES.strike(session, policy_id, PolicyAction.EXPIRE, PolicyParty.CLOCK, at)


DUE: dict[str, Handler] = {EXPIRE: expire_due}
"""What the clock does for policies."""
