"""One demand against a million profiles, one profile against ten thousand demands, by the product's own code."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

import numpy as np

from common import runtime
from common.clock import new_id, now
from common.contracts.catalog import DemandSnapshot
from common.contracts.matcher import OFFER_FOR, OfferKind
from common.contracts.words import DemandKind
from common.database import Database
from common.progress import staged
from common.settings import PlatformSettings
from matcher.engine.embedding import Embedder, Matrix, Vector, load_embedder
from matcher.matching.context import Desk, Seat
from matcher.matching.rank import rank_demands, rank_profiles
from matcher.matching.shortlist import DEMAND_FOR
from matcher.settings import MatcherSettings
from matcher.subjects.demands.models import DemandCopy
from matcher.subjects.kind import SubjectKind
from matcher.subjects.profiles.models import Profile
from matcher.subjects.profiles.offer import Offer
from matcher.subjects.profiles.rules import ProfileState
from matcher.upkeep.indexing import build_indexes
from matcher.vectors import content
from matcher.vectors import repository as vectors
from matcher.vectors.encoders import loader
from matcher.vectors.models import EmbeddingModel
from matcher.work.embedding import embed
from tests.bench import platform, scale_crowd, scale_server
from tests.bench.report import Figure, Result, figure
from tests.bench.scale_crowd import MEASURED, Crowd, Pool, Sample
from tests.bench.scale_filling import CODE, Filling, connected
from tests.bench.scale_measures import Bare, Recall, Times, recall, timed
from tests.bench.scale_rows import Connection

QUERIES = 104
WARM_UPS = 8


@dataclass(frozen=True)
class Stage:
    """What every measurement here needs."""

    desk: Desk
    seat: Seat
    model: EmbeddingModel
    connection: Connection
    engine: Embedder

    @property
    def bare(self) -> Bare:
        return Bare(self.connection, self.model, self.desk.settings.ef_search)


@dataclass(frozen=True)
class Sizes:
    fill_s: float
    build_s: float
    table_gb: float
    index_gb: float


async def measure(profiles: int, demands: int) -> Result:
    """Minutes. Raises CannotMeasure before anything is begun."""
    runtime.keep_collections_short()  # as the processes of a service do
    with scale_server.running(profiles) as server:
        settings = MatcherSettings(
            database_url=server.url(scale_server.DATABASE),
            index_memory_mb=scale_server.index_memory_mb(profiles),
            platform=PlatformSettings(cache=platform.cache()),
        )
        desk = Desk(Database(settings), settings, loader(settings))
        connection = await connected(desk.database.dsn)
        try:
            return await _measured(desk, connection, profiles, demands)
        finally:
            await connection.close()
            await desk.close()
            await desk.database.close()


async def _measured(desk: Desk, connection: Connection, profiles: int, demands: int) -> Result:
    seat = await desk.seat()
    async with desk.database.begin() as session:
        model = await vectors.active_model(session)
    assert model is not None, "a seat was taken, so there is a model"
    engine = load_embedder(cache_dir=desk.settings.platform.cache, threads=desk.settings.threads)
    stage = Stage(desk, seat, model, connection, engine)
    offers, needs = scale_crowd.offers(engine), scale_crowd.demands(engine)
    crowd = Crowd(offers, scale_crowd.shares_of(offers), profiles)
    needed = Crowd(needs, np.full(len(needs), 1 / len(needs)), demands)
    sizes = await _filled(stage, crowd, needed, profiles, demands)
    await stage.bare.approximate()
    found = {
        pool: await recall(desk, model, stage.bare, _asking(needed, DEMAND_FOR[pool[0]]), pool) for pool in MEASURED
    }
    one_demand = await _demands_timed(stage, needs)
    one_profile = await _profiles_timed(stage, offers)
    title = f"{profiles:,} profiles, {demands:,} open demands"
    return Result(title, [*_recall_figures(found), *_time_figures(one_demand, one_profile)], _notes(sizes))


def _asking(crowd: Crowd, kind: DemandKind) -> Matrix:
    """(QUERIES, d) title vectors of demands of a kind."""
    rows: list[Vector] = []
    while len(rows) < QUERIES:
        rows += [member.faces[0] for member in crowd.members(QUERIES) if member.sample.subject.kind == kind]
    return np.stack(rows[:QUERIES])


async def _filled(stage: Stage, profiles: Crowd, demands: Crowd, profile_count: int, demand_count: int) -> Sizes:
    filling = Filling(stage.connection, stage.model.id)
    began_at = time.monotonic()
    await filling.profiles(profiles, profile_count)
    await filling.demands(demands, demand_count)
    await filling.settle()
    filled_at = time.monotonic()
    await _indexed(stage)
    sizes = "pg_table_size('profile_embeddings')", _INDEX_SIZE
    table, index = [await stage.connection.fetchval(f"SELECT {size}") / 1e9 for size in sizes]
    return Sizes(filled_at - began_at, time.monotonic() - filled_at, table, index)


_INDEX_SIZE = (
    "coalesce(sum(pg_relation_size(indexrelid)), 0)::float FROM pg_index WHERE indexrelid::regclass::text LIKE 'hnsw%'"
)


async def _indexed(stage: Stage) -> None:
    """Have the product build its indexes; meanwhile show what PostgreSQL tells about it."""
    building = asyncio.create_task(build_indexes(stage.desk.database, stage.desk.settings))
    with staged("indexes") as show:
        while not building.done():
            await asyncio.wait([building], timeout=1.0)
            row = await stage.connection.fetchrow(_PROGRESS)
            if row is not None:
                show(f"{row['name']}, {row['phase']}", row["share"])
    await building


_PROGRESS = (
    "SELECT index_relid::regclass::text AS name, phase,"
    " coalesce(nullif(tuples_done, 0)::float / nullif(tuples_total, 0),"
    " blocks_done::float / nullif(blocks_total, 0), 0) AS share FROM pg_stat_progress_create_index"
)


async def _demands_timed(stage: Stage, samples: Sequence[Sample]) -> Times:
    """A new demand embedded and ranked against all profiles, over and over."""
    times = Times()
    for number in range(QUERIES + WARM_UPS):
        sample = samples[number % len(samples)]
        demand = scale_crowd.numbered_demand(sample.subject, 10**7 + number)
        async with stage.desk.database.begin() as session:
            session.add(_copy_of(demand))
        kind = OFFER_FOR[demand.kind]

        async def ranked(id_: UUID = demand.id) -> None:
            await _ranked(stage, SubjectKind.DEMAND, id_)

        async def bare(kind: OfferKind = kind, near: Vector = sample.faces[0]) -> None:
            await stage.bare.profiles(near, kind, "zh")

        await timed(ranked, bare, stage.engine, content.demand_texts(demand).asked, times)
    return times.after(WARM_UPS)


async def _profiles_timed(stage: Stage, samples: Sequence[Sample]) -> Times:
    """A new profile embedded and ranked against all open demands, over and over."""
    times = Times()
    for number in range(QUERIES + WARM_UPS):
        sample = samples[number % len(samples)]
        offer = scale_crowd.numbered(sample.subject, 10**7 + number)
        profile = _profile_of(offer, sample)
        async with stage.desk.database.begin() as session:
            session.add(profile)

        async def ranked(id_: UUID = profile.id) -> None:
            await _ranked(stage, SubjectKind.PROFILE, id_)

        async def bare(kind: str = DEMAND_FOR[offer.offer_kind], near: Vector = sample.faces[0]) -> None:
            await stage.bare.demands(near, kind, "zh")

        await timed(ranked, bare, stage.engine, content.profile_texts(offer).asked, times)
    return times.after(WARM_UPS)


async def _ranked(stage: Stage, kind: SubjectKind, id_: UUID) -> None:
    """What a worker does with a job, but for storing what it found."""
    await embed(stage.desk.database, stage.seat.encoder, kind, [id_])
    rank = rank_demands if kind is SubjectKind.DEMAND else partial(rank_profiles, at=now())
    ranked = await rank(stage.desk, stage.seat, [id_])
    if not ranked or not ranked[0].standings:
        raise RuntimeError(f"the new {kind} was not ranked")


def _copy_of(demand: DemandSnapshot) -> DemandCopy:
    return DemandCopy(
        id=demand.id,
        version=demand.version,
        kind=demand.kind,
        state=demand.state,
        owner_scheme=demand.owner.scheme,
        owner_code=demand.owner.code,
        snapshot=demand.model_dump(mode="json"),
        received_at=now(),
    )


def _profile_of(offer: Offer, sample: Sample) -> Profile:
    said = offer.model_dump(mode="json", exclude={"language"})
    return Profile(
        **said,
        id=new_id(),
        version=1,
        state=ProfileState.ACTIVE,
        organisation_scheme="uscc",
        organisation_code=CODE,
        organisation_name="青岛示例科技有限公司",
        language=sample.language,
        created_at=now(),
        updated_at=now(),
    )


def _recall_figures(found: dict[Pool, Recall]) -> list[Figure]:
    figures = []
    for (kind, language), each in found.items():
        where = f"{kind} {language}, {scale_crowd.SHARES[kind, language]:.0%} of all"
        figures.append(figure(f"recall@100 in {where}", each.share, "", "exact search", 1.0))
        for percent in (50, 95):
            fast, exact = (float(np.percentile(ms, percent)) for ms in (each.found_ms, each.exact_ms))
            figures.append(
                figure(f"dense lists, both languages, {where}, p{percent}", fast, "ms", "one exact scan", exact)
            )
    return figures


def _time_figures(one_demand: Times, one_profile: Times) -> list[Figure]:
    figures = []
    rankings = ("one demand against all profiles", one_demand), ("one profile against all demands", one_profile)
    for what, times in rankings:
        for percent in (50, 95):
            whole, both, index = times.at(percent)
            figures.append(figure(f"{what}, p{percent}", whole, "ms", "bare index query + bare embedding", both))
            figures.append(figure(f"{what}, p{percent}", whole, "ms", "bare index query alone", index))
    return figures


def _notes(sizes: Sizes) -> list[str]:
    return [
        f"filled in {sizes.fill_s:.0f} s, indexes built in {sizes.build_s:.0f} s",
        f"vectors with their parts {sizes.table_gb:.2f} GB, vector indexes {sizes.index_gb:.2f} GB",
    ]
