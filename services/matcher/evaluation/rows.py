"""Reads files of one JSON object a line for the commands that measure verdicts and extraction."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

Row = TypeVar("Row", bound=BaseModel)


class BadRows(Exception):
    """A file that cannot be read; the message names the line, the field and what would be right."""


class Loose(BaseModel):
    """A row may hold more than is read, such as a sentence of why."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True, frozen=True)


def read(path: Path, row: type[Row]) -> Sequence[Row]:
    """The rows in order, blank lines left out. Raises BadRows."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadRows(f"{path} cannot be read as UTF-8 text: {error}") from error
    found = [_row(path, number, line, row) for number, line in enumerate(lines, start=1) if line.strip()]
    if not found:
        raise BadRows(f"{path} holds no rows: give one JSON object a line with {_fields(row)}")
    return found


def _row(path: Path, number: int, line: str, row: type[Row]) -> Row:
    try:
        return row.model_validate(json.loads(line))
    except json.JSONDecodeError as error:
        raise BadRows(f"{path}, line {number} is not JSON: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "the line"
        raise BadRows(f"{path}, line {number}, {field}: {first['msg']}; a row has {_fields(row)}") from error


def _fields(row: type[Row]) -> str:
    return ", ".join(
        f"{name}{'' if field.is_required() else ' (may be left out)'}" for name, field in row.model_fields.items()
    )
