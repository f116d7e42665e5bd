"""One release takes the place of another while demands are published: no request fails for good, nothing is lost."""

import asyncio
import os
import subprocess
import tarfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from deploy.compose.engine import ROOT, version
from tests.chaos.storm import Publishing
from tests.compose.load import has_published, told, under_load
from tests.support.containers import Containers, containers

IMAGES = ("catalog", "matcher", "notify")
BEFORE = "before"
BETWEEN = 40


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def previous() -> str:
    """UPGRADE_FROM, the last tag, or else the commit from which on containers have identities at the broker.

    Before it streams were in no account, and no release was ever made of that.
    """
    tag = subprocess.run(["git", "describe", "--tags", "--abbrev=0"], cwd=ROOT, capture_output=True, text=True)
    first = _git("log", "-S", "nats_accounts", "--format=%H", "--", "deploy/compose/compose.yaml").split()
    return _git("rev-parse", os.environ.get("UPGRADE_FROM") or tag.stdout.strip() or first[-1])


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The checkout of the previous release; its images are built, as the new ones are, from its sources."""
    folder = tmp_path_factory.mktemp("before")
    archive = subprocess.run(["git", "archive", previous()], cwd=ROOT, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=BytesIO(archive)) as sources:
        sources.extractall(folder, filter="data")
    for image in IMAGES:
        if _revision_of(f"jingqiao/{image}:{BEFORE}") == previous():
            continue
        argv = ["docker", "build", "--quiet", "--network", os.environ.get("BUILD_NETWORK", "default")]
        argv += ["--build-arg", f"REVISION={previous()}"]
        argv += ["--file", "deploy/docker/Dockerfile", "--target", image, "--tag", f"jingqiao/{image}:{BEFORE}", "."]
        subprocess.run(argv, cwd=folder, env={**os.environ, "DOCKER_BUILDKIT": "1"}, check=True)
    return folder


def _revision_of(image: str) -> str:
    """The commit that an image was built from; empty when there is no such image."""
    label = '{{index .Config.Labels "org.opencontainers.image.revision"}}'
    asked = ["docker", "image", "inspect", "--format", label, image]
    return subprocess.run(asked, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Containers]:
    """Nothing runs yet."""
    with containers(tmp_path / "state") as found:
        yield found


async def test_an_upgrade_under_load_loses_nothing(platform: Containers, before: Path) -> None:
    platform.up("--without-samples", version=BEFORE, root=before)

    async def upgrade(publishing: Publishing) -> None:
        await has_published(publishing, BETWEEN)
        await asyncio.to_thread(platform.up, "--without-samples", version=version())
        await has_published(publishing, BETWEEN)

    account = await under_load(platform, upgrade)
    print("\n" + told(account))  # noqa: T201  # for whoever reads the run
    account.check()
