"""A row of a permission table turned the wrong way is noticed: each in one way, in `make prove-permissions` in all."""

import sys
from pathlib import Path

import pytest

from common import logs
from common.permissions.table import ROUTES, of_service
from tests.contract import permission_flips as flips
from tests.contract.permission_flips import Flip, Turning
from tests.contract.permissions import SERVICES


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "request", lambda *_: None)


@pytest.mark.parametrize("service", SERVICES)
async def test_each_row_turned_the_wrong_way_is_noticed(service: str, capsys: pytest.CaptureFixture[str]) -> None:
    counts, unnoticed = await flips.turned(service, most=1)
    assert unnoticed == []
    assert counts["turned"] == counts["rows"] > len(of_service(service).rows) - 4
    with capsys.disabled():
        sys.stdout.write(f"\n{service}, permissions: {dict(counts)}\n")


def test_each_move_of_a_life_cycle_made_by_others_is_noticed() -> None:
    counts, unnoticed = flips.moves_turned()
    assert unnoticed == []
    assert counts["turned"] > 2 * counts["rows"] > 600


async def test_a_row_that_is_as_it_was_agreed_on_is_not(tmp_path: Path) -> None:
    turning = Turning("notify", tmp_path)
    line = "subscriptions\tread_subscription\tmember\town"
    assert await turning.noticed(Flip(ROUTES, line, line)) == []
    wider = await turning.noticed(Flip(ROUTES, line, line.replace("member", "anyone")))
    elsewhere = await turning.noticed(Flip(ROUTES, line, line.replace("own", "all")))
    assert (wider, elsewhere) == (["listing", "requests"], ["listing"])
