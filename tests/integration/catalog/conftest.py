"""Wires the catalog to a database of each test's own."""

from collections.abc import AsyncIterator, Callable

import pytest

from catalog.settings import CatalogSettings
from deploy.embedded.tokens import TokenIssuer
from tests.integration.catalog.service_under_test import CatalogUnderTest, running, settings_for


@pytest.fixture
def settings(database_of: Callable[[str], str], issuer: TokenIssuer) -> CatalogSettings:
    return settings_for(database_of("catalog"), issuer)


@pytest.fixture
async def catalog(settings: CatalogSettings, issuer: TokenIssuer) -> AsyncIterator[CatalogUnderTest]:
    async with running(settings, issuer) as under_test:
        yield under_test
