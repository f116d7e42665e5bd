"""Moves all vectors to the configured model while everybody goes on working: beside the old, then switch, then drop."""

import asyncio
from uuid import UUID

from common.clock import now
from common.database import Database
from common.progress import counted
from matcher.engine.embedding import Embedder
from matcher.engine.ranking import background
from matcher.jobs import repository as jobs
from matcher.settings import MatcherSettings
from matcher.subjects.kind import SubjectKind
from matcher.upkeep import repository
from matcher.upkeep.indexing import build_indexes
from matcher.vectors.encoder import Encoder
from matcher.vectors.models import EmbeddingModel, ModelState
from matcher.work.embedding import embed

BATCH = 64


async def reindex(settings: MatcherSettings, embedder: Embedder, *, kept_s: float = 0.0) -> str:
    """Returns what was done, as a sentence. Killed at any moment, it goes on from there when it is run again.

    Vectors of the old model stay for `kept_s` seconds after the switch, for the requests that are in hand then.
    """
    database = Database(settings)
    encoder = Encoder(embedder, background.of(embedder))
    try:
        async with repository.only_mover(database.dsn) as is_only_one:
            if not is_only_one:
                return "Nothing is changed: another reindex is running."
            said = await _moved(database, settings, encoder)
            await asyncio.sleep(kept_s)
            await _drop_retired(database)
            return said
    finally:
        await encoder.close()
        await database.close()


async def _moved(database: Database, settings: MatcherSettings, encoder: Encoder) -> str:
    async with database.begin() as session:
        states = {model.id: model.state for model in await repository.models(session)}
    if not states:
        return "Nothing has been embedded yet; the worker will use the configured model from the start."
    is_active = states.get(encoder.model_id) is ModelState.ACTIVE
    if is_active:
        async with database.begin() as session:
            await repository.give_up_building(session)
    else:
        async with database.begin() as session:
            await repository.begin_building(session, _building(settings, encoder))
        await _embed_all(database, encoder)
        await build_indexes(database, settings)
        async with database.begin() as session:
            await repository.switch(session, encoder.model_id, now())
    # What changed after the last look and before the switch; on a resumed run, whatever the killed one left. This model
    # never ranked any of it.
    await _embed_all(database, encoder, is_ranked_anew=True)
    await build_indexes(database, settings)
    return f"{'Already in use' if is_active else 'Now in use'}: {encoder.model_id}"


def _building(settings: MatcherSettings, encoder: Encoder) -> EmbeddingModel:
    return EmbeddingModel(
        id=encoder.model_id,
        engine=settings.engine,
        model=settings.model,
        dim=encoder.embedder.dim,
        state=ModelState.BUILDING,
        created_at=now(),
    )


async def _embed_all(database: Database, encoder: Encoder, *, is_ranked_anew: bool = False) -> None:
    for kind in SubjectKind:
        async with database.begin() as session:
            there, wanted = await repository.counts(session, kind, encoder.model_id)
        with counted(f"{kind}s", wanted) as advance:
            advance(there)
            ids = await _lacking(database, encoder, kind, after=None)
            while ids:
                await embed(database, encoder, kind, ids)
                if is_ranked_anew:
                    async with database.begin() as session:
                        await jobs.enqueue(session, kind, ids, now(), urgency=jobs.PATIENT)
                there += len(ids)
                advance(there)
                ids = await _lacking(database, encoder, kind, after=ids[-1])


async def _lacking(database: Database, encoder: Encoder, kind: SubjectKind, *, after: UUID | None) -> list[UUID]:
    async with database.begin() as session:
        return await repository.lacking(session, kind, encoder.model_id, after=after, limit=BATCH)


async def _drop_retired(database: Database) -> None:
    dropped = -1
    while dropped:
        async with database.begin() as session:
            dropped = await repository.drop_retired(session)
