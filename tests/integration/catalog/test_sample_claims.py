"""The sample claim, as the loader makes it, is what catalog takes; a load that broke off is made good."""

import asyncio
from typing import Any

import pytest

from common.clock import now
from deploy.embedded import sample_claims
from deploy.embedded.sample_data import CLAIM_ROLES, found, rows
from tests.integration.catalog.service_under_test import CatalogUnderTest
from tests.integration.catalog.test_sample_lives import LIVES, Play

[ROW] = rows("claims")
DEMAND, SCHEME = found("demands", ROW["demand"]), LIVES[ROW["scheme"]]
TITLES = (DEMAND["title"], SCHEME["steps"][0]["body"]["title"])
SIDES = {
    "owner": DEMAND["owner"],
    "firm": found("offers", ROW["offer"])["organisation"],
    **{name: ROW[name] for name in ("expert", "bureau", "officer")},
}


class BrokenOff(Exception):
    """A load that was killed."""


class Loading:
    """Sends what the loader would, and moves the clock on when it waits for a call to close."""

    def __init__(self, catalog: CatalogUnderTest, breaks_at: str = "nowhere") -> None:
        self.catalog, self.breaks_at = catalog, breaks_at
        self.loop, self.play = asyncio.get_running_loop(), Play(catalog)

    def send(self, side: str, method: str, path: str, body: Any = None, about: str | None = None) -> dict[str, Any]:
        if path.endswith(self.breaks_at) and method == "POST":
            raise BrokenOff
        return asyncio.run_coroutine_threadsafe(self._sent(side, method, path, body), self.loop).result(30)

    async def _sent(self, side: str, method: str, path: str, body: Any) -> dict[str, Any]:
        as_ = self.play.token(SIDES[side], *CLAIM_ROLES)
        reply = await self.catalog.http.request(method, path, json=body, headers=as_)
        assert reply.is_success, (side, method, path, reply.text)
        told: dict[str, Any] = reply.json()
        if method == "GET" and told.get("state") == "open" and "solutions" not in path:
            await self.catalog.clock_strikes(now() + sample_claims.OPEN_FOR)
        return told

    async def through(self) -> None:
        expert = found("organisations", ROW["expert"])
        await asyncio.to_thread(sample_claims.claim, self.send, ROW, TITLES, expert)


@pytest.fixture
async def prepared(catalog: CatalogUnderTest) -> CatalogUnderTest:
    play = Play(catalog)
    await play.prepare({"steps": [*SCHEME["steps"], {"look": f"demands/{ROW['demand']}"}], "named": SIDES})
    await play.through(SCHEME)
    return catalog


async def states(catalog: CatalogUnderTest) -> list[str]:
    lists = ("/v1/subsidy-claims", "/v1/demands", "/v1/solicitations")
    return [item["state"] for path in lists for item in (await catalog.get(path)).json()["items"]]


async def test_a_claim_is_loaded_up_to_its_public_notice(prepared: CatalogUnderTest) -> None:
    await Loading(prepared).through()
    assert await states(prepared) == ["publicised", "adopted", "result_published"]


async def test_a_call_that_closed_without_an_answer_is_made_anew(prepared: CatalogUnderTest) -> None:
    with pytest.raises(BrokenOff):
        await Loading(prepared, breaks_at="/solutions").through()
    await prepared.clock_strikes(now() + sample_claims.OPEN_FOR)
    await Loading(prepared).through()
    assert await states(prepared) == ["publicised", "adopted", "result_published", "cancelled"]
