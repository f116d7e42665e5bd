"""What the operator's guide has one type on the stack of `make run` works as it stands there."""

import shutil
from pathlib import Path

import pytest

from tests.support.checkout import Checkout
from tests.support.eventually import eventually
from tests.support.guide import GUIDES, Block, blocks

STARTED_WITHIN_S = 240.0
pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not all(map(shutil.which, ("curl", "make", "bash"))), reason="needs curl, make, bash"),
]


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


async def test_what_the_guide_has_one_type_works(checkout: Checkout) -> None:
    guide = blocks(GUIDES[0])
    (checkout.folder / ".venv" / ".ready").touch()  # a person's `make run` has set it up
    with checkout.running(within=STARTED_WITHIN_S):
        for block in guide:
            if block.is_endless:
                await _archives(checkout, block)
            elif block.when == "running":
                checkout.typed(block.typed)
    for block in guide:
        if block.when == "stopped":
            checkout.typed(block.typed)
    assert not (checkout.folder / ".jingqiao").exists()


async def _archives(checkout: Checkout, block: Block) -> None:
    """The one that goes on until Ctrl-C; its doing is a file, not words."""
    wal = checkout.folder / "backups" / "wal"
    with checkout.typing(block.typed):
        await eventually(lambda: wal.exists() and any(wal.iterdir()), within=60)
