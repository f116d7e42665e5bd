"""Wires a city to a database of each test's own."""

from collections.abc import AsyncIterator, Callable

import pytest

from deploy.embedded.tokens import TokenIssuer
from tests.attack.city import City, build
from tests.integration.catalog.service_under_test import running, settings_for


@pytest.fixture
async def city(database_of: Callable[[str], str], issuer: TokenIssuer) -> AsyncIterator[City]:
    settings = settings_for(database_of("catalog"), issuer).model_copy(update={"rate_per_organisation": 0})
    async with running(settings, issuer) as catalog:
        yield await build(catalog)
