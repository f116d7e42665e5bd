"""Every process of the platform dies at its boundaries while demands are published, and all comes out as in calm."""

import asyncio
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos import deaths, storm
from tests.chaos.deaths import Deaths
from tests.support.dying import reports
from tests.support.dying.arming import FOLDER
from tests.support.dying.deaths import dying_processes
from tests.support.receiver import Receiver
from tests.support.stack import LiveStack, live_stack

SEED = int(os.environ.get("CHAOS_SEED", "20260119"))
TIMES = int(os.environ.get("CHAOS_TIMES", "1"))
pytestmark = [pytest.mark.long, pytest.mark.timeout(3600)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("deaths")


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, folder: Path) -> Iterator[LiveStack]:
    env = {**storm.ENV, FOLDER: str(folder), "PYTHONPATH": str(Path(__file__).parents[2])}
    with dying_processes(), live_stack(tmp_path_factory.mktemp("stack"), env) as running:
        yield running


@pytest.fixture(scope="module")
def run(stack: LiveStack, folder: Path) -> Deaths:
    with Receiver() as receiver:
        return asyncio.run(deaths.died(stack, receiver, folder, SEED, TIMES))


def test_matches_and_deliveries_are_those_of_a_calm_run(run: Deaths) -> None:
    told = {"demands": len(run.aftermath.stormy), "deliveries": run.deliveries_count}
    wrong = {"different from a calm run": len(run.different()), "twice": run.twice_count(), "lost": run.lost_count()}
    reports.add("platform", SEED, run.died, {**told, **wrong}, {"broker's store wiped": run.wipes})
    assert run.different() == {}
    assert (run.lost_count(), run.twice_count()) == (0, 0)


def test_every_demand_was_published_once(run: Deaths) -> None:
    owned = Counter((demand["id"], demand["state"]) for demand in run.aftermath.owned)
    wanted = (*run.aftermath.stormy, *run.aftermath.calm)
    assert owned == Counter((demand_id, "published") for demand_id in wanted)


def test_a_process_died_at_each_boundary_that_was_asked_for(run: Deaths) -> None:
    assert run.missed == []
