"""How much is tried: little in `make test`, all in `make attack`; and what was tried, told to whoever looks."""

import os
from collections.abc import Mapping

import pytest

IS_FULL = os.environ.get("ATTACK") == "full"
_ERRORS = 2
"""The channel that test workers share with whoever started them."""


def extent(few: int, all_: int) -> int:
    return all_ if IS_FULL else few


def tell(capsys: pytest.CaptureFixture[str], what: str, counts: Mapping[str, object]) -> None:
    line = f"\n{what}: {', '.join(f'{count} {name}' for name, count in counts.items())}\n"
    with capsys.disabled():
        os.write(_ERRORS, line.encode())
