"""Brings the containers up once for all tests of this folder, where there is an engine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.compose.engine import Engine, EngineError
from tests.support.containers import Containers, containers

FOLDER = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    try:
        Engine().check()
        missing = ""
    except EngineError as error:
        missing = str(error)
    for item in items:
        if FOLDER in item.path.parents:
            item.add_marker(pytest.mark.compose)
            item.add_marker(pytest.mark.timeout(3600))
            if missing:
                item.add_marker(pytest.mark.skip(reason=missing))


@pytest.fixture(scope="module")
def platform(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Containers]:
    """Up, as the module's UP asks for; `{"nats": "cluster"}` has three brokers. One at a time: they share a project."""
    asked: dict[str, str] = getattr(request.module, "UP", {})
    with containers(tmp_path_factory.mktemp("state"), nats=asked.get("nats", "single")) as found:
        found.up(*(["--without-samples"] if asked.get("samples") == "no" else []))
        yield found
