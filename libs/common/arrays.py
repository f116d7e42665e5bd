"""Many rows as one parameter for each column: a statement stays the same, and one trip, however many there are."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ARRAY, TableValuedAlias, bindparam, func
from sqlalchemy.types import TypeEngine

Types = Mapping[str, TypeEngine[Any]]
"""The type of one value, by column name. Those that a value goes to as it is: text, numbers, UUIDs, moments."""


def rows_of(name: str, types: Types) -> TableValuedAlias:
    """A table to select from, `name` in the statement, with the rows in their order. A statement is made with it once,
    as making one takes as long as executing it; `values_of` the same name are its parameters."""
    parameters = (bindparam(f"{name}_{column}", type_=ARRAY(kind)) for column, kind in types.items())
    return func.unnest(*parameters).table_valued(*types, name=name).render_derived()


def values_of(name: str, columns: Mapping[str, Iterable[Any]]) -> dict[str, list[Any]]:
    """By column name, all of one length."""
    return {f"{name}_{column}": list(values) for column, values in columns.items()}
