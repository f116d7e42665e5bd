"""Gives changed demands and profiles their vectors: a whole batch at once, outside any transaction."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.words import DemandState
from common.database import Database
from matcher.engine.embedding import Matrix
from matcher.engine.words.language import language_of
from matcher.subjects.demands import repository as demands
from matcher.subjects.demands.models import DemandCopy
from matcher.subjects.kind import SubjectKind
from matcher.subjects.profiles import repository as profiles
from matcher.subjects.profiles.models import Profile
from matcher.subjects.profiles.offer import offer_of
from matcher.vectors import content
from matcher.vectors import repository as vectors
from matcher.vectors.codec import packed
from matcher.vectors.encoder import Encoder

Subject = DemandCopy | Profile


async def embed(database: Database, encoder: Encoder, kind: SubjectKind, ids: Sequence[UUID]) -> None:
    """Make and store the vectors that the subjects lack; they are committed on return.

    A demand is somebody's question and goes before profiles. Of a subject that changes meanwhile nothing is stored:
    the job that came with the change makes the right vectors.
    """
    async with database.begin() as session:
        lacking = await _lacking(session, encoder.model_id, kind, ids)
    texts = [_texts(subject).asked for subject in lacking]
    is_urgent = kind is SubjectKind.DEMAND
    matrix = await encoder.encode([text for one in texts for text in one], is_urgent=is_urgent)
    start = 0
    async with database.begin() as session:
        versions = await versions_held(session, kind, [subject.id for subject in lacking])
        for subject, asked in zip(lacking, texts, strict=True):
            rows = matrix[start : start + len(asked)]
            start += len(asked)
            if versions.get(subject.id) == subject.version:
                await _store(session, encoder.model_id, subject, rows)


async def _lacking(session: AsyncSession, model_id: str, kind: SubjectKind, ids: Sequence[UUID]) -> list[Subject]:
    if kind is SubjectKind.DEMAND:
        subjects: dict[UUID, Subject] = {**await demands.by_ids(session, ids)}
    else:
        subjects = {**await profiles.by_ids(session, ids)}
    there = await vectors.versions(session, kind, model_id, ids)
    return [subject for subject in subjects.values() if there.get(subject.id) != subject.version]


async def versions_held(session: AsyncSession, kind: SubjectKind, ids: Sequence[UUID]) -> dict[UUID, int]:
    """The versions of those that are open or active; none can change before the transaction ends."""
    held = demands.versions_held if kind is SubjectKind.DEMAND else profiles.versions_held
    return await held(session, ids)


def _texts(subject: Subject) -> content.DemandTexts | content.ProfileTexts:
    if isinstance(subject, DemandCopy):
        return content.demand_texts(subject.read())
    return content.profile_texts(offer_of(subject))


async def _store(session: AsyncSession, model_id: str, subject: Subject, rows: Matrix) -> None:
    if isinstance(subject, DemandCopy):
        await vectors.store_demand(session, _demand_row(model_id, subject, rows))
    else:
        await vectors.store_profile(session, _profile_row(model_id, subject, rows))


def _demand_row(model_id: str, demand: DemandCopy, rows: Matrix) -> dict[str, Any]:
    snapshot = demand.read()
    return {
        "demand_id": demand.id,
        "model_id": model_id,
        "demand_version": demand.version,
        "kind": demand.kind,
        "language": language_of([snapshot.title, snapshot.need]),
        "is_open": demand.state is DemandState.PUBLISHED,
        "closes_at": demand.closes_at,
        "domain": snapshot.domain,
        "tracks": list(snapshot.tracks),
        "division": snapshot.division,
        "title": rows[0],
        "body": rows[1],
        "parts": packed(rows[2:]),
        "lexemes": vectors.tsvector(content.demand_texts(snapshot).lexemes),
    }


def _profile_row(model_id: str, profile: Profile, rows: Matrix) -> dict[str, Any]:
    return {
        "profile_id": profile.id,
        "model_id": model_id,
        "profile_version": profile.version,
        "offer_kind": profile.offer_kind,
        "language": profile.language,
        "is_active": profile.is_matched,
        "division": profile.division,
        "headline": rows[0],
        "body": rows[1],
        "parts": packed(rows[2:]),
        "lexemes": vectors.tsvector(content.profile_texts(offer_of(profile)).lexemes),
    }
