"""Wires the ledger service to a database of each test's own."""

from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from fastapi import FastAPI

from common import logs
from common.database import Database
from common.settings import ServiceSettings
from deploy.embedded.tokens import TokenIssuer
from tests.integration.common import service_under_test as ledger
from tests.support.postgres import Build


@pytest.fixture
def settings(database_copy: Callable[[str, Build], str], issuer: TokenIssuer) -> ServiceSettings:
    return ledger.settings_for(database_copy("ledger", ledger.build_schema), issuer)


@pytest.fixture
def app(settings: ServiceSettings) -> FastAPI:
    return ledger.ledger_app(settings)


@pytest.fixture
async def client(app: FastAPI, issuer: TokenIssuer) -> AsyncIterator[httpx.AsyncClient]:
    async with ledger.running(app) as running:
        running.headers.update(ledger.token(issuer))
        yield running


@pytest.fixture
async def database(settings: ServiceSettings) -> AsyncIterator[Database]:
    opened = Database(settings)
    yield opened
    await opened.close()


@pytest.fixture(autouse=True)
def _logs() -> None:
    """JSON logs, as in production."""
    logs.configure("ledger")
