"""A matcher in one process: its HTTP app, its worker taking steps on demand, and a look into its database."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select, text

from common import dead_letters, outbox
from common.clock import new_id, now
from common.contracts.catalog import DemandPublished, DemandSnapshot
from common.contracts.envelope import Envelope
from common.contracts.matcher import MatchSnapshot
from common.contracts.words import DemandKind, DemandState, Domain
from common.database import Database
from common.fields import OrganisationKey
from common.settings import PlatformSettings
from common.turns import FairGate
from deploy.embedded.tokens import TokenIssuer
from matcher import consumers
from matcher.app import create_app
from matcher.engine.embedding import Embedder, EngineName
from matcher.jobs import repository as work
from matcher.jobs.models import Job
from matcher.matching.context import Desk
from matcher.matching.rank import rank_demands
from matcher.settings import MatcherSettings
from matcher.subjects.kind import SubjectKind
from matcher.work import worker
from matcher.work.worker import Lane
from tests.support.apps import lent
from tests.support.eventually import eventually
from tests.support.keys import SEALING_KEYS
from tests.support.later import with_unknown_fields
from tests.support.near_embedder import StandIn as StandIn  # the tests take it from here

PORT = OrganisationKey(scheme="uscc", code="91110000802100433B")
FIRM = OrganisationKey(scheme="lei", code="529900T8BM49AURSDO55")
OTHER_FIRM = OrganisationKey(scheme="lei", code="5493001KJTIIGC8Y1R12")

DAMAGE_TITLE = "前湾港区闸口集装箱箱体残损智能识别"
DAMAGE_NEED = (
    "在不停车通过的条件下，利用闸口相机自动找出集装箱箱体的破洞、凹陷、锈蚀，标出位置和类型，结果写入闸口系统。"
)
DAMAGE_OFFER: dict[str, Any] = {
    "offer_kind": "solution",
    "headline": "闸口集装箱箱体残损智能识别系统",
    "summary": "不停车通过，利用闸口相机自动识别集装箱箱体的破洞、凹陷、锈蚀，标出位置和类型，结果写入闸口系统。",
    "items": [{"title": "箱体残损识别", "text": "识别破洞、凹陷、锈蚀，残损识别准确率97.6%。", "trl": 9}],
}
CATERING_OFFER: dict[str, Any] = {
    "offer_kind": "solution",
    "headline": "学校食堂营养配餐与采购软件",
    "summary": "按年龄段生成每周菜谱，统计食材用量，对接供应商。",
}


def demand(**changes: Any) -> DemandSnapshot:
    """A published demand that DAMAGE_OFFER fits."""
    fields: dict[str, Any] = {
        "id": uuid4(),
        "version": 1,
        "kind": DemandKind.SCENARIO,
        "state": DemandState.PUBLISHED,
        "owner": PORT,
        "owner_name": "示例港口",
        "title": DAMAGE_TITLE,
        "need": DAMAGE_NEED,
        "domain": Domain.PORT,
        "published_at": now(),
    }
    return DemandSnapshot(**(fields | changes))


def announcement(snapshot: DemandSnapshot, event_id: UUID | None = None) -> Envelope:
    event = DemandPublished(demand=snapshot)
    return Envelope(
        id=event_id or new_id(),
        source="/jingqiao/catalog",
        type=event.type,
        subject=event.about(),
        time=now(),
        data=event.model_dump(mode="json"),
    )


MOST_STEPS = 500


class House:
    """`client` speaks HTTP to the app as the firm; the worker works when told to."""

    def __init__(self, settings: MatcherSettings, issuer: TokenIssuer, embedder: Embedder) -> None:
        self.settings, self.embedder, self.load_count = settings, embedder, 0
        self.database = Database(settings)
        self.desk = Desk(self.database, settings, self.load)
        self._issuer = issuer
        self._handle = consumers.demand_handler(self.database)
        self.client: httpx.AsyncClient
        self.gate: FairGate

    def load(self, engine: EngineName, model: str | None) -> Embedder:
        self.load_count += 1
        return self.embedder

    def token(self, who: OrganisationKey = FIRM, *roles: str) -> dict[str, str]:
        minted = self._issuer.mint(who.scheme, who.code, "示例单位", list(roles or ["enterprise", "publisher"]))
        return {"Authorization": f"Bearer {minted}"}

    async def hear(self, snapshot: DemandSnapshot, event_id: UUID | None = None) -> DemandSnapshot:
        """Take an event of catalog as the consumer does."""
        await self._handle(announcement(snapshot, event_id))
        return snapshot

    async def hear_of_later(
        self, snapshot: DemandSnapshot, *, change: Callable[[Any], Any] = with_unknown_fields
    ) -> None:
        """Take an event of a catalog that already says more than this matcher knows."""
        said = announcement(snapshot)
        await self._handle(said.model_copy(update={"data": change(said.data)}))

    async def save(self, offer: dict[str, Any], who: OrganisationKey = FIRM) -> dict[str, Any]:
        reply = await self.client.post("/v1/profiles", json=offer, headers=self.token(who))
        assert reply.status_code == 201, reply.text
        created: dict[str, Any] = reply.json()
        return created

    def lane(self, kind: SubjectKind) -> Lane:
        return Lane(kind, self.desk)

    async def work(self, *kinds: SubjectKind) -> None:
        """Finish every job that is ready, demands first; fails when one of them comes back for ever."""
        for kind in kinds or SubjectKind:
            lane = self.lane(kind)
            for _ in range(MOST_STEPS):
                if not await lane.step():
                    break
            else:
                raise AssertionError(f"after {MOST_STEPS} steps there are still jobs of kind {kind}")

    async def work_until_idle(self, kind: SubjectKind) -> None:
        """Work as a worker that came later does, until no job of the kind is left."""
        lane = self.lane(kind)

        async def is_idle() -> bool:
            await lane.step()
            return not any(job.kind is kind for job in await self.jobs())

        await eventually(is_idle, what="the jobs are done")

    async def queue(self, kind: SubjectKind, subject_id: UUID) -> None:
        async with self.database.begin() as session:
            await work.enqueue(session, kind, [subject_id], now())

    async def execute(self, statement: str) -> None:
        async with self.database.begin() as session:
            await session.execute(text(statement))

    async def one(self, statement: str) -> Any:
        """The first value of the first row."""
        async with self.database.begin() as session:
            return await session.scalar(text(statement))

    async def was_embedded(self, table: str) -> bool:
        async with self.database.begin() as session:
            return bool(await session.scalar(text(f"SELECT count(*) FROM {table}")))

    async def is_waiting_for_a_lock(self) -> bool:
        """Whether a statement in the matcher's database waits for another transaction."""
        waiting = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        async with self.database.begin() as session:
            return bool(await session.scalar(text(waiting)))

    async def has_dead_letters(self, count: int) -> bool:
        async with self.database.begin() as session:
            return (await dead_letters.count_waiting(session)).get(consumers.DEMANDS.durable, 0) == count

    def limit_matches(self, limit: int) -> None:
        self.settings.match_limit = limit

    def after_ranking(self, monkeypatch: pytest.MonkeyPatch, act: Callable[[], Awaitable[object]]) -> None:
        """Once, let `act` happen between a demand's ranking and its commit."""

        async def ranked(*arguments: Any) -> Any:
            result = await rank_demands(*arguments)
            monkeypatch.undo()
            await act()
            return result

        monkeypatch.setattr(worker, "rank_demands", ranked)

    def hang_after_ranking(self, monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
        """The event is set when a worker has ranked; it never gets to the commit."""
        reached = asyncio.Event()

        async def hang() -> None:
            reached.set()
            await asyncio.Event().wait()

        self.after_ranking(monkeypatch, hang)
        return reached

    async def announced(self) -> list[tuple[str, MatchSnapshot]]:
        """(event type, match) of everything announced, oldest first."""
        async with self.database.begin() as session:
            rows = await session.scalars(select(outbox.OutboxRow).order_by(outbox.OutboxRow.seq))
            events = [Envelope.model_validate_json(row.envelope) for row in rows]
        return [(event.type, MatchSnapshot.read(event.data["match"])) for event in events]

    async def jobs(self) -> Sequence[Job]:
        async with self.database.begin() as session:
            return (await session.scalars(select(Job))).all()

    async def matches(self, who: OrganisationKey = FIRM, **filters: Any) -> list[dict[str, Any]]:
        reply = await self.client.get("/v1/matches", params=filters, headers=self.token(who))
        assert reply.status_code == 200, reply.text
        items: list[dict[str, Any]] = reply.json()["items"]
        return items


def settings_for(url: str, issuer: TokenIssuer, **more: Any) -> MatcherSettings:
    trust = issuer.settings
    platform = PlatformSettings(
        nats_url=more.pop("nats_url", "nats://127.0.0.1:9"),
        jwks=trust["JINGQIAO_JWKS"],
        issuer=trust["JINGQIAO_ISSUER"],
        audience=trust["JINGQIAO_AUDIENCE"],
    )
    more = {"connect_timeout_s": 2.0, "secret_keys": SEALING_KEYS, **more}
    return MatcherSettings(database_url=url, platform=platform, **more)


def _app(settings: MatcherSettings) -> FastAPI:
    """Loads whatever model the test that has it now wants loaded."""
    app: FastAPI = create_app(settings, load=lambda *asked: app.state.load_model(*asked))
    return app


@asynccontextmanager
async def opened(
    settings: MatcherSettings, issuer: TokenIssuer, embedder: Embedder | None = None
) -> AsyncIterator[House]:
    with lent(settings, _app) as app:
        # A test that changes its house's settings changes those of the app.
        house = House(app.state.settings, issuer, embedder or StandIn())
        app.state.load_model = house.load
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://matcher", headers=house.token()) as client,
        ):
            house.client, house.gate = client, app.state.desk.gate
            yield house
    await house.desk.close()
    await house.database.close()
