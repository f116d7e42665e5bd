"""What the READMEs tell a newcomer to type works, as it stands there."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.support.eventually import eventually
from tests.support.follower import about, following
from tests.support.stack import LiveStack, live_stack

ROOT = Path(__file__).parents[2]
MARKED = re.compile(r"<!-- story -->\n```bash\n(.*?)```", re.DOTALL)
# A person types all of it in one shell; here each block has its own and finds the variables of those before it.
SHELL = "set -eua; if [ -f state ]; then . ./state; fi\n{block}\nexport -p > state\n"

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="the READMEs use curl")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the newcomer stands: `make run` keeps its state in `.jingqiao` here."""
    return tmp_path_factory.mktemp("clone")


@pytest.fixture(scope="module")
def stack(folder: Path) -> Iterator[LiveStack]:
    """As `make run` leaves it, with samples."""
    with live_stack(folder / ".jingqiao") as running:
        running.write_shell()
        running.load_samples()
        yield running


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
async def test_the_first_request_shows_a_match_with_reasons_and_its_event(
    stack: LiveStack, folder: Path, readme: str
) -> None:
    publish, *look = MARKED.findall((ROOT / readme).read_text(encoding="utf-8"))
    _typed(publish, folder)
    for block in look:
        await eventually(partial(_shows_reasons, block, folder), within=120, every=1.0, what=block)
    demand = {"id": _typed("echo $DEMAND", folder).strip()}
    async with following(stack.nats_url, "notify.>") as follower:
        event = await follower.has(about(demand), within=60)
    assert event["data"]["match"]["verdicts"]


def _typed(block: str, folder: Path) -> str:
    """What a shell prints for a block; fails with its words when it fails."""
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", SHELL.format(block=block)], cwd=folder, capture_output=True, text=True
    )
    assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def _shows_reasons(block: str, folder: Path) -> bool:
    reply = json.loads(_typed(block, folder))
    found = reply.get("items") or reply.get("fits") or []
    return bool(found and found[0]["verdicts"])
