"""Reads files of one JSON object a line for the commands that measure verdicts and extraction."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from matcher.json_lines import BadFile, objects

Row = TypeVar("Row", bound=BaseModel)


class Loose(BaseModel):
    """A row may hold more than is read, such as a sentence of why."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True, frozen=True)


def read(path: Path, row: type[Row]) -> Sequence[Row]:
    """The rows in order, blank lines left out. Raises BadFile, whose message names line, field and what a row has."""
    found = [_row(where, given, row) for where, given in objects(path)]
    if not found:
        raise BadFile(f"{path}: no rows: give one JSON object a line with {_fields(row)}")
    return found


def _row(where: str, given: dict[str, Any], row: type[Row]) -> Row:
    try:
        return row.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"]))
        raise BadFile(f"{where}: {field}: {first['msg']}; a row has {_fields(row)}") from error


def _fields(row: type[Row]) -> str:
    return ", ".join(
        f"{name}{'' if field.is_required() else ' (may be left out)'}" for name, field in row.model_fields.items()
    )
