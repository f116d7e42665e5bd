"""Each column by its own examples."""

import pytest

from matcher.imports.noun import COLUMNS
from tests.support.columns import Row, faults, repeated_names, rows


@pytest.mark.parametrize("row", rows(COLUMNS), ids=lambda row: row["field"])
def test_a_column_is_told_by_its_headers_alone(row: Row) -> None:
    assert list(faults(COLUMNS, row)) == []


def test_no_header_means_two_columns() -> None:
    assert repeated_names(COLUMNS) == set()
