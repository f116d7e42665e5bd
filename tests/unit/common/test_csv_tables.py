"""Tables as CSV."""

from common.csv_tables import csv_table


def test_no_cell_is_a_formula_and_quotes_are_doubled() -> None:
    table = csv_table(["value", "count"], [{"value": "=1+1", "count": -3}, {"value": 'a "b", c', "count": None}])
    assert table == '\ufeffvalue,count\r\n\'=1+1,-3\r\n"a ""b"", c",\r\n'
