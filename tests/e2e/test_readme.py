"""What the READMEs tell a newcomer to type works as it stands there, on a first run, and prints what they say."""

import re
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from deploy.embedded.plan import RECEIVER_PORT
from deploy.embedded.ports import free_port
from tests.support.checkout import Checkout, blocks
from tests.support.eventually import eventually

READMES = ("README.md", "README.zh-CN.md")
NEEDED = ("curl", "make", "bash")
STARTED_WITHIN_S = 240.0
A_MOMENT_S = 60.0
"""A first run matches the samples meanwhile, here on a machine that does other things too."""

pytestmark = pytest.mark.skipif(not all(map(shutil.which, NEEDED)), reason=f"the READMEs use {', '.join(NEEDED)}")


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Checkout]:
    """As `make run` leaves it the first time, a moment ago."""
    checkout = Checkout(tmp_path)
    with checkout.running(within=STARTED_WITHIN_S):
        yield checkout


def test_both_languages_have_one_type_the_same() -> None:
    """So what holds of the English README holds of the Chinese one; only its remarks are in its own words."""
    english, chinese = ([(_plain(one.typed), one.printed, one.is_endless) for one in blocks(name)] for name in READMES)
    assert english == chinese


def _plain(typed: str) -> list[str]:
    return [line for line in typed.splitlines() if not line.startswith("#")]


async def test_what_is_typed_prints_what_is_printed(stack: Checkout) -> None:
    readme = blocks(READMES[0])
    assert [block.is_endless for block in readme] == [False, False, True, False, True, False, False]
    port = str(free_port())
    for block in readme:
        typed = block.typed.replace(f":{RECEIVER_PORT}/", f":{port}/").replace(" receive ", f" receive --port {port} ")
        if block.is_endless:
            assert block.printed in stack.watched(typed, block.printed, within=A_MOMENT_S)
        elif block.printed:
            await eventually(partial(_prints, stack, typed, block.printed), within=A_MOMENT_S, every=0.5, what=typed)
        else:
            stack.typed(typed)


def _prints(stack: Checkout, typed: str, wanted: str) -> bool:
    """Whether the output has everything between the ellipses of `wanted`, in that order, whatever the white space."""
    shown, at = _squeezed(stack.typed(typed)), 0
    for part in map(_squeezed, wanted.split("…")):
        at = shown.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return True


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text).strip(",[]{}")
