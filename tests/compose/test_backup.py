"""A deployment whose data are gone comes back from its backup, with the same secrets, and goes on from there."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

from deploy.compose.engine import ROOT
from tests.chaos import texts
from tests.chaos.persistence import Persistent
from tests.support.containers import Containers
from tests.support.eventually import eventually
from tests.support.parties import town

UP = {"samples": "no"}


def _backup(platform: Containers, store: Path, *asked: str) -> str:
    argv = [sys.executable, "-m", "deploy.backup", "--store", str(store), "--in", "containers", *asked]
    env = {**os.environ, **platform.env, "VERSION": "0"}
    done = subprocess.run(argv, cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


async def test_what_was_published_before_the_backup_is_there_after_a_restore(
    platform: Containers, tmp_path: Path
) -> None:
    async with town(cast(Any, platform), Persistent(patience_s=60)) as people:
        agency = people.agency()
        before = (await agency.publish(texts.demand(0)))["id"]
        assert "Made" in _backup(platform, tmp_path, "create")
        await agency.publish(texts.demand(1))
        platform.remove()
        assert "make up" in _backup(platform, tmp_path, "restore")
        platform.up("--without-samples")
        assert [each["id"] for each in await agency.listed("catalog", "/v1/demands", mine="true")] == [before]
        later = (await agency.publish(texts.demand(2)))["id"]

        async def is_read() -> bool:
            """The matcher hears of it: streams and consumers are there again."""
            reply = await agency.send("GET", "matcher", f"/v1/demands/{later}/matches")
            return bool(reply.status_code == 200)

        await eventually(is_read, within=120, every=1.0)
