"""A step of the load is judged by its targets, and its bottleneck named from what was measured."""

from dataclasses import replace

import pytest

from tests.bench import capacity
from tests.bench.capacity_report import WIDTH, plot
from tests.bench.capacity_steps import GENERATOR, MIX, TARGETS_S, Step, bottleneck, cost_ms, missed_targets

QUIET = Step(
    wanted=100.0,
    reached=100.0,
    p95_s={"list demands": 0.01, "save profile": 0.05},
    failed=0.0,
    cores={"catalog-serve": 0.2, "postgres": 0.3, "matcher-work": 0.4},
    machine=0.5,
    jobs=(0, 3),
    outbox=(0, 0),
    waits={},
)


def test_the_shares_of_the_mix_are_all_there_is_and_each_kind_has_a_target() -> None:
    assert sum(MIX.values()) == pytest.approx(1.0)
    assert MIX.keys() <= TARGETS_S.keys()


def test_a_step_within_its_targets_misses_none() -> None:
    assert missed_targets(QUIET) == []


def test_a_slow_kind_and_failed_requests_are_named() -> None:
    slow = replace(QUIET, p95_s={**QUIET.p95_s, "list demands": 0.21}, failed=0.02)
    assert missed_targets(slow) == ["list demands", "failed requests"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"machine": 0.95, "cores": {"matcher-work": 1.2, "postgres": 0.6}},
            "all 2 cores busy, matcher-work with 1.20",
        ),
        ({"machine": 0.95, "cores": {"postgres": 0.6}}, "1.30 taken by others"),
        ({"cores": {"matcher-serve": 0.9}}, "matcher-serve is one event loop"),
        ({"jobs": (5, 400)}, "jobs grew from 5 to 400"),
        ({"outbox": (0, 900)}, "waiting events grew from 0 to 900"),
        ({"waits": {"LWLock WALWrite": 7, "IO DataFileRead": 2}}, "waited for LWLock WALWrite"),
        ({}, "none seen"),
    ],
)
def test_the_bottleneck_follows_from_the_figures(changes: dict[str, object], words: str) -> None:
    assert words in bottleneck(replace(QUIET, **changes), cores=2)  # type: ignore[arg-type]


def test_a_longer_wait_has_a_longer_bar() -> None:
    slow = replace(QUIET, p95_s={"list demands": 3.0})
    _, first, second = plot([QUIET, slow], "reads")
    assert first.count("#") < second.count("#") <= WIDTH
    assert "|" in first


def test_a_step_that_missed_is_tried_once_more_and_then_it_is_over() -> None:
    slow = replace(QUIET, failed=0.5)
    assert (capacity.next_rate([]), capacity.next_rate([QUIET])) == (capacity.FIRST, 100.0 * capacity.GROWTH)
    assert (capacity.next_rate([slow]), capacity.is_over([slow])) == (100.0, False)
    assert capacity.is_over([slow, slow])
    assert not capacity.is_over([slow, QUIET])
    assert capacity.is_over([QUIET] * capacity.MOST_STEPS)


def test_the_cost_of_a_request_leaves_out_who_sends_it() -> None:
    assert cost_ms(replace(QUIET, cores={"postgres": 0.3, GENERATOR: 5.0})) == pytest.approx(3.0)
