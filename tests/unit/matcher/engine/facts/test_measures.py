"""The metrics of the table are found in its examples, and none goes by a name of another by accident."""

import re

import pytest

from matcher.engine.facts import measures, readings, units
from matcher.engine.words import tables

ROWS = measures.rows()
COUNTED = {
    "循环", "deployment", "deployments", "references", "projects", "customers", "employees", "staff", "engineers",
    "patents",
}  # fmt: skip
"""Words that name what is counted and that it is counted: 120 employees."""
# A name that two metrics share: the unit, or words beside it, tell which is meant.
SHARED = {"误差", "偏差", "精度", "accuracy", "precision", "error", "repeatability", "capacity", "throughput"}


@pytest.mark.parametrize(
    ("name", "text"),
    [(row.metric.name, text) for row in ROWS for text in row.examples],
)
def test_the_figure_of_an_example_is_of_its_metric(name: str, text: str) -> None:
    metric = readings.read(text)[0].metric
    assert metric is not None
    assert metric.name == name


def test_no_metric_stands_twice() -> None:
    assert tables.repeated(row.metric.name for row in ROWS) == []


def test_no_name_stands_twice_in_a_row() -> None:
    assert [row.metric.name for row in ROWS if tables.repeated(row.names)] == []


def test_a_name_of_two_metrics_is_told_apart_by_the_unit() -> None:
    clashing = {
        name
        for one in ROWS
        for other in ROWS
        if one.metric.name < other.metric.name and one.metric.dimensions & other.metric.dimensions
        for name in {*one.names} & {*other.names}
        if not name.endswith("?")
    }
    assert clashing <= SHARED


def test_no_metric_has_the_name_of_a_unit_but_of_what_is_counted() -> None:
    assert {name for row in ROWS for name in row.names if name.rstrip("?") in units.UNITS} == COUNTED


def test_every_dimension_is_one_that_a_unit_has() -> None:
    known = {unit.dimension for unit in units.UNITS.values()}
    used = {part for row in ROWS for dimension in row.metric.dimensions for part in dimension.split("/")}
    assert used <= known


@pytest.mark.parametrize("line", measures.changes(), ids=lambda line: line.yes[0])
def test_the_share_of_an_example_is_a_change_by_its_own_line_and_that_of_a_near_miss_a_level(
    line: measures.ChangeLine,
) -> None:
    own = re.compile(f"(?:{line.pattern})$", re.IGNORECASE)
    for text in line.yes:
        [figure] = readings.read(text)
        assert (figure.is_change, bool(own.search(text[: figure.quantity.start]))) == (True, True), text
    for text in line.no:
        assert [figure.is_change for figure in readings.read(text)] == [False], text


def test_no_change_is_told_by_two_lines() -> None:
    lines = measures.changes()
    for line in lines:
        for text in line.yes:
            before = text[: readings.read(text)[0].quantity.start]
            told = [one for one in lines if re.search(f"(?:{one.pattern})$", before, re.IGNORECASE)]
            assert told == [line], text
