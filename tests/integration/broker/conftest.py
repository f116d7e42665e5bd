"""Wires a broker with accounts, made by the code that makes those of a deployment."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.embedded.nats import NatsServer
from deploy.embedded.ports import free_port
from deploy.nats.identities import Identities
from tests.integration.broker.users import Broker


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    identities = Identities(tmp_path / "identities")
    server = NatsServer(tmp_path / "nats", free_port(), identities=identities)
    server.start()
    yield Broker(server, identities)
    server.stop()
