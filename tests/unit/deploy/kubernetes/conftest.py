"""Both overlays, rendered once for each test process; each test gets a copy that it may break."""

import copy
from pathlib import Path

import pytest

from tests.support.kubernetes import rendered
from tests.support.kubernetes.manifests import Manifest


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the manifests with what is generated for the overlay `local`: the checkout itself has none of it."""
    return rendered.copied(tmp_path_factory.mktemp("manifests"))


@pytest.fixture(scope="session")
def once(folder: Path) -> dict[str, list[Manifest]]:
    return {overlay: rendered.everything(folder, overlay) for overlay in rendered.OVERLAYS}


@pytest.fixture(params=rendered.OVERLAYS)
def manifests(request: pytest.FixtureRequest, once: dict[str, list[Manifest]]) -> list[Manifest]:
    return copy.deepcopy(once[request.param])


@pytest.fixture
def production(once: dict[str, list[Manifest]]) -> list[Manifest]:
    return copy.deepcopy(once["production"])


@pytest.fixture
def local(once: dict[str, list[Manifest]]) -> list[Manifest]:
    return copy.deepcopy(once["local"])
