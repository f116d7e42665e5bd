"""Wires the fixtures; what they do lives in tests/support."""

from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import settings
from structlog.dev import ConsoleRenderer, plain_traceback

from deploy.embedded.nats import NatsServer
from deploy.embedded.postgres import PostgresServer
from deploy.embedded.tokens import TokenIssuer
from tests.support.nats_server import own_server
from tests.support.postgres import Build, Databases, session_server
from tests.support.receiver import Receiver
from tests.support.stack import Running

FIRST = ("chaos", "e2e", "integration")
"""Folders whose files take longest, longest first: begun last, one of them would keep one worker busy alone."""


# The usual renderer draws every local variable on the way to an error, which takes it up to twenty seconds.
structlog.configure(
    processors=[
        *structlog.get_config()["processors"][:-1],
        ConsoleRenderer(colors=False, exception_formatter=plain_traceback),
    ]
)
# How long an example takes says more of what else the machine does.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Has the longest files begun first, otherwise in the order collected."""
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    folder = item.path.relative_to(Path(__file__).parent).parts[0]
    return FIRST.index(folder) if folder in FIRST else len(FIRST)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """One server per session (per worker under pytest-xdist)."""
    with session_server(tmp_path_factory.mktemp("postgres")) as server:
        yield server


@pytest.fixture(scope="session")
def databases(postgres: PostgresServer) -> Databases:
    return Databases(postgres)


@pytest.fixture
def empty_database(databases: Databases) -> Iterator[str]:
    """URL of an empty database of this test's own."""
    with databases.borrowed() as borrowed:
        yield borrowed.empty()


@pytest.fixture
def database_of(databases: Databases) -> Iterator[Callable[[str], str]]:
    """`database_of("catalog")` is the URL of a migrated database of this test's own."""
    with databases.borrowed() as borrowed:
        yield borrowed.of


@pytest.fixture
def database_copy(databases: Databases) -> Iterator[Callable[[str, Build], str]]:
    """`database_copy("name", build)` is the URL of a copy of what `build(url)` made once in this session."""
    with databases.borrowed() as borrowed:
        yield borrowed.copy


@pytest.fixture
def nats_server(tmp_path: Path) -> Iterator[NatsServer]:
    """A running server of this test's own; `nats_server.url`."""
    server = own_server(tmp_path / "nats")
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> TokenIssuer:
    """`issuer.settings` is the environment that makes a service trust `issuer.mint(…)`."""
    return TokenIssuer(tmp_path_factory.mktemp("issuer"))


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failed test that used the stack shows what its processes wrote last."""
    report = yield
    running = getattr(item, "funcargs", {}).get("stack")
    if report.failed and isinstance(running, Running):
        report.sections.extend((f"end of {name}.log", tail) for name, tail in running.log_tails())
    return report
