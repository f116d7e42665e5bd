"""A bar tells how far a long command is, also when more turns up meanwhile than was counted."""

import pytest

from common.progress import counted


def test_what_turns_up_while_it_is_counted_is_counted_too(capsys: pytest.CaptureFixture[str]) -> None:
    with counted("profiles", 2) as advance:
        advance(3)
    assert "3/3" in capsys.readouterr().err
