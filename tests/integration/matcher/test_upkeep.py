"""Indexes and models change under the traffic, and nobody notices but by the speed."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from functools import partial
from itertools import groupby
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.matcher import OfferKind
from deploy.embedded.tokens import TokenIssuer
from matcher.engine.embedding import Matrix
from matcher.search import repository as search
from matcher.search.repository import ActiveProfiles, Probe
from matcher.settings import MatcherSettings
from matcher.subjects.kind import SubjectKind
from matcher.upkeep import reindexing
from matcher.upkeep.indexing import build_indexes
from matcher.upkeep.reindexing import reindex
from matcher.vectors import repository as vectors
from matcher.vectors.models import EmbeddingModel
from tests.integration.matcher.service_under_test import CATERING_OFFER, DAMAGE_OFFER, House, StandIn, demand, opened
from tests.support.eventually import eventually


async def many_profiles(house: House, count: int) -> None:
    words = ("集装箱", "食堂", "焊接", "遥感", "轴承", "疫苗", "充电桩", "海水淡化", "光伏", "污水")
    for start in range(0, count, 100):
        offers = [
            {"offer_kind": "solution", "headline": f"{words[n % 10]}{words[n // 10 % 10]}{words[n // 100]}系统第{n}号"}
            for n in range(start, start + 100)
        ]
        reply = await house.client.post("/v1/profiles/batch", json={"profiles": offers})
        assert reply.status_code == 201
    await house.work()


async def test_an_index_is_built_where_it_pays_is_used_and_finds_what_exact_search_finds(house: House) -> None:
    await many_profiles(house, 600)
    exact = await nearest(house, "SET LOCAL enable_indexscan = off")
    house.settings.exact_below = 100
    await build_indexes(house.database, house.settings)
    assert await index_names(house) == 2
    assert "hnsw_profile_embeddings_headline" in await plan(house)
    assert len(set(exact) & set(await nearest(house, WITHOUT_SORTING))) >= 0.98 * len(exact)


async def test_what_an_index_finds_late_is_still_in_its_place(house: House) -> None:
    await many_profiles(house, 600)
    exact = await nearest(house, "SET LOCAL enable_indexscan = off")
    house.settings.exact_below = 100
    await build_indexes(house.database, house.settings)
    house.settings.ef_search = 10  # so that the index brings many in steps, each step ordered for itself
    assert await nearest(house, WITHOUT_SORTING) == exact


async def test_below_the_size_where_it_pays_there_is_no_index(house: House) -> None:
    await many_profiles(house, 100)
    await build_indexes(house.database, house.settings)
    assert await index_names(house) == 0


async def test_an_index_that_a_killed_builder_left_half_made_is_made_again(house: House) -> None:
    await many_profiles(house, 200)
    house.settings.exact_below = 100
    await build_indexes(house.database, house.settings)
    await house.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid::regclass::text LIKE 'hnsw_%'")
    await build_indexes(house.database, house.settings)
    async with house.database.begin() as session:
        invalid = await session.scalar(text("SELECT count(*) FROM pg_index WHERE NOT indisvalid"))
    assert (await index_names(house), invalid) == (2, 0)


WITHOUT_SORTING = "SET LOCAL enable_sort = off"
"""So few rows are sorted faster than they are searched by an index; this asks for the index all the same."""


async def nearest(house: House, how: str) -> list[UUID]:
    embedder = house.embedder
    [title] = embedder.encode_queries(["集装箱食堂焊接系统"])
    async with house.database.begin() as session:
        model = await active_model(session)
        await search.broaden(session, house.settings.ef_search)
        await session.execute(text(how))
        among = ActiveProfiles(OfferKind.SOLUTION)
        lists = await search.search(session, model.id, Probe(title, title, ()), among, limit=100)
    return lists[0]


async def active_model(session: AsyncSession) -> EmbeddingModel:
    model = await vectors.active_model(session)
    assert model is not None
    return model


async def plan(house: House) -> str:
    """How PostgreSQL would search, as it explains it."""
    async with house.database.begin() as session:
        model = await active_model(session)
        await session.execute(text(WITHOUT_SORTING))
        zeros = "[" + ",".join(["0.1"] * model.dim) + "]"
        rows = await session.scalars(
            text(
                "EXPLAIN SELECT profile_id FROM profile_embeddings"
                f" WHERE model_id = '{model.id}' AND is_active AND offer_kind = 'solution' AND language = 'zh'"
                f" ORDER BY headline::halfvec({model.dim}) <=> '{zeros}'::halfvec({model.dim}) LIMIT 100"
            )
        )
        return "\n".join(rows)


async def index_names(house: House) -> int:
    async with house.database.begin() as session:
        names = "SELECT count(*) FROM pg_indexes WHERE indexname LIKE 'hnsw\\_%'"
        return (await session.scalar(text(names))) or 0


class Other(StandIn):
    """Another model: other vectors under another name."""

    def __init__(self) -> None:
        super().__init__(id="another-model")

    def _encode(self, texts: Sequence[str], on_progress: Callable[[int], None] | None) -> Matrix:
        return np.roll(super()._encode(texts, on_progress), 7, axis=1)


class Mortal(Other):
    """Dies after some calls."""

    def __init__(self, calls: int) -> None:
        super().__init__()
        self.calls_left = calls

    def _encode(self, texts: Sequence[str], on_progress: Callable[[int], None] | None) -> Matrix:
        self.calls_left -= any("系统第" in text for text in texts)
        if self.calls_left < 0:
            raise KeyboardInterrupt
        return super()._encode(texts, on_progress)


async def models(house: House) -> dict[str, int]:
    """How many profiles have vectors, by model."""
    async with house.database.begin() as session:
        rows = await session.execute(text("SELECT model_id, count(*) FROM profile_embeddings GROUP BY model_id"))
        return {row[0].rsplit(".", 1)[0]: row[1] for row in rows}


async def test_all_vectors_move_to_another_model_and_matching_goes_on(
    settings: MatcherSettings, issuer: TokenIssuer
) -> None:
    async with opened(settings, issuer) as house:
        await house.save(DAMAGE_OFFER)
        await house.save(CATERING_OFFER)
        wanted = await house.hear(demand())
        await house.work()
        house.embedder = Other()
        said = await reindex(settings, house.embedder)
        assert "another-model" in said
        assert await models(house) == {"another-model": 2}
        assert [job.kind for job in await house.jobs()] == [SubjectKind.DEMAND], "open demands are ranked by it"
        answer = await house.client.post("/v1/fits", json={"profile": DAMAGE_OFFER})
        assert [fit["demand_id"] for fit in answer.json()["fits"]] == [str(wanted.id)]
        assert answer.json()["model_id"].startswith("another-model")
        await house.work()
        assert next(kind for kind, _ in await house.announced()) == "matcher.match.computed"
        assert len(await house.matches()) == 1


class Held(StandIn):
    """Embeds one text only when it is let go."""

    TEXT = "集装箱箱体残损识别，这一句要等一等"

    def __init__(self) -> None:
        super().__init__()
        self.reached, self.let_go = threading.Event(), threading.Event()

    def _encode(self, texts: Sequence[str], on_progress: Callable[[int], None] | None) -> Matrix:
        if any(self.TEXT in text for text in texts):
            self.reached.set()
            assert self.let_go.wait(60)
        return super()._encode(texts, on_progress)


async def test_requests_in_hand_when_the_model_changes_are_answered(
    settings: MatcherSettings, issuer: TokenIssuer
) -> None:
    held = Held()
    async with opened(settings, issuer, held) as house:
        wanted = await house.hear(demand())
        await house.work()
        late = asyncio.create_task(house.client.post("/v1/fits", json={"text": Held.TEXT}))
        await asyncio.to_thread(held.reached.wait, 60)
        house.embedder = Other()
        moving = asyncio.create_task(reindex(settings, house.embedder, kept_s=60))
        await eventually(partial(_is_in_use, house, "another-model"), within=60)
        assert (await _model_of_an_answer(house)) == "another-model", "asking is what makes the server change over"
        held.let_go.set()
        answer = await asyncio.wait_for(late, 30)
        moving.cancel()
        await asyncio.wait([moving])
    assert answer.status_code == 200, answer.text
    assert [fit["demand_id"] for fit in answer.json()["fits"]] == [str(wanted.id)]


async def _is_in_use(house: House, model: str) -> bool:
    async with house.database.begin() as session:
        return (await active_model(session)).id.startswith(model)


async def test_no_request_fails_while_all_vectors_move(settings: MatcherSettings, issuer: TokenIssuer) -> None:
    async with opened(settings, issuer) as house:
        await many_profiles(house, 200)
        await house.hear(demand())
        await house.work()
        seen = [await _model_of_an_answer(house)]
        house.embedder = Other()
        moving = asyncio.create_task(reindex(settings, house.embedder))
        while not moving.done():
            seen.append(await _model_of_an_answer(house))
        seen.append(await _model_of_an_answer(house))
    assert [model for model, _ in groupby(seen)] == ["stand-in", "another-model"]
    assert seen.count("stand-in") > 2, "some were answered while the vectors moved"


async def _model_of_an_answer(house: House) -> str:
    answer = await house.client.post("/v1/fits", json={"profile": DAMAGE_OFFER})
    assert answer.status_code == 200, answer.text
    assert len(answer.json()["fits"]) == 1
    return str(answer.json()["model_id"].rsplit(".", 1)[0])


async def test_a_killed_reindex_goes_on_where_it_stopped(settings: MatcherSettings, issuer: TokenIssuer) -> None:
    async with opened(settings, issuer) as house:
        await many_profiles(house, 200)
        with pytest.raises(KeyboardInterrupt):
            await reindex(settings, Mortal(calls=2))
        half = await models(house)
        assert half["stand-in"] == 200
        assert 0 < half["another-model"] < 200
        rest = Mortal(calls=10)
        await reindex(settings, rest)
        assert await models(house) == {"another-model": 200}
        assert rest.calls_left > 10 - 9, "what was embedded before the kill is not embedded again"


async def test_going_back_to_the_model_in_use_drops_what_was_begun(
    settings: MatcherSettings, issuer: TokenIssuer
) -> None:
    async with opened(settings, issuer) as house:
        await many_profiles(house, 200)
        with pytest.raises(KeyboardInterrupt):
            await reindex(settings, Mortal(calls=2))
        said = await reindex(settings, house.embedder)
        assert said.startswith("Already in use: stand-in")
        assert await models(house) == {"stand-in": 200}


async def test_only_one_reindex_runs_at_a_time(settings: MatcherSettings, issuer: TokenIssuer) -> None:
    async with opened(settings, issuer) as house:
        await many_profiles(house, 100)
        said = await asyncio.gather(reindex(settings, Other()), reindex(settings, house.embedder))
        assert sum("Nothing is changed: another reindex" in one for one in said) == 1
        assert len(await models(house)) == 1


async def test_a_profile_whose_vectors_moved_after_the_switch_is_ranked_by_the_new_model(
    settings: MatcherSettings, issuer: TokenIssuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(settings, issuer) as house:
        await house.save(CATERING_OFFER)
        await house.work()
        saved: list[UUID] = []

        async def late(*arguments: Any) -> None:
            if not saved:
                saved.append(UUID((await house.save(DAMAGE_OFFER))["id"]))
                await house.work()
            await build_indexes(*arguments)

        monkeypatch.setattr(reindexing, "build_indexes", late)
        await reindex(settings, Other())
        assert [job.subject_id for job in await house.jobs() if job.kind is SubjectKind.PROFILE] == saved


async def test_a_profile_saved_while_vectors_move_is_not_left_behind(
    settings: MatcherSettings, issuer: TokenIssuer
) -> None:
    async with opened(settings, issuer) as house:
        await many_profiles(house, 100)
        moving = asyncio.create_task(reindex(settings, Other()))
        old_lane = house.lane(SubjectKind.PROFILE)
        await house.save(DAMAGE_OFFER)
        await old_lane.step()
        await moving
        house.embedder = Other()
        await house.hear(demand())
        await house.work_until_idle(SubjectKind.PROFILE)
        await house.work_until_idle(SubjectKind.DEMAND)
        assert (await models(house))["another-model"] == 101
        assert len(await house.matches()) >= 1
