"""SQL of vectors: which model is active, storing what it made and loading it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    LargeBinary,
    Row,
    Text,
    Uuid,
    any_,
    cast,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from common.fields import Language
from matcher.subjects.demands.models import DemandCopy
from matcher.subjects.kind import SubjectKind
from matcher.subjects.profiles.models import Profile
from matcher.vectors.models import DemandEmbedding, EmbeddingModel, ModelState, ProfileEmbedding

LONGEST_LEXEME = 200
"""PostgreSQL refuses words of 2,047 bytes; nobody searches for one of this many characters either."""


async def active_model(session: AsyncSession) -> EmbeddingModel | None:
    return await session.scalar(select(EmbeddingModel).where(EmbeddingModel.state == ModelState.ACTIVE))


async def is_held_active(session: AsyncSession, model_id: str) -> bool:
    """Whether the model is the active one; if so it stays it until the caller's transaction ends."""
    rows = select(EmbeddingModel.id).where(EmbeddingModel.state == ModelState.ACTIVE).with_for_update(read=True)
    return (await session.scalar(rows)) == model_id


async def first_active(session: AsyncSession, fresh: EmbeddingModel) -> EmbeddingModel:
    """Make `fresh` the active model unless there is one; returns the one there is now."""
    columns = {column.key: getattr(fresh, column.key) for column in EmbeddingModel.__table__.columns}
    await session.execute(insert(EmbeddingModel).values(columns).on_conflict_do_nothing())
    return (await session.scalars(select(EmbeddingModel).where(EmbeddingModel.state == ModelState.ACTIVE))).one()


def tsvector(lexemes: Sequence[str]) -> ColumnElement[object]:
    words = sorted({word[:LONGEST_LEXEME] for word in lexemes if word})
    return func.array_to_tsvector(cast(words, ARRAY(Text)))


async def store_profile(session: AsyncSession, row: dict[str, object]) -> None:
    """Write one profile's vectors in place of older ones of the same model."""
    fresh = insert(ProfileEmbedding).values(row)
    keys = ["profile_id", "model_id"]
    changed = {name: fresh.excluded[name] for name in row if name not in keys}
    await session.execute(fresh.on_conflict_do_update(index_elements=keys, set_=changed))


async def store_demand(session: AsyncSession, row: dict[str, object]) -> None:
    fresh = insert(DemandEmbedding).values(row)
    keys = ["demand_id", "model_id"]
    changed = {name: fresh.excluded[name] for name in row if name not in keys}
    await session.execute(fresh.on_conflict_do_update(index_elements=keys, set_=changed))


async def close_demand(session: AsyncSession, demand_id: UUID) -> None:
    """Keep a demand out of searches, whatever model they ask."""
    await session.execute(update(DemandEmbedding).where(DemandEmbedding.demand_id == demand_id).values(is_open=False))


async def withdraw_profile(session: AsyncSession, profile_id: UUID) -> None:
    rows = update(ProfileEmbedding).where(ProfileEmbedding.profile_id == profile_id)
    await session.execute(rows.values(is_active=False))


async def versions(session: AsyncSession, kind: SubjectKind, model_id: str, ids: Sequence[UUID]) -> dict[UUID, int]:
    """The versions that vectors of this model exist for."""
    subject_id, version, model = _columns(kind)
    rows = select(subject_id, version).where(model == model_id, _among(subject_id, ids))
    return dict((await session.execute(rows)).all())


async def ready(session: AsyncSession, kind: SubjectKind, model_id: str, ids: Sequence[UUID]) -> dict[UUID, int]:
    """The versions of those whose vectors are of their present version."""
    subject_id, version, model = _columns(kind)
    subject = DemandCopy if kind is SubjectKind.DEMAND else Profile
    present = (subject.id == subject_id) & (subject.version == version)
    rows = select(subject_id, version).join(subject, present).where(model == model_id, _among(subject_id, ids))
    return dict((await session.execute(rows)).all())


def _columns(
    kind: SubjectKind,
) -> tuple[InstrumentedAttribute[UUID], InstrumentedAttribute[int], InstrumentedAttribute[str]]:
    if kind is SubjectKind.DEMAND:
        return DemandEmbedding.demand_id, DemandEmbedding.demand_version, DemandEmbedding.model_id
    return ProfileEmbedding.profile_id, ProfileEmbedding.profile_version, ProfileEmbedding.model_id


READ = (
    *(Profile.id, Profile.version, Profile.organisation_scheme, Profile.organisation_code, Profile.organisation_name),
    *(Profile.offer_kind, Profile.language, Profile.headline, Profile.summary),
    *(Profile.items, Profile.cases, Profile.products, Profile.tracks, Profile.division, Profile.heard_validations),
    Profile.visibility,
)
"""What a ranking reads of a profile: columns, not entities, since it reads hundreds and changes none."""


def _among(column: InstrumentedAttribute[UUID], ids: Sequence[UUID]) -> ColumnElement[bool]:
    # One array, not one parameter each: the statement stays the same, so that PostgreSQL need not plan it anew.
    return column == any_(cast(list(ids), ARRAY(Uuid)))


@dataclass(frozen=True)
class StoredProfile:
    """A profile, or its columns in READ, and its vectors of one model: two halfvecs as the database sends them, and the
    packed parts."""

    profile: Profile | Row[Any]
    headline: bytes
    body: bytes
    parts: bytes


@dataclass(frozen=True)
class StoredDemand:
    """snapshot  JSON"""

    snapshot: str
    language: Language
    title: bytes
    body: bytes
    parts: bytes


async def profiles(session: AsyncSession, model_id: str, ids: Sequence[UUID]) -> list[StoredProfile]:
    """Those of the profiles whose vectors are of their present version, in no order."""
    table = ProfileEmbedding
    vectors = (_sent(table.headline), _sent(table.body), table.parts)
    rows = select(*vectors, *READ).join_from(
        table, Profile, (Profile.id == table.profile_id) & (Profile.version == table.profile_version)
    )
    found = await session.execute(rows.where(table.model_id == model_id, _among(Profile.id, ids)))
    return [StoredProfile(row, *row[: len(vectors)]) for row in found]


async def demands(session: AsyncSession, model_id: str, ids: Sequence[UUID]) -> list[StoredDemand]:
    """Those of the demands whose vectors are of their present version, in no order."""
    table = DemandEmbedding
    snapshot = cast(DemandCopy.snapshot, Text)
    rows = select(snapshot, table.language, _sent(table.title), _sent(table.body), table.parts).join_from(
        table, DemandCopy, (DemandCopy.id == table.demand_id) & (DemandCopy.version == table.demand_version)
    )
    found = await session.execute(rows.where(table.model_id == model_id, _among(DemandCopy.id, ids)))
    return [StoredDemand(*row) for row in found]


def _sent(column: ColumnElement[object] | InstrumentedAttribute[object]) -> ColumnElement[bytes]:
    """A halfvec in binary: its text form takes a hundred times longer to read."""
    return func.halfvec_send(column, type_=LargeBinary)
