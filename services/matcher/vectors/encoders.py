"""Keeps the embedder in use the one whose vectors the database holds, so vectors of two models never meet."""

import asyncio
from collections.abc import Callable, Mapping
from functools import partial

import structlog

from common.clock import now
from common.database import Database
from common.errors import Problem, Unavailable
from common.health import Part
from common.waiting import first_of
from matcher import metrics
from matcher.engine.embedding import Embedder, EngineName, ModelUnavailable, Progress, load_embedder
from matcher.engine.ranking import background
from matcher.engine.ranking.background import Background
from matcher.settings import EngineSettings, MatcherSettings
from matcher.vectors import repository
from matcher.vectors.encoder import Encoder
from matcher.vectors.models import EmbeddingModel, ModelState

log = structlog.get_logger()
LOOKED_AFTER_S = 10.0
"""A model that could not be loaded is tried again so often, whether or not somebody asks for it."""
IN_HAND_S = 30.0
"""Longer than any request may take: `answer_limit_s` in the queue, and the time-outs of the database after that."""
Load = Callable[[EngineName, str | None], Embedder]
"""Gives a ready embedder for an engine and a model; slow, and raises ModelUnavailable."""


def loader(settings: EngineSettings, on_progress: Progress | None = None) -> Load:
    def load(engine: EngineName, model: str | None) -> Embedder:
        return load_embedder(
            engine, model=model, cache_dir=settings.platform.cache, threads=settings.threads, on_progress=on_progress
        )

    return load


class Encoders:
    """`current` is the encoder of the database's active model, loaded when it is first needed or has been switched."""

    def __init__(self, database: Database, settings: MatcherSettings, load: Load) -> None:
        self._database, self._settings, self._load = database, settings, load
        self._current: Encoder | None = None
        self._loading = asyncio.Lock()
        self._watching: asyncio.Task[None] | None = None
        self._trouble: str | None = None
        self._retiring: set[asyncio.Task[None]] = set()

    async def current(self) -> Encoder:
        """Raises Unavailable when the active model cannot be loaded, or is not the one it was any more."""
        active = await self._active()
        if active is None or self._current is None or self._current.model_id != active.id:
            async with self._loading:
                return await self._switched(await self._active())
        return self._current

    def troubles(self) -> Mapping[Part, str]:
        """Why there is no usable model, as far as that was tried."""
        return {"model": self._trouble} if self._trouble is not None else {}

    def begin_watch(self) -> None:
        """Keep watch until closed; begin to load the model now, so that the first request does not wait for it."""
        self._watching = asyncio.create_task(self.watch(asyncio.Event()), name="model")

    async def watch(self, stop: asyncio.Event, *, after_s: float = 0.0) -> None:
        """Load the model after a while (at once only when asked for, where `warm_up` is off), and again as long as it
        cannot be loaded: who is told to send no requests here would otherwise never hear that it can be."""
        await first_of(stop, within_s=after_s)
        while not stop.is_set():
            if self._trouble is not None or (self._settings.warm_up and self._current is None):
                try:
                    await self.current()
                except Problem as error:
                    log.warning("model_not_ready", reason=error.code)
            await first_of(stop, within_s=LOOKED_AFTER_S)

    async def close(self) -> None:
        if self._watching is not None:
            self._watching.cancel()
        for retiring in self._retiring:
            retiring.cancel()
        await asyncio.gather(*self._retiring, return_exceptions=True)
        if self._current is not None:
            await self._current.close()

    async def _active(self) -> EmbeddingModel | None:
        async with self._database.begin() as session:
            return await repository.active_model(session)

    async def _switched(self, active: EmbeddingModel | None) -> Encoder:
        encoder = None
        if active is None:
            encoder = await self._loaded(self._settings.engine, self._settings.model)
            active = await self._registered(encoder)
        if self._current is not None and self._current.model_id == active.id:
            return self._current
        if encoder is None or encoder.model_id != active.id:
            encoder = await self._loaded(active.engine, active.model)
        if encoder.model_id != active.id:
            changed = _changed(active, encoder.model_id)
            self._trouble = changed.detail
            raise changed
        retired, self._current, self._trouble = self._current, encoder, None
        if retired is not None:
            retiring = asyncio.create_task(_retire(retired), name="retire-encoder")
            self._retiring.add(retiring)
            retiring.add_done_callback(self._retiring.discard)
        metrics.MODEL_LOADED.set(1)
        log.info("model_in_use", model=active.id, engine=active.engine)
        return self._current

    async def _loaded(self, engine: EngineName, model: str | None) -> Encoder:
        try:
            embedder, known = await asyncio.to_thread(_ready, partial(self._load, engine, model))
            return Encoder(embedder, known)
        except ModelUnavailable as error:
            log.error("model_unavailable", engine=engine, model=model, reason=str(error))
            self._trouble = f"The embedding model cannot be loaded: {error}"
            raise Unavailable(self._trouble, "无法加载向量模型") from error

    async def _registered(self, encoder: Encoder) -> EmbeddingModel:
        """The active model, which is this one unless another process was first."""
        fresh = EmbeddingModel(
            id=encoder.model_id,
            engine=self._settings.engine,
            model=self._settings.model,
            dim=encoder.embedder.dim,
            state=ModelState.ACTIVE,
            created_at=now(),
        )
        async with self._database.begin() as session:
            return await repository.first_active(session, fresh)


async def _retire(encoder: Encoder) -> None:
    """Let the requests finish that took this encoder before the switch; the memory of two models is held meanwhile."""
    try:
        await asyncio.sleep(IN_HAND_S)
    finally:
        await encoder.close()


def _ready(load: Callable[[], Embedder]) -> tuple[Embedder, Background]:
    embedder = load()
    return embedder, background.of(embedder)


def _changed(active: EmbeddingModel, found: str) -> Unavailable:
    log.error("model_changed", wanted=active.id, found=found)
    return Unavailable(
        f"The stored vectors were made by the model {active.id}, but {active.model or 'the bundled model'}"
        f" is now {found}; bring the old model back, or run `python -m matcher reindex`",
        f"库中向量由模型 {active.id} 生成，而当前加载的模型为 {found}；请恢复原模型或运行 python -m matcher reindex",
    )
