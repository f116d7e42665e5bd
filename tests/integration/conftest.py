"""What several files of tests that start stacks share."""

from pathlib import Path

import pytest

from deploy.embedded.ports import free_port
from deploy.embedded.postgres import PostgresServer


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an empty database cluster, for stacks to begin with a copy of: making one takes longest of all."""
    server = PostgresServer(tmp_path_factory.mktemp("cluster") / "postgres", free_port(), durable=False)
    server.start()
    server.stop()
    return server.folder
