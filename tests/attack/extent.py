"""How much is tried: little in `make test`, all in `make attack`; and what was tried, told to whoever looks."""

import os
import sys
from collections.abc import Mapping

import pytest

IS_FULL = os.environ.get("ATTACK") == "full"


def extent(few: int, all_: int) -> int:
    return all_ if IS_FULL else few


def tell(capsys: pytest.CaptureFixture[str], what: str, counts: Mapping[str, object]) -> None:
    with capsys.disabled():
        sys.stdout.write(f"\n{what}: {', '.join(f'{count} {name}' for name, count in counts.items())}\n")
