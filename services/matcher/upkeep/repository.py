"""SQL of upkeep: building indexes beside the traffic, moving all vectors to another model, dropping what is over."""

import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import (
    ColumnElement,
    and_,
    delete,
    exists,
    func,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import array, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from common.contracts.objections import ObjectionState
from common.contracts.words import DemandState
from common.errors import Unavailable
from matcher.contacts.models import SharedContact
from matcher.dockings.models import Docking
from matcher.jobs.repository import queue_open_demands, wait_for_rankings
from matcher.matching.models import Match, Ranking
from matcher.objections.models import FiledObjection
from matcher.subjects.demands.models import DemandCopy
from matcher.subjects.kind import SubjectKind
from matcher.subjects.profiles.models import Profile
from matcher.vectors.models import DemandEmbedding, EmbeddingModel, ModelState, ProfileEmbedding

LOCK_ID = 7_215_003
"""Advisory lock of whoever builds indexes."""
MOVER_LOCK_ID = 7_215_005
"""Advisory lock of whoever moves all vectors to another model."""
FACES = (
    (ProfileEmbedding.__tablename__, "headline"),
    (ProfileEmbedding.__tablename__, "body"),
    (DemandEmbedding.__tablename__, "title"),
    (DemandEmbedding.__tablename__, "body"),
)
"""The columns that are searched by nearness."""
POOLS: dict[type[ProfileEmbedding] | type[DemandEmbedding], tuple[InstrumentedAttribute[Any], ...]] = {
    ProfileEmbedding: (ProfileEmbedding.language, ProfileEmbedding.offer_kind),
    DemandEmbedding: (DemandEmbedding.language,),
}
"""What every search by nearness names one value of."""
DROPPED_AT_ONCE = 2000


@dataclass(frozen=True)
class WantedIndex:
    """An HNSW index on one face of one pool of one model's vectors, of which there are `row_count`.

    pool  column and value of what every search asks for; an index over all would have to pass by everything else, which
          for a tenth of the vectors takes ten times as long and finds fewer of the nearest
    """

    table: str
    face: str
    model_id: str
    dim: int
    pool: tuple[tuple[str, str], ...]
    row_count: int

    @property
    def name(self) -> str:
        values = "/".join((self.model_id, *(value for _, value in self.pool)))
        return f"hnsw_{self.table}_{self.face}_{hashlib.sha256(values.encode()).hexdigest()[:10]}"

    @property
    def statement(self) -> str:
        wanted = " AND ".join(f"{column} = {_quoted(value)}" for column, value in self._selected)
        return (
            f"CREATE INDEX CONCURRENTLY {self.name} ON {self.table}"
            f" USING hnsw (({self.face}::halfvec({self.dim})) halfvec_cosine_ops)"
            f" WITH (m = 32, ef_construction = 128) WHERE {wanted}"
        )

    @property
    def _selected(self) -> tuple[tuple[str, str], ...]:
        return (("model_id", self.model_id), *self.pool)


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


async def models(session: AsyncSession) -> Sequence[EmbeddingModel]:
    return (await session.scalars(select(EmbeddingModel).order_by(EmbeddingModel.created_at))).all()


async def worthwhile_indexes(session: AsyncSession, *, above: int) -> list[WantedIndex]:
    """Those of tables with more than `above` vectors of a model in use or in the making: one for each face and pool.

    Small pools have theirs too: without it a search would read the whole table for the few that are in it.
    """
    wanted = []
    for table, pool_columns in POOLS.items():
        pools = (
            select(EmbeddingModel.id, EmbeddingModel.dim, func.count(), *pool_columns)
            .join(table, table.model_id == EmbeddingModel.id)
            .where(EmbeddingModel.state != ModelState.RETIRED)
            .group_by(EmbeddingModel.id, *pool_columns)
        )
        found = (await session.execute(pools)).all()
        totals: Counter[str] = Counter()
        for model_id, _, count, *_ in found:
            totals[model_id] += count
        for model_id, dim, count, *values in found:
            if totals[model_id] > above:
                pool = tuple(zip((column.key for column in pool_columns), map(str, values), strict=True))
                faces = [face for name, face in FACES if name == table.__tablename__]
                wanted += [WantedIndex(table.__tablename__, face, model_id, dim, pool, count) for face in faces]
    return wanted


AS_OWNER = f"""
DO $$ BEGIN EXECUTE (
    SELECT format('SET ROLE %I', pg_get_userbyid(relowner)) FROM pg_class
    WHERE oid = '{ProfileEmbedding.__tablename__}'::regclass
); END $$
"""  # nosec B608  # constants
"""Only a table's owner may make indexes on it; the role that serves may become it and otherwise has no use for it."""


async def lacking_count(session: AsyncSession, wanted: Sequence[WantedIndex]) -> int:
    """How many of the wanted indexes are not there, or not finished."""
    names = [index.name for index in wanted]
    finished = text(
        "SELECT count(*) FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid"
        " WHERE indisvalid AND relname = ANY(:n)"
    )
    return len(names) - int((await session.execute(finished, {"n": names})).scalar_one())


class Builder:
    """A connection of its own, outside transactions and without a time limit, that holds the lock of builders."""

    def __init__(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        self._connection = connection

    async def lacks(self, wanted: WantedIndex) -> bool:
        """Whether there is no such index. What a killed builder left unfinished is removed first."""
        state = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass($1)"
        is_valid = await self._connection.fetchval(state, wanted.name)
        if is_valid is False:
            await self._connection.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {wanted.name}")
        return not is_valid

    async def build(self, wanted: WantedIndex, *, memory_mb: int) -> None:
        """Minutes for a million vectors; writers go on meanwhile."""
        await self._connection.execute(f"SET maintenance_work_mem = '{memory_mb}MB'")
        await self._connection.execute(wanted.statement)

    async def drop_others(self, kept: Sequence[WantedIndex]) -> None:
        """Remove indexes of models that are gone."""
        names = "SELECT indexname FROM pg_indexes WHERE indexname LIKE 'hnsw\\_%'"
        for row in await self._connection.fetch(names):
            if row["indexname"] not in {index.name for index in kept}:
                await self._connection.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {row['indexname']}")


@asynccontextmanager
async def builder(dsn: str) -> AsyncIterator[Builder | None]:
    """The right to build indexes, or None while another process has it."""
    async with _holding(dsn, LOCK_ID) as connection:
        if connection is not None:
            await connection.execute(AS_OWNER)
        yield Builder(connection) if connection else None


@asynccontextmanager
async def only_mover(dsn: str) -> AsyncIterator[bool]:
    """Whether nobody else moves vectors to another model; if so nobody begins to while the block runs."""
    async with _holding(dsn, MOVER_LOCK_ID) as connection:
        yield connection is not None


@asynccontextmanager
async def _holding(dsn: str, lock_id: int) -> AsyncIterator["asyncpg.Connection[asyncpg.Record] | None"]:
    """A connection of its own that holds an advisory lock, or None while another has it; a killed process lets go."""
    try:
        connection = await asyncpg.connect(dsn, timeout=3, server_settings={"statement_timeout": "0"})
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        raise Unavailable("The database does not answer") from error
    try:
        held = await connection.fetchval("SELECT pg_try_advisory_lock($1)", lock_id)
        yield connection if held else None
    finally:
        await connection.close(timeout=2)


async def give_up_building(session: AsyncSession) -> None:
    """Have the vectors of a model that was begun dropped."""
    begun = update(EmbeddingModel).where(EmbeddingModel.state == ModelState.BUILDING)
    await session.execute(begun.values(state=ModelState.RETIRED))


async def begin_building(session: AsyncSession, model: EmbeddingModel) -> None:
    """Make `model` the one being built, in place of one that was begun and given up."""
    await give_up_building(session)
    columns = {column.key: getattr(model, column.key) for column in EmbeddingModel.__table__.columns}
    fresh = insert(EmbeddingModel).values(columns)
    again = {"state": ModelState.BUILDING, "engine": model.engine, "model": model.model}
    await session.execute(fresh.on_conflict_do_update(index_elements=["id"], set_=again))


async def lacking(
    session: AsyncSession, kind: SubjectKind, model_id: str, *, after: UUID | None, limit: int
) -> list[UUID]:
    """Open demands, or profiles that are matched, without vectors of the model for their present version, by id."""
    subject, is_wanted, has_vectors = _kept(kind, model_id)
    rows = select(subject.id).where(is_wanted, ~has_vectors)
    if after is not None:
        rows = rows.where(subject.id > after)
    return list((await session.scalars(rows.order_by(subject.id).limit(limit))).all())


async def counts(session: AsyncSession, kind: SubjectKind, model_id: str) -> tuple[int, int]:
    """How many have vectors of the model, and how many should."""
    subject, is_wanted, has_vectors = _kept(kind, model_id)
    count = select(func.count().filter(has_vectors), func.count()).select_from(subject).where(is_wanted)
    there, all_of_them = (await session.execute(count)).one()
    return there, all_of_them


def _kept(
    kind: SubjectKind, model_id: str
) -> tuple[type[DemandCopy] | type[Profile], ColumnElement[bool], ColumnElement[bool]]:
    """A kind's table, which rows should have vectors, and which have."""
    if kind is SubjectKind.DEMAND:
        vectors = exists().where(
            DemandEmbedding.demand_id == DemandCopy.id,
            DemandEmbedding.demand_version == DemandCopy.version,
            DemandEmbedding.model_id == model_id,
        )
        return DemandCopy, DemandCopy.state == DemandState.PUBLISHED, vectors
    vectors = exists().where(
        ProfileEmbedding.profile_id == Profile.id,
        ProfileEmbedding.profile_version == Profile.version,
        ProfileEmbedding.model_id == model_id,
    )
    return Profile, and_(Profile.is_matched), vectors


async def switch(session: AsyncSession, model_id: str, at: datetime) -> None:
    """Make the model the active one, and have every open demand ranked by it."""
    await wait_for_rankings(session)
    active = update(EmbeddingModel).where(EmbeddingModel.state == ModelState.ACTIVE)
    await session.execute(active.values(state=ModelState.RETIRED))
    await session.execute(update(EmbeddingModel).where(EmbeddingModel.id == model_id).values(state=ModelState.ACTIVE))
    await queue_open_demands(session, at)


async def drop_retired(session: AsyncSession) -> int:
    """Delete some vectors of models no longer in use; how many, 0 when there are none left."""
    retired = select(EmbeddingModel.id).where(EmbeddingModel.state == ModelState.RETIRED).scalar_subquery()
    dropped = 0
    for table, key in ((ProfileEmbedding, ProfileEmbedding.profile_id), (DemandEmbedding, DemandEmbedding.demand_id)):
        some = select(key, table.model_id).where(table.model_id.in_(retired)).limit(DROPPED_AT_ONCE)
        gone = await session.execute(delete(table).where(tuple_(key, table.model_id).in_(some)).returning(key))
        dropped += len(gone.all())
    return dropped


async def forget_shared(session: AsyncSession, before: datetime) -> None:
    """Drop contacts that were shared in dockings that ended before."""
    ended = select(Docking.id).where(Docking.ended_at < before)
    await session.execute(delete(SharedContact).where(SharedContact.docking_id.in_(ended)))


async def forget_receipts(session: AsyncSession, before: datetime) -> int:
    """Drop some old receipts that no match rests on, and no objection that stands names; 0 when there are none left."""
    forgotten = _is_forgotten(before)
    some = select(Ranking.id).where(forgotten).limit(DROPPED_AT_ONCE).with_for_update(skip_locked=True)
    ids = (await session.scalars(some)).all()
    # Asked anew now that they are locked: somebody may have named one since the first look.
    await session.execute(delete(Ranking).where(Ranking.id.in_(ids), forgotten))
    return len(ids)


def _is_forgotten(before: datetime) -> ColumnElement[bool]:
    used = exists().where(Match.ranking_id == Ranking.id)
    # Not `NOT IN`, which PostgreSQL compares one by one once the names are too many to be hashed.
    named = exists().where(
        FiledObjection.ranking_ids.contains(array([Ranking.id])), FiledObjection.state != ObjectionState.WITHDRAWN
    )
    return and_(Ranking.created_at < before, ~used, ~named)
