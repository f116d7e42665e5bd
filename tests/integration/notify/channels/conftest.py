"""Notify with keys, and channels that lead to servers of the test's own."""

from collections.abc import AsyncIterator, Callable, Iterator

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr

from deploy.embedded.nats import NatsServer
from deploy.embedded.tokens import TokenIssuer
from notify.settings import NotifySettings
from tests.integration.notify.service_under_test import World, opened, settings_for, sources_are_there
from tests.support.mail_server import MailServer


@pytest.fixture
def keyed(database_of: Callable[[str], str], nats_server: NatsServer, issuer: TokenIssuer) -> NotifySettings:
    usual = settings_for(database_of("notify"), nats_server.url, issuer.settings)
    keys = (SecretStr(Fernet.generate_key().decode()),)
    return usual.model_copy(update={"secret_keys": keys, "public_url": "https://notify.example"})


@pytest.fixture
def settings(keyed: NotifySettings) -> NotifySettings:
    return keyed


@pytest.fixture
async def notify(settings: NotifySettings, issuer: TokenIssuer) -> AsyncIterator[World]:
    async with opened(settings, issuer) as world:
        await sources_are_there(world.bus)
        yield world


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    with MailServer() as running:
        yield running
