"""What names or reaches a person in a text, by the patterns of contacts.toml."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parent / "contacts.toml"


@dataclass(frozen=True, slots=True)
class ContactPattern:
    """A row of the file; `yes` pairs a text with what is left of it."""

    id: str
    pattern: re.Pattern[str]
    yes: tuple[tuple[str, str], ...]
    no: tuple[str, ...]


@cache
def rows() -> tuple[ContactPattern, ...]:
    written: list[dict[str, Any]] = tomllib.loads(_FILE.read_text(encoding="utf-8"))["contact"]
    return tuple(
        ContactPattern(
            row["id"], re.compile(row["pattern"], re.IGNORECASE), tuple(map(tuple, row["yes"])), tuple(row["no"])
        )
        for row in written
    )
