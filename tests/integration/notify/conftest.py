"""Wires notify to a database and a broker of each test's own."""

from collections.abc import AsyncIterator, Callable

import pytest

from deploy.embedded.nats import NatsServer
from deploy.embedded.tokens import TokenIssuer
from notify.settings import NotifySettings
from tests.integration.notify.service_under_test import World, opened, settings_for, sources_are_there


@pytest.fixture
def settings(database_of: Callable[[str], str], nats_server: NatsServer, issuer: TokenIssuer) -> NotifySettings:
    return settings_for(database_of("notify"), nats_server.url, issuer.settings)


@pytest.fixture
async def notify(settings: NotifySettings, issuer: TokenIssuer) -> AsyncIterator[World]:
    async with opened(settings, issuer) as world:
        await sources_are_there(world.bus)
        yield world
