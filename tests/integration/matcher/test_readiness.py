"""`/readyz` of both processes says why there is no usable model, and says ok once there is."""

import asyncio
from typing import Any

import pytest

from common.bus import Bus
from common.runtime import keep_running
from deploy.embedded.tokens import TokenIssuer
from matcher.app import Work
from matcher.engine.embedding import Embedder, EngineName, ModelUnavailable
from matcher.settings import MatcherSettings
from matcher.vectors import encoders
from tests.integration.matcher.service_under_test import House, opened
from tests.support.eventually import eventually

REASON = "The embedding model cannot be loaded: /models is empty"


class Missing:
    """Loads no model until it is put there."""

    def __init__(self, house: House) -> None:
        self._house, self.is_there = house, False

    def __call__(self, engine: EngineName, model: str | None) -> Embedder:
        if not self.is_there:
            raise ModelUnavailable("/models is empty")
        return self._house.embedder


async def _told(house: House) -> dict[str, Any]:
    asked = await house.client.get("/readyz", params={"exclude": ["bus", "lag"]})
    body: dict[str, Any] = asked.json()
    return {"status": asked.status_code, "troubles": body.get("troubles")}


async def test_a_server_without_a_loadable_model_says_so_until_it_has_one(
    settings: MatcherSettings, issuer: TokenIssuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoders, "LOOKED_AFTER_S", 0.05)
    async with opened(settings, issuer) as usual:
        missing = Missing(usual)
        monkeypatch.setattr(House, "load", missing)
        async with opened(settings, issuer) as house:

            async def is_told(told: dict[str, Any]) -> bool:
                return await _told(house) == told

            await eventually(lambda: is_told({"status": 503, "troubles": {"model": REASON}}))
            still_read = await house.client.get("/v1/matches")
            assert still_read.status_code == 200
            missing.is_there = True
            await eventually(lambda: is_told({"status": 200, "troubles": None}))


async def test_a_worker_says_so_though_it_has_nothing_to_do(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matcher.app.LOADED_AFTER_S", 0.0)
    work = Work(house.settings, load=Missing(house))
    stop = asyncio.Event()
    watch = work(house.database, Bus("nats://127.0.0.1:9", name="test"))["model"]
    async with asyncio.TaskGroup() as running:
        running.create_task(keep_running("model", watch, stop))
        await eventually(lambda: work.troubles() == {"model": REASON})
        stop.set()
