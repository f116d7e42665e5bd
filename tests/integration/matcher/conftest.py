"""Wires a matcher with a database of each test's own, and a stand-in for the embedding model."""

from collections.abc import AsyncIterator, Callable

import pytest

from deploy.embedded.tokens import TokenIssuer
from matcher.settings import MatcherSettings
from tests.integration.matcher.objecting import Objecting
from tests.integration.matcher.service_under_test import House, opened, settings_for


@pytest.fixture
def settings(database_of: Callable[[str], str], issuer: TokenIssuer) -> MatcherSettings:
    return settings_for(database_of("matcher"), issuer)


@pytest.fixture
async def house(settings: MatcherSettings, issuer: TokenIssuer) -> AsyncIterator[House]:
    async with opened(settings, issuer) as running:
        yield running


@pytest.fixture
async def objecting(house: House) -> Objecting:
    objecting = Objecting(house)
    await objecting.begin()
    return objecting
