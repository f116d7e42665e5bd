"""No request reaches a private address, whatever a name resolves to and wherever an answer points."""

import asyncio
import datetime
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from notify.egress import Answered, Egress, Fault, Guard, GuardedTransport, Resolve, Unanswered

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def says(*answers: Sequence[str]) -> Resolve:
    """A name server that gives these answers in turn, the last one for ever."""
    left = list(answers)

    async def resolve(host: str, port: int) -> Sequence[str]:
        return left.pop(0) if len(left) > 1 else left[0]

    return resolve


@asynccontextmanager
async def listening(serve: Serve, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A server on a free loopback port; yields the port, and ends when all its connections have."""
    served: set[asyncio.Task[None]] = set()

    async def to_the_end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        served.add(asyncio.current_task())  # type: ignore[arg-type]
        try:
            await serve(reader, writer)
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    server = await asyncio.start_server(to_the_end, "127.0.0.1", 0, ssl=tls)
    async with server:
        yield server.sockets[0].getsockname()[1]
        if served:
            await asyncio.wait(served, timeout=5)


def answering(reply: bytes, seen: list[bytes] | None = None) -> Serve:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if seen is not None:
            seen.append(head)
        writer.write(reply)
        await writer.drain()

    return serve


@asynccontextmanager
async def egress(
    resolve: Resolve | None = None,
    *,
    allow_loopback: bool = False,
    timeout_s: float = 5.0,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[Egress]:
    guard = Guard(allow_loopback=allow_loopback, resolve=resolve)
    opened = Egress(GuardedTransport(guard, tls=tls), timeout_s=timeout_s)
    yield opened
    await opened.aclose()


NO_CONTENT = b"HTTP/1.1 204 No Content\r\n\r\n"
REFUSED = Unanswered(Fault.ADDRESS_REFUSED)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "017700000001",
        "127.1",
        "0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "169.254.169.254",
    ],
)
async def test_a_private_host_is_refused_in_every_spelling(host: str) -> None:
    seen: list[bytes] = []
    async with listening(answering(NO_CONTENT, seen)) as port, egress() as out:
        assert await out.post(f"http://{host}:{port}/", b"", {}) == REFUSED
    assert seen == []


@pytest.mark.parametrize("host", ["localhost", "0177.0.0.1", "0x7f.0.0.1", "127.1", "2130706433", "::1"])
async def test_the_systems_own_resolver_is_not_trusted_either(host: str) -> None:
    assert await Guard(allow_loopback=False).fault_of(host, 443, within_s=5) is Fault.ADDRESS_REFUSED


async def test_a_name_that_turns_private_after_it_was_checked_is_refused() -> None:
    guard = Guard(allow_loopback=False, resolve=says(["93.184.216.34"], ["127.0.0.1"]))
    assert await guard.fault_of("rebind.example", 443, within_s=1) is None
    seen: list[bytes] = []
    async with listening(answering(NO_CONTENT, seen)) as port:
        out = Egress(GuardedTransport(guard), timeout_s=5)
        assert await out.post(f"http://rebind.example:{port}/", b"", {}) == REFUSED
        await out.aclose()
    assert seen == []


async def test_of_several_addresses_only_public_ones_are_connected_to() -> None:
    guard = Guard(allow_loopback=False, resolve=says(["10.0.0.5", "93.184.216.34", "::1", "1.1.1.1"]))
    assert await guard.addresses("mixed.example", 443) == ["93.184.216.34", "1.1.1.1"]


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.0.0.5",
        "100.100.100.200",
        "168.63.129.16",
        "169.254.169.254",
        "172.16.0.1",
        "192.168.1.1",
        "::",
        "::ffff:169.254.169.254",
        "64:ff9b::127.0.0.1",
        "fd00:ec2::254",
        "fe80::1%eth0",
    ],
)
async def test_where_loopback_is_allowed_the_rest_of_what_is_private_stays_refused(address: str) -> None:
    guard = Guard(allow_loopback=True, resolve=says([address]))
    assert await guard.fault_of("inside.example", 80, within_s=1) is Fault.ADDRESS_REFUSED


async def test_where_loopback_is_allowed_a_name_loses_its_other_private_addresses() -> None:
    found = ["169.254.169.254", "127.0.0.1", "10.0.0.5", "::1", "93.184.216.34"]
    guard = Guard(allow_loopback=True, resolve=says(found))
    assert await guard.addresses("mixed.example", 80) == ["127.0.0.1", "::1", "93.184.216.34"]


async def test_of_very_many_addresses_only_the_first_four_are_tried() -> None:
    many = [f"93.184.216.{last}" for last in range(1, 100)]
    assert await Guard(allow_loopback=False, resolve=says(many)).addresses("many.example", 443) == many[:4]


async def test_the_connection_goes_to_the_address_that_was_checked_and_names_the_host() -> None:
    seen: list[bytes] = []
    async with listening(answering(NO_CONTENT, seen)) as port, egress(says(["127.0.0.1"]), allow_loopback=True) as out:
        assert await out.post(f"http://nowhere.example:{port}/hook", b"", {}) == Answered(204, None)
    assert f"Host: nowhere.example:{port}".encode() in seen[0]


async def test_a_second_address_is_tried_when_the_first_does_not_answer() -> None:
    resolve = says(["127.0.0.2", "127.0.0.1"])
    async with listening(answering(NO_CONTENT)) as port, egress(resolve, allow_loopback=True) as out:
        assert await out.post(f"http://two.example:{port}/", b"", {}) == Answered(204, None)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_an_answer_and_is_not_followed(status: int) -> None:
    inside: list[bytes] = []
    async with listening(answering(NO_CONTENT, inside)) as private, egress(allow_loopback=True) as out:
        moved = f"HTTP/1.1 {status} Moved\r\nLocation: http://127.0.0.1:{private}/\r\nContent-Length: 0\r\n\r\n"
        async with listening(answering(moved.encode())) as port:
            assert await out.post(f"http://127.0.0.1:{port}/", b"", {}) == Answered(status, None)
    assert inside == []


async def test_a_proxy_named_in_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bytes] = []
    async with listening(answering(NO_CONTENT, seen)) as port:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{port}")
        async with egress(says(["10.1.2.3"])) as out:
            assert await out.post("http://inside.example/", b"", {}) == REFUSED
    assert seen == []


async def test_an_endless_body_is_not_read() -> None:
    sent = 0

    async def pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n")
        with suppress(ConnectionError):
            while True:
                writer.write(b"x" * 65536)
                await writer.drain()
                sent += 65536

    async with listening(pour) as port, egress(allow_loopback=True) as out:
        assert await out.post(f"http://127.0.0.1:{port}/", b"", {}) == Answered(200, None)
    assert sent < 64 * 2**20


async def test_an_answer_counts_even_if_its_body_never_ends() -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nx")
        await reader.read()

    async with listening(drip) as port, egress(allow_loopback=True) as out:
        assert await out.post(f"http://127.0.0.1:{port}/", b"", {}) == Answered(200, None)


async def test_a_receiver_that_trickles_its_answer_is_given_up() -> None:
    async def trickle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        gone = asyncio.create_task(reader.read())
        writer.write(b"HTTP/1.1 200 OK\r\n")
        while not gone.done():
            writer.write(b"X-More: yes\r\n")
            await asyncio.wait([gone], timeout=0.05)

    async with listening(trickle) as port, egress(allow_loopback=True, timeout_s=0.4) as out:
        assert await out.post(f"http://127.0.0.1:{port}/", b"", {}) == Unanswered(Fault.TIMED_OUT)


@pytest.mark.parametrize(
    ("reply", "fault"),
    [(b"", Fault.PROTOCOL_ERROR), (b"SSH-2.0-OpenSSH_9.9\r\n\r\n", Fault.PROTOCOL_ERROR)],
    ids=["silence", "another protocol"],
)
async def test_nonsense_is_a_fault_not_a_crash(reply: bytes, fault: Fault) -> None:
    async with listening(answering(reply)) as port, egress(allow_loopback=True) as out:
        assert await out.post(f"http://127.0.0.1:{port}/", b"", {}) == Unanswered(fault)


async def test_a_closed_port_and_an_unknown_name_are_told_apart() -> None:
    async with listening(answering(NO_CONTENT)) as port:
        pass

    async def nobody(host: str, asked_port: int) -> Sequence[str]:
        raise OSError("no such name")

    async with egress(allow_loopback=True) as out:
        assert await out.post(f"http://127.0.0.1:{port}/", b"", {}) == Unanswered(Fault.CONNECTION_FAILED)
    async with egress(nobody) as out:
        assert await out.post("http://nowhere.example/", b"", {}) == Unanswered(Fault.NAME_UNRESOLVED)


async def test_a_name_server_that_hangs_costs_no_more_than_the_time_limit() -> None:
    async def hang(host: str, port: int) -> Sequence[str]:
        await asyncio.Event().wait()
        return []

    async with egress(hang, timeout_s=0.2) as out:
        assert await out.post("http://slow.example/", b"", {}) == Unanswered(Fault.TIMED_OUT)
    guard = Guard(allow_loopback=False, resolve=hang)
    assert await guard.fault_of("slow.example", 443, within_s=0.1) is Fault.NAME_UNRESOLVED


@pytest.fixture
def certificates(tmp_path: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context with a certificate for right.example, and a client's that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "right.example")])
    today = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("right.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem)
    return server, ssl.create_default_context(cafile=str(pem))


async def test_tls_is_checked_against_the_name_in_the_url(
    certificates: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    server, client = certificates
    async with (
        listening(answering(NO_CONTENT), server) as port,
        egress(says(["127.0.0.1"]), allow_loopback=True, tls=client) as out,
    ):
        assert await out.post(f"https://right.example:{port}/", b"", {}) == Answered(204, None)
        assert await out.post(f"https://wrong.example:{port}/", b"", {}) == Unanswered(Fault.TLS_FAILED)


async def test_a_certificate_nobody_vouches_for_is_refused(
    certificates: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    async with (
        listening(answering(NO_CONTENT), certificates[0]) as port,
        egress(says(["127.0.0.1"]), allow_loopback=True) as out,
    ):
        assert await out.post(f"https://right.example:{port}/", b"", {}) == Unanswered(Fault.TLS_FAILED)
