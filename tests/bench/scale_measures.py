"""Times the product's own searches and rankings, one by one, beside the bare work that nobody could leave out."""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import get_args

import numpy as np

from common.contracts.matcher import OfferKind
from common.fields import Language
from matcher.engine.embedding import Embedder, Matrix, Vector
from matcher.matching.context import Desk
from matcher.search import repository as search
from matcher.search.repository import ActiveProfiles, Probe
from matcher.vectors.encoder import RoleText
from matcher.vectors.models import EmbeddingModel
from tests.bench.scale_crowd import Pool, encoded
from tests.bench.scale_rows import Connection

NEAREST = 100
LISTS_EACH = 3
"""Of each language: by headline, by body, by words."""


@dataclass
class Times:
    """Milliseconds, measurement by measurement, of the whole and of the bare pieces."""

    whole: list[float] = field(default_factory=list)
    index: list[float] = field(default_factory=list)
    embedding: list[float] = field(default_factory=list)

    def after(self, count: int) -> "Times":
        """Without the first `count`, in which caches were cold."""
        return Times(self.whole[count:], self.index[count:], self.embedding[count:])

    def at(self, percent: float) -> tuple[float, float, float]:
        """The percentile of the whole, of index and embedding together, and of the index alone."""
        bare = np.add(self.index, self.embedding)
        whole, both, index = (np.percentile(each, percent) for each in (self.whole, bare, self.index))
        return float(whole), float(both), float(index)


@dataclass(frozen=True)
class Recall:
    """Mean share of the exact nearest that were found, and milliseconds of each search."""

    share: float
    found_ms: list[float]
    exact_ms: list[float]


async def took_ms(work: Callable[[], Awaitable[object]]) -> float:
    began_at = time.perf_counter()
    await work()
    return (time.perf_counter() - began_at) * 1000


class Bare:
    """The nearest by one face in one statement, prepared, over a connection of its own."""

    def __init__(self, connection: Connection, model: EmbeddingModel, ef_search: int) -> None:
        self._connection, self._model, self._ef_search = connection, model, ef_search

    async def profiles(self, near: Vector, kind: OfferKind, language: Language) -> list[object]:
        return await self._nearest(
            f"SELECT profile_id FROM profile_embeddings WHERE model_id = '{self._model.id}' AND is_active"
            f" AND offer_kind = '{kind}' AND language = '{language}'"
            f" ORDER BY headline::halfvec({self._model.dim}) <=> $1::text::halfvec({self._model.dim}) LIMIT {NEAREST}",
            near,
        )

    async def demands(self, near: Vector, kind: str, language: Language) -> list[object]:
        return await self._nearest(
            f"SELECT demand_id FROM demand_embeddings WHERE model_id = '{self._model.id}' AND is_open"
            f" AND kind = '{kind}' AND language = '{language}'"
            f" ORDER BY title::halfvec({self._model.dim}) <=> $1::text::halfvec({self._model.dim}) LIMIT {NEAREST}",
            near,
        )

    async def approximate(self) -> None:
        await self._connection.execute(
            f"SET enable_indexscan = on; SET hnsw.ef_search = {self._ef_search};SET hnsw.iterative_scan = strict_order"
        )

    async def exact(self) -> None:
        """Search without an index from here on."""
        await self._connection.execute("SET enable_indexscan = off")

    async def _nearest(self, statement: str, near: Vector) -> list[object]:
        wanted = "[" + ",".join(map(str, near.tolist())) + "]"
        return [row[0] for row in await self._connection.fetch(statement, wanted)]


async def recall(desk: Desk, model: EmbeddingModel, bare: Bare, queries: Matrix, pool: Pool) -> Recall:
    """Of the product's own dense list against every vector compared."""
    shares, found_ms, exact_ms = [], [], []
    kind, language = pool
    by_headline = get_args(Language).index(language) * LISTS_EACH
    await bare.exact()
    for query in queries:
        began_at = time.perf_counter()
        exact = await bare.profiles(query, *pool)
        exact_ms.append((time.perf_counter() - began_at) * 1000)
        async with desk.database.begin() as session:
            await search.broaden(session, desk.settings.ef_search)
            began_at = time.perf_counter()
            lists = await search.search(
                session, model.id, Probe(query, query, ()), ActiveProfiles(kind), limit=desk.settings.candidates
            )
            found_ms.append((time.perf_counter() - began_at) * 1000)
        shares.append(len({*exact} & {*lists[by_headline][:NEAREST]}) / len(exact))
    await bare.approximate()
    return Recall(float(np.mean(shares)), found_ms, exact_ms)


async def timed(
    whole: Callable[[], Awaitable[object]],
    index: Callable[[], Awaitable[object]],
    engine: Embedder,
    asked: Sequence[RoleText],
    times: Times,
) -> None:
    """One measurement of each, in turns that follow closely, so that other work on the machine slows all alike."""
    began_at = time.perf_counter()
    encoded(engine, asked)
    times.embedding.append((time.perf_counter() - began_at) * 1000)
    times.index.append(await took_ms(index))
    times.whole.append(await took_ms(whole))
