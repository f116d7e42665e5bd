"""A NATS server of its own for each test: stream names are fixed, and a server starts in 50 ms."""

from pathlib import Path

from deploy.embedded.nats import NatsServer
from deploy.embedded.ports import free_port


def own_server(folder: Path) -> NatsServer:
    """Not started. `stop`, `kill`, `wipe_store` and `start` again at will: the port stays the same."""
    return NatsServer(folder, free_port())
