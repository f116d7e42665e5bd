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
    """UPGRADE_FROM, the last tag, or else the first commit that ran in containers."""
    tag = subprocess.run(["git", "describe", "--tags", "--abbrev=0"], cwd=ROOT, capture_output=True, text=True)
    first = _git("log", "--diff-filter=A", "--format=%H", "--", "deploy/compose/compose.yaml").split()
    return os.environ.get("UPGRADE_FROM") or tag.stdout.strip() or first[-1]


@pytest.fixture
def old_and_new(tmp_path: Path) -> Iterator[Containers]:
    """Nothing runs yet; the images of the previous release are built, as the new ones are, from its sources."""
    archive = subprocess.run(["git", "archive", previous()], cwd=ROOT, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=BytesIO(archive)) as sources:
        sources.extractall(tmp_path / "before", filter="data")
    for image in IMAGES:
        argv = ["docker", "build", "--quiet", "--network", os.environ.get("BUILD_NETWORK", "default")]
        argv += ["--file", "deploy/docker/Dockerfile", "--target", image, "--tag", f"jingqiao/{image}:{BEFORE}", "."]
        subprocess.run(argv, cwd=tmp_path / "before", env={**os.environ, "DOCKER_BUILDKIT": "1"}, check=True)
    with containers(tmp_path / "state") as found:
        yield found


async def test_an_upgrade_under_load_loses_nothing(old_and_new: Containers) -> None:
    old_and_new.up("--without-samples", version=BEFORE)

    async def upgrade(publishing: Publishing) -> None:
        await has_published(publishing, BETWEEN)
        await asyncio.to_thread(old_and_new.up, "--without-samples", version=version())
        await has_published(publishing, BETWEEN)

    account = await under_load(old_and_new, upgrade)
    print("\n" + told(account))  # noqa: T201  # for whoever reads the run
    account.check()
