"""Both overlays, rendered once for each test process; each test gets a copy that it may break."""

import copy
import tempfile
from functools import cache
from pathlib import Path

import pytest

from tests.support.kubernetes import rendered
from tests.support.kubernetes.manifests import Manifest


@cache
def _everything(overlay: str) -> list[Manifest]:
    with tempfile.TemporaryDirectory(prefix="jingqiao-manifests-") as folder:
        return rendered.everything(rendered.copied(Path(folder)), overlay)


@pytest.fixture(params=rendered.OVERLAYS)
def manifests(request: pytest.FixtureRequest) -> list[Manifest]:
    return copy.deepcopy(_everything(request.param))


@pytest.fixture
def production() -> list[Manifest]:
    return copy.deepcopy(_everything("production"))


@pytest.fixture
def local() -> list[Manifest]:
    return copy.deepcopy(_everything("local"))
