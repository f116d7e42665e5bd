"""Fetches demands and profiles with their vectors, those on the desk's shelves without asking for them again."""

from collections.abc import Mapping, Sequence
from typing import TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from matcher.matching.cache import Found
from matcher.matching.context import Desk
from matcher.matching.judge import ReadDemand, ReadProfile
from matcher.subjects.kind import SubjectKind
from matcher.vectors import repository as vectors
from matcher.vectors.repository import StoredDemand, StoredProfile

Read = TypeVar("Read", ReadDemand, ReadProfile)
FoundDemands = Found[StoredDemand, ReadDemand]
FoundProfiles = Found[StoredProfile, ReadProfile]


async def demands(session: AsyncSession, desk: Desk, model_id: str, ids: Sequence[UUID]) -> FoundDemands:
    """Those whose vectors are of their present version."""
    known = desk.demands.known(model_id, ids)
    here = await _present(session, SubjectKind.DEMAND, model_id, known)
    lacking = [one for one in ids if one not in here]
    return Found(model_id, list(here.values()), await vectors.demands(session, model_id, lacking) if lacking else [])


async def profiles(session: AsyncSession, desk: Desk, model_id: str, ids: Sequence[UUID]) -> FoundProfiles:
    """Those whose vectors are of their present version."""
    known = desk.profiles.known(model_id, ids)
    here = await _present(session, SubjectKind.PROFILE, model_id, known)
    lacking = [one for one in ids if one not in here]
    return Found(model_id, list(here.values()), await vectors.profiles(session, model_id, lacking) if lacking else [])


async def _present(
    session: AsyncSession, kind: SubjectKind, model_id: str, known: Mapping[UUID, Read]
) -> dict[UUID, Read]:
    """Those of the known that are still as they were read."""
    versions = await vectors.ready(session, kind, model_id, list(known)) if known else {}
    return {one: read for one, read in known.items() if versions.get(one) == read.version}
