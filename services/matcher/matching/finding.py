"""Fetches demands and profiles with their vectors, those on the desk's shelves without asking for them again."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from matcher.matching.desk import Desk
from matcher.matching.judging import ReadDemand, ReadProfile
from matcher.matching.rules import SubjectKind
from matcher.matching.shelf import Found
from matcher.vectors import repository as vectors
from matcher.vectors.repository import StoredDemand, StoredProfile

FoundDemands = Found[StoredDemand, ReadDemand]
FoundProfiles = Found[StoredProfile, ReadProfile]


async def demands(session: AsyncSession, desk: Desk, model_id: str, ids: Sequence[UUID]) -> FoundDemands:
    """Those whose vectors are of their present version."""
    versions = await vectors.ready(session, SubjectKind.DEMAND, model_id, ids)
    here = desk.demands.have(model_id, versions)
    lacking = [one for one in versions if one not in here]
    rows = await vectors.demands(session, model_id, lacking) if lacking else []
    return Found(model_id, list(here.values()), rows)


async def profiles(session: AsyncSession, desk: Desk, model_id: str, ids: Sequence[UUID]) -> FoundProfiles:
    """Those whose vectors are of their present version."""
    versions = await vectors.ready(session, SubjectKind.PROFILE, model_id, ids)
    here = desk.profiles.have(model_id, versions)
    lacking = [one for one in versions if one not in here]
    rows = await vectors.profiles(session, model_id, lacking) if lacking else []
    return Found(model_id, list(here.values()), rows)
