"""What a person does first works in containers as it does on one machine."""

import json
import os
import re
import subprocess
import time
from functools import partial

import httpx
import pytest

from deploy.compose.secret_files import MADE
from tests.support.checkout import SHELL, blocks
from tests.support.containers import PARTS, Containers
from tests.support.eventually import eventually

SAMPLES_MATCHED_WITHIN_S = 600.0
READY_AFTER_S = 4.0
"""On a machine that does nothing else; here it is counted in processor time."""
TICKS_PER_S = os.sysconf("SC_CLK_TCK")
AT_REST_MB = {"catalog": 160, "notify": 160, "matcher": 1100, "nats": 256, "postgres": 1024}


def test_everything_is_up_and_well(platform: Containers) -> None:
    assert {part: platform.state_of(part) for part in PARTS} == dict.fromkeys(PARTS, "running healthy")
    assert platform.exit_codes() == dict.fromkeys(
        ("postgres-setup", "catalog-migrate", "matcher-migrate", "notify-migrate"), 0
    )


async def test_the_first_request_gets_the_answer_that_the_readme_prints(platform: Containers) -> None:
    publish, look = blocks("README.md")[:2]
    folder = platform.state
    _typed(publish.typed.replace(".jingqiao/shell.sh", "./shell.sh"), folder)
    await eventually(
        partial(_prints, look.typed, look.printed, folder), within=SAMPLES_MATCHED_WITHIN_S, every=2.0, what=look.typed
    )


def _typed(block: str, folder: object) -> str:
    argv = ["bash", "-o", "pipefail", "-c", SHELL.format(block=block)]
    done = subprocess.run(argv, cwd=str(folder), capture_output=True, text=True)
    assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def _prints(block: str, wanted: str, folder: object) -> bool:
    shown = re.sub(r"\s+", "", _typed(block, folder))
    at = 0
    for part in (re.sub(r"\s+", "", each).strip(",[]{}") for each in wanted.split("…")):
        if (at := shown.find(part, at)) < 0:
            return False
        at += len(part)
    return True


def test_up_can_be_repeated(platform: Containers) -> None:
    before = {name: (platform.state / name).read_text() for name in MADE}
    assert "is running" in platform.up()
    assert {name: (platform.state / name).read_text() for name in MADE} == before


@pytest.mark.parametrize("part", ["catalog", "matcher", "notify"])
async def test_an_image_is_ready_soon_beside_a_running_database_and_broker(platform: Containers, part: str) -> None:
    platform.kill(part)
    began = time.monotonic()
    platform.start(part)
    await eventually(partial(_is_ready, platform.url(part, "/readyz")), within=60, every=0.02)
    took_s = time.monotonic() - began
    # 14 and 15: what the first process and its threads have computed, for itself and in the kernel.
    ticks = platform.run(part, "cat", "/proc/1/stat").rpartition(")")[2].split()[11:13]
    computed_s = sum(map(int, ticks)) / TICKS_PER_S
    print(f"\n{part}: ready {took_s:.1f} s after it was told to start, {computed_s:.1f} s of which it computed")  # noqa: T201
    assert computed_s <= READY_AFTER_S


def _is_ready(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2, trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def test_containers_at_rest_stay_well_below_their_limits(platform: Containers) -> None:
    held = platform.memory_mb()
    print("\n" + json.dumps(held))  # noqa: T201  # for whoever reads the run
    allowed = {part: AT_REST_MB[part.removesuffix("-work")] for part in PARTS}
    assert {part: held[part] for part in PARTS if held[part] > allowed[part]} == {}
