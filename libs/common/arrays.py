"""Many rows as one parameter for each column: a statement stays the same, and one trip, however many there are."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ARRAY, TableValuedAlias, bindparam, func
from sqlalchemy.types import TypeEngine

Columns = Mapping[str, tuple[TypeEngine[Any], Sequence[Any]]]
"""Values by column name, all of one length, with the type of one of them."""


def rows_of(name: str, columns: Columns) -> TableValuedAlias:
    """A table to select from, `name` in the statement, with the rows in their order. The types that a value goes to as
    it is: text, numbers, UUIDs, moments."""
    parameters = (
        bindparam(f"{name}_{column}", list(values), ARRAY(kind)) for column, (kind, values) in columns.items()
    )
    return func.unnest(*parameters).table_valued(*columns, name=name).render_derived()
