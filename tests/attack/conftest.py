"""Wires a catalog and a city to a database of each test's own; what happened in the city happens once in a session."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from catalog.settings import CatalogSettings
from common import logs
from deploy.embedded.tokens import TokenIssuer
from tests.attack.city import City, Past, build
from tests.integration.catalog.service_under_test import CatalogUnderTest, running, settings_for
from tests.support.postgres import Build, migrate


def unlimited(url: str, issuer: TokenIssuer) -> CatalogSettings:
    return settings_for(url, issuer).model_copy(update={"rate_per_organisation": 0})


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "request", lambda *_: None)


@pytest.fixture
async def catalog(database_of: Callable[[str], str], issuer: TokenIssuer) -> AsyncIterator[CatalogUnderTest]:
    """Empty, with no limit to how much is asked."""
    async with running(unlimited(database_of("catalog"), issuer), issuer) as opened:
        yield opened


@pytest.fixture(scope="session")
def past() -> Past:
    return Past()


@pytest.fixture
def city_database(past: Past, issuer: TokenIssuer, database_copy: Callable[[str, Build], str]) -> str:
    """URL of a copy of what happened."""

    async def happen(url: str) -> None:
        async with running(unlimited(url, issuer), issuer) as opened:
            await build(City(opened, past))

    def made(url: str) -> None:
        migrate("catalog", url)
        # On a thread of its own, as this one's event loop is taken.
        with ThreadPoolExecutor(1) as beside:
            beside.submit(asyncio.run, happen(url)).result()

    return database_copy("city", made)


@pytest.fixture
async def city(city_database: str, past: Past, issuer: TokenIssuer) -> AsyncIterator[City]:
    async with running(unlimited(city_database, issuer), issuer) as opened:
        yield City(opened, past)
