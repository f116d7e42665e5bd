"""Finds twins of texts among the demands or the profiles there are, in two steps: look up, then compare."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.catalog import DemandSnapshot
from matcher.engine.words import duplicates
from matcher.subjects.demands import repository as demands
from matcher.subjects.demands.models import DemandCopy
from matcher.subjects.kind import SubjectKind
from matcher.subjects.profiles import repository as profiles
from matcher.subjects.profiles.models import Profile
from matcher.subjects.profiles.offer import Offer, offer_of
from matcher.twins import repository
from matcher.vectors import content

MOST_TWINS = 10
COMPARED_FOR_EACH = 4
"""Look-up by fingerprints is rough; so many times the twins wanted are compared."""

Row = TypeVar("Row", DemandCopy, Profile)


@dataclass(frozen=True)
class Source(Generic[Row]):
    """Where twins of one kind come from, and what of them is compared."""

    kind: SubjectKind
    by_ids: Callable[[AsyncSession, Sequence[UUID]], Awaitable[Mapping[UUID, Row]]]
    words: Callable[[Row], str]


@dataclass(frozen=True)
class Twin(Generic[Row]):
    """`likeness` is 0 … 100, `shared` are the longest common passages."""

    row: Row
    likeness: int
    shared: tuple[str, ...]


@dataclass(frozen=True)
class Near(Generic[Row]):
    """Texts by id, and for each what may be a twin of it; not compared yet."""

    source: Source[Row]
    texts: Mapping[UUID, str]
    others: Mapping[UUID, Sequence[Row]]
    most: int


def words_of_demand(demand: DemandSnapshot) -> str:
    return "\n".join((demand.title, demand.need, *(clause.text for clause in demand.clauses)))


def words_of_offer(offer: Offer) -> str:
    return "\n".join(text for text in content.words_of(offer) if text)


DEMANDS = Source(SubjectKind.DEMAND, demands.by_ids, lambda row: words_of_demand(row.read()))
PROFILES = Source(SubjectKind.PROFILE, profiles.by_ids, lambda row: words_of_offer(offer_of(row)))


async def keep(session: AsyncSession, source: Source[Row], texts: Mapping[UUID, str]) -> None:
    """Have demands or profiles with these texts found as twins from the caller's commit on."""
    await repository.keep(session, source.kind, {one: duplicates.marks(text) for one, text in texts.items()})


async def forget(session: AsyncSession, source: Source[Row], subject_id: UUID) -> None:
    await repository.forget(session, source.kind, subject_id)


async def near(
    session: AsyncSession, source: Source[Row], texts: Mapping[UUID, str], *, most: int = MOST_TWINS
) -> Near[Row]:
    """What may be among the `most` nearest twins of each text; a text is no twin of the row with its own id."""
    marks = {one: duplicates.marks(text) for one, text in texts.items()}
    found = await repository.alike(session, source.kind, marks, limit=most * COMPARED_FOR_EACH)
    rows = await source.by_ids(session, sorted({one for ids in found.values() for one in ids}))
    others = {one: [rows[other] for other in ids] for one, ids in found.items()}
    return Near(source, texts, others, most)


async def compared(found: Near[Row]) -> dict[UUID, list[Twin[Row]]]:
    """The twins of each text, most alike first, equal ones in the order of ids; computed off the event loop."""
    return await asyncio.to_thread(_compared, found)


def _compared(found: Near[Row]) -> dict[UUID, list[Twin[Row]]]:
    return {one: _twins(text, found.others.get(one, ()), found) for one, text in found.texts.items()}


def _twins(text: str, others: Sequence[Row], found: Near[Row]) -> list[Twin[Row]]:
    texts = [(row, found.source.words(row)) for row in others]
    alike = [(duplicates.likeness(text, other), row, other) for row, other in texts]
    twins = sorted((one for one in alike if one[0] >= duplicates.TWIN_FROM), key=lambda one: (-one[0], one[1].id))
    return [Twin(row, likeness, tuple(duplicates.shared(text, other))) for likeness, row, other in twins[: found.most]]
