"""SQL of vectors: which model is active, storing what it made, loading it and searching in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from pgvector.sqlalchemy import HALFVEC
from sqlalchemy import (
    Boolean,
    ColumnElement,
    Float,
    LargeBinary,
    Select,
    Text,
    bindparam,
    cast,
    false,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from common.clock import now
from common.contracts.catalog import DemandKind, Domain
from common.contracts.matcher import OfferKind
from common.errors import Unavailable
from common.fields import Language
from matcher.demands.models import DemandCopy
from matcher.engine.embedding import Vector
from matcher.profiles.models import Profile
from matcher.vectors.models import DemandEmbedding, EmbeddingModel, ModelState, ProfileEmbedding

LONGEST_LEXEME = 200
"""PostgreSQL refuses words of 2,047 bytes; nobody searches for one of this many characters either."""


@dataclass(frozen=True)
class Probe:
    """What a search looks near to: two vectors and some words."""

    title: Vector
    body: Vector
    lexemes: tuple[str, ...]


@dataclass(frozen=True)
class DemandFilters:
    """Only open demands that agree in everything that is not None."""

    kind: DemandKind | None = None
    domain: Domain | None = None
    track: str | None = None
    division: str | None = None


async def active_model(session: AsyncSession) -> EmbeddingModel | None:
    return await session.scalar(select(EmbeddingModel).where(EmbeddingModel.state == ModelState.ACTIVE))


async def the_active_model(session: AsyncSession) -> EmbeddingModel:
    """Raises Unavailable when nothing has been embedded yet."""
    model = await active_model(session)
    if model is None:
        raise Unavailable("No embedding model is in use yet; try again shortly", "向量模型尚未就绪，请稍后再试")
    return model


async def is_held_active(session: AsyncSession, model_id: str) -> bool:
    """Whether the model is the active one; if so it stays it until the caller's transaction ends."""
    rows = select(EmbeddingModel.id).where(EmbeddingModel.state == ModelState.ACTIVE).with_for_update(read=True)
    return (await session.scalar(rows)) == model_id


async def broaden(session: AsyncSession, ef_search: int) -> None:
    """Have index searches of this transaction look far enough, and go on until filters leave enough rows."""
    await session.execute(
        select(
            func.set_config("hnsw.ef_search", str(ef_search), True),
            func.set_config("hnsw.iterative_scan", "strict_order", True),
        )
    )


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


async def profile_versions(session: AsyncSession, model_id: str, ids: Sequence[UUID]) -> dict[UUID, int]:
    """The versions that vectors of this model exist for."""
    table = ProfileEmbedding
    rows = select(table.profile_id, table.profile_version).where(table.model_id == model_id, table.profile_id.in_(ids))
    return dict((await session.execute(rows)).all())


async def demand_versions(session: AsyncSession, model_id: str, ids: Sequence[UUID]) -> dict[UUID, int]:
    table = DemandEmbedding
    rows = select(table.demand_id, table.demand_version).where(table.model_id == model_id, table.demand_id.in_(ids))
    return dict((await session.execute(rows)).all())


@dataclass(frozen=True)
class StoredProfile:
    """A profile and its vectors of one model: two halfvecs as sent by the database, and the packed parts."""

    profile: Profile
    language: Language
    headline: bytes
    body: bytes
    parts: bytes


@dataclass(frozen=True)
class StoredDemand:
    demand: DemandCopy
    language: Language
    title: bytes
    body: bytes
    parts: bytes


async def profiles(session: AsyncSession, model_id: str, ids: Sequence[UUID]) -> list[StoredProfile]:
    """Those of the profiles whose vectors are of their present version, in no order."""
    table = ProfileEmbedding
    rows = select(Profile, table.language, _sent(table.headline), _sent(table.body), table.parts).join_from(
        table, Profile, (Profile.id == table.profile_id) & (Profile.version == table.profile_version)
    )
    found = await session.execute(rows.where(table.model_id == model_id, Profile.id.in_(ids)))
    return [StoredProfile(*row) for row in found]


async def demands(session: AsyncSession, model_id: str, ids: Sequence[UUID]) -> list[StoredDemand]:
    """Those of the demands whose vectors are of their present version, in no order."""
    table = DemandEmbedding
    rows = select(DemandCopy, table.language, _sent(table.title), _sent(table.body), table.parts).join_from(
        table, DemandCopy, (DemandCopy.id == table.demand_id) & (DemandCopy.version == table.demand_version)
    )
    found = await session.execute(rows.where(table.model_id == model_id, DemandCopy.id.in_(ids)))
    return [StoredDemand(*row) for row in found]


def _sent(column: ColumnElement[object] | InstrumentedAttribute[object]) -> ColumnElement[bytes]:
    """A halfvec in binary: its text form takes a hundred times longer to read."""
    return func.halfvec_send(column, type_=LargeBinary)


async def search_profiles(
    session: AsyncSession, model: EmbeddingModel, probe: Probe, offer_kind: OfferKind, language: Language, *, limit: int
) -> list[list[UUID]]:
    """Three lists of active profiles, each best first: by headline, by body, by words."""
    table = ProfileEmbedding
    chosen = select(table.profile_id).where(
        _of_model(table.model_id, model),
        table.is_active,
        table.offer_kind == offer_kind,
        table.language == language,
    )
    faces = [_near(chosen, table.headline, probe.title, model.dim), _near(chosen, table.body, probe.body, model.dim)]
    lists = [*faces, _worded(chosen, table.lexemes, probe.lexemes)]
    return [list((await session.scalars(each.limit(limit))).all()) for each in lists]


async def search_demands(
    session: AsyncSession,
    model: EmbeddingModel,
    probe: Probe,
    filters: DemandFilters,
    language: Language,
    *,
    limit: int,
) -> list[list[UUID]]:
    """Three lists of open demands, each best first: by title, by body, by words."""
    table = DemandEmbedding
    still_open = or_(table.closes_at.is_(None), table.closes_at > now())
    chosen = select(table.demand_id).where(
        _of_model(table.model_id, model), table.is_open, still_open, table.language == language
    )
    for name in ("kind", "domain", "division"):
        if (wanted := getattr(filters, name)) is not None:
            chosen = chosen.where(getattr(table, name) == wanted)
    if filters.track is not None:
        chosen = chosen.where(table.tracks.contains([filters.track]))
    faces = [_near(chosen, table.title, probe.title, model.dim), _near(chosen, table.body, probe.body, model.dim)]
    lists = [*faces, _worded(chosen, table.lexemes, probe.lexemes)]
    return [list((await session.scalars(each.limit(limit))).all()) for each in lists]


def _of_model(column: InstrumentedAttribute[str], model: EmbeddingModel) -> ColumnElement[bool]:
    # Written into the statement: a parameter would hide from the planner that the model's own partial index fits.
    return column == bindparam(None, model.id, literal_execute=True)


def _near(chosen: Select[UUID], face: InstrumentedAttribute[object], to: Vector, dim: int) -> Select[UUID]:
    wanted = bindparam(None, to, HALFVEC(dim))
    return chosen.order_by(cast(face, HALFVEC(dim)).op("<=>", return_type=Float)(cast(wanted, HALFVEC(dim))))


def _worded(chosen: Select[UUID], lexemes: InstrumentedAttribute[object], asked: Sequence[str]) -> Select[UUID]:
    if not asked:
        return chosen.where(false())
    any_of = " | ".join(f"'{word[:LONGEST_LEXEME]}'" for word in asked)
    query = cast(any_of, TSQUERY)
    return chosen.where(lexemes.op("@@", return_type=Boolean)(query)).order_by(func.ts_rank(lexemes, query).desc())
