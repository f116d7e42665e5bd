"""Connections to the broker and the database, and from clients, are encrypted to who holds a trusted certificate."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import httpx
import pytest
import uvicorn
from pydantic import ValidationError
from sqlalchemy import make_url, text

from common import runtime
from common.broker_access import Access
from common.bus import Bus
from common.database import Database
from common.errors import Unavailable
from common.server import Server
from common.settings import ServiceSettings
from deploy.embedded.nats import NatsServer
from deploy.embedded.ports import free_port
from deploy.embedded.postgres import PostgresServer
from deploy.embedded.tokens import TokenIssuer
from tests.integration.common import service_under_test as ledger
from tests.support.certificates import Authority, Certificate
from tests.support.eventually import eventually
from tests.support.tls_front import TlsFront, tls_front


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "authority")


@pytest.fixture
def stranger(tmp_path: Path) -> Authority:
    """Another authority, which nobody here trusts, or trusts in vain."""
    return Authority(tmp_path / "stranger")


@pytest.fixture
def certificate(authority: Authority) -> Certificate:
    return authority.certificate("localhost")


# The broker.


@pytest.fixture
def tls_broker(tmp_path: Path, certificate: Certificate) -> Iterator[NatsServer]:
    tls = {"cert_file": str(certificate.chain), "key_file": str(certificate.key)}
    server = NatsServer(tmp_path / "nats", free_port(), more={"tls": tls})
    server.start()
    yield server
    server.stop()


async def is_reached(url: str, ca: Path | None) -> bool:
    bus = Bus(url, name="ledger", timeout_s=1, access=Access(ca=ca))
    bus.open()
    try:
        await bus.wait_connected(within_s=2)
        return await bus.state_of("NONE") is None
    except TimeoutError:
        return False
    finally:
        await bus.close()


async def test_the_broker_is_reached_by_tls(tls_broker: NatsServer, authority: Authority) -> None:
    assert await is_reached(f"tls://localhost:{tls_broker.port}", authority.ca)


async def test_a_broker_of_another_authority_is_not_talked_to(tls_broker: NatsServer, stranger: Authority) -> None:
    assert not await is_reached(f"tls://localhost:{tls_broker.port}", stranger.ca)


async def test_a_broker_of_another_name_is_not_talked_to(tls_broker: NatsServer, authority: Authority) -> None:
    assert not await is_reached(f"tls://127.0.0.1:{tls_broker.port}", authority.ca)


async def test_a_broker_that_offers_no_tls_is_not_talked_to(nats_server: NatsServer, authority: Authority) -> None:
    assert await is_reached(f"nats://localhost:{nats_server.port}", None)
    assert not await is_reached(f"tls://localhost:{nats_server.port}", authority.ca)


# The database.


@pytest.fixture
async def front(
    postgres: PostgresServer, settings: ServiceSettings, certificate: Certificate
) -> AsyncIterator[TlsFront]:
    """The wheel's PostgreSQL is built without TLS: a server with the certificate stands before it."""
    async with tls_front(postgres.port, certificate) as running:
        yield running


def at(front: TlsFront, settings: ServiceSettings, host: str = "localhost", **how: object) -> ServiceSettings:
    url = make_url(settings.database_url).set(host=host, port=front.port).render_as_string(hide_password=False)
    return settings.model_copy(update={"database_url": url, **how})


async def answers(settings: ServiceSettings) -> None:
    """In both ways in which a service connects: through the pool, and on its own for notifications.

    Raises Unavailable when one of them is refused.
    """
    database = Database(settings)
    try:
        async with database.begin() as session:
            assert await session.scalar(text("SELECT 1")) == 1
        connection = await asyncpg.connect(database.dsn)
        assert await connection.fetchval("SELECT 1") == 1
        await connection.close()
    finally:
        await database.close()


async def test_the_database_is_reached_by_tls(front: TlsFront, settings: ServiceSettings, authority: Authority) -> None:
    await answers(at(front, settings, database_tls="verify-full", database_ca=authority.ca))
    assert front.encrypted_count == 2
    await answers(at(front, settings, database_tls="require"))
    assert front.encrypted_count == 4
    with pytest.raises(Unavailable):
        await answers(at(front, settings, database_tls="disable"))


async def test_a_database_of_another_authority_or_name_is_not_talked_to(
    front: TlsFront, settings: ServiceSettings, authority: Authority, stranger: Authority
) -> None:
    for host, ca in (("localhost", stranger.ca), ("127.0.0.1", authority.ca)):
        with pytest.raises(Unavailable):
            await answers(at(front, settings, host, database_tls="verify-full", database_ca=ca))
    await answers(at(front, settings, "127.0.0.1", database_tls="verify-ca", database_ca=authority.ca))


