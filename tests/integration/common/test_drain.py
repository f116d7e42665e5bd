"""A server that is told to stop cuts no request: it says that it is going, answers what comes, and only then goes."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import httpx
import pytest

from common.settings import ServiceSettings
from deploy.embedded.ports import free_port
from deploy.embedded.tokens import TokenIssuer
from tests.integration.common import service_under_test as ledger
from tests.support.crowd import Crowd, crowd
from tests.support.eventually import eventually

SIZE = 24
Start = Callable[..., "Server"]


class Server:
    """`python -m catalog serve`, a process of its own."""

    def __init__(self, env: dict[str, str], log: Path) -> None:
        self.port = free_port()
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "catalog", "serve"],
                env={**os.environ, **env, "CATALOG_PORT": str(self.port)},
                stdout=out,
                stderr=out,
            )

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    async def health(self, path: str = "/healthz") -> int | None:
        """The status, or None while nobody answers."""
        try:
            async with httpx.AsyncClient(trust_env=False) as client:
                return (await client.get(f"http://127.0.0.1:{self.port}{path}")).status_code
        except httpx.TransportError:
            return None

    async def is_up(self) -> bool:
        return await self.health() == 200


@pytest.fixture
def start(database_of: Callable[[str], str], issuer: TokenIssuer, tmp_path: Path) -> Iterator[Start]:
    servers: list[Server] = []

    def started(**env: str) -> Server:
        known = {"CATALOG_DATABASE_URL": database_of("catalog"), "JINGQIAO_NATS_URL": "nats://127.0.0.1:9"}
        servers.append(Server({**issuer.settings, **known, **env}, tmp_path / "serve.log"))
        return servers[-1]

    yield started
    for server in servers:
        server.process.kill()
        server.process.wait()


async def test_sigterm_cuts_no_request_of_a_crowd(start: Start) -> None:
    server = start(CATALOG_SHUTDOWN_DELAY_S="1", CATALOG_LOG_LEVEL="WARNING")
    await eventually(server.is_up, within=30)
    async with crowd(server.port, "/v1/demands", size=SIZE) as asking:
        await eventually(partial(_has_answered, asking, 300), within=60)
        server.stop()
        await eventually(lambda: server.process.poll() is not None, within=40)
    assert (asking.cut, set(asking.answered)) == (0, {200})
    assert asking.closing >= SIZE * 3 // 4, "clients were told to go on elsewhere"


def _has_answered(asking: Crowd, count: int) -> bool:
    return asking.answered_count >= count


HEALTHZ = b"GET /healthz HTTP/1.1\r\nHost: ledger\r\n\r\n"


async def test_a_stopping_server_is_not_ready_and_still_answers(settings: ServiceSettings) -> None:
    with ledger.served(settings.model_copy(update={"shutdown_delay_s": 60})) as server:
        port = await eventually(partial(ledger.port_of, server))
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            before = await client.get("/healthz")
            server.should_exit = True
            await eventually(lambda: server.server_state.is_stopping)
            ready = await client.get("/readyz")  # on the connection that was kept
            alive = await client.get("/healthz")  # on a new one
    assert "connection" not in before.headers
    assert (ready.json(), ready.headers["connection"]) == ({"status": "stopping"}, "close")
    assert (alive.status_code, alive.headers["connection"]) == (200, "close")


@pytest.mark.parametrize("sent_before", [0, 20], ids=["nothing", "half a head"])
async def test_a_request_on_its_way_when_the_server_goes_is_answered(
    settings: ServiceSettings, sent_before: int
) -> None:
    with ledger.served(settings) as server:
        port = await eventually(partial(ledger.port_of, server))
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            connection.sendall(HEALTHZ[:sent_before])
            await eventually(lambda: len(server.server_state.connections) == 1)
            server.should_exit = True
            await eventually(partial(_refuses, port))
            connection.sendall(HEALTHZ[sent_before:])
            reply = b"".join(iter(partial(connection.recv, 65536), b""))
    assert reply.startswith(b"HTTP/1.1 200 OK")
    assert b"\r\nconnection: close\r\n" in reply


def _refuses(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


async def test_connections_that_were_opened_and_never_used_do_not_hold_the_server(settings: ServiceSettings) -> None:
    with ledger.served(settings) as server:
        port = await eventually(partial(ledger.port_of, server))
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            await eventually(lambda: len(server.server_state.connections) == 1)
            server.should_exit = True
            assert connection.recv(1) == b""