async def test_a_database_that_offers_no_tls_is_not_talked_to(settings: ServiceSettings) -> None:
    with pytest.raises(Unavailable):
        await answers(settings.model_copy(update={"database_tls": "require"}))


# Clients.


@asynccontextmanager
async def serving(settings: ServiceSettings) -> AsyncIterator[int]:
    """The port of a ledger that really listens."""
    port = free_port()
    server = uvicorn.Server(runtime.server_config(ledger.ledger_app(settings), settings, port))
    task = asyncio.create_task(server.serve())
    try:
        yield port
    finally:
        server.should_exit = True
        await task


async def test_clients_are_served_by_https(
    settings: ServiceSettings, authority: Authority, certificate: Certificate
) -> None:
    tls = {"host": "localhost", "tls_certificate": certificate.chain, "tls_key": certificate.key}
    settings = settings.model_copy(update=tls)
    async with serving(settings) as port:
        transport = httpx.AsyncHTTPTransport(verify=_context(authority.ca), retries=10)
        async with httpx.AsyncClient(transport=transport) as client:
            reply = await client.get(f"https://localhost:{port}/healthz")
            assert (reply.status_code, reply.json()) == (200, {"status": "ok"})
            assert reply.headers["strict-transport-security"] == "max-age=31536000"
        async with httpx.AsyncClient() as client:
            with pytest.raises(httpx.HTTPError):
                await client.get(f"http://localhost:{port}/healthz")


async def test_a_renewed_certificate_is_shown_without_a_restart(
    settings: ServiceSettings, authority: Authority, certificate: Certificate, stranger: Authority
) -> None:
    tls = {"host": "localhost", "tls_certificate": certificate.chain, "tls_key": certificate.key}
    app, port = ledger.ledger_app(settings), free_port()
    config = runtime.server_config(app, settings.model_copy(update=tls), port)
    server = Server(config, app, delay_s=0)
    task = asyncio.create_task(server.serve())
    try:
        await eventually(lambda: _is_shown(port, authority.ca))
        renewed = stranger.certificate("localhost")
        certificate.chain.write_bytes(renewed.chain.read_bytes())
        server.take_up_certificate()  # the key is still the old one
        assert await _is_shown(port, authority.ca)
        certificate.key.write_bytes(renewed.key.read_bytes())
        server.take_up_certificate()
        assert await _is_shown(port, stranger.ca)
        assert not await _is_shown(port, authority.ca)
    finally:
        server.should_exit = True
        await task


async def _is_shown(port: int, ca: Path) -> bool:
    """Whether a client that trusts `ca` alone gets an answer."""
    async with httpx.AsyncClient(verify=_context(ca)) as client:
        try:
            return (await client.get(f"https://localhost:{port}/healthz")).status_code == 200
        except httpx.ConnectError:
            return False


def _context(ca: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=ca)


def _listening() -> socket.socket:
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setblocking(False)
    return listener


async def test_who_begins_no_handshake_holds_up_neither_the_others_nor_the_end(
    settings: ServiceSettings, authority: Authority, certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("common.server.HANDSHAKE_S", 0.5)
    tls = settings.model_copy(update={"tls_certificate": certificate.chain, "tls_key": certificate.key})
    app = ledger.ledger_app(tls)
    config = runtime.server_config(app, tls, 0)
    config.load()
    server, listening = Server(config, app, delay_s=0), _listening()
    server.lifespan, server.servers, server._listeners = config.lifespan_class(config), [], [listening]
    *silent, last = (socket.create_connection(listening.getsockname()) for _ in range(9))
    opening = asyncio.open_connection(sock=last, ssl=_context(authority.ca), server_hostname="localhost")
    async with asyncio.timeout(3):
        _, opened = await asyncio.gather(server._accept_the_last(), opening)
    assert len(server.server_state.connections) == 1
    opened[1].close()
    for each in silent:
        each.close()


@pytest.mark.parametrize(
    "half",
    [{"database_tls": "verify-full"}, {"database_ca": "ca.pem"}, {"tls_certificate": "a.pem"}, {"tls_key": "a.key"}],
)
def test_half_a_setting_is_refused(half: dict[str, str], issuer: TokenIssuer) -> None:
    with pytest.raises(ValidationError):
        ledger.settings_for("postgresql+asyncpg://none", issuer, **half)
