"""Forms and the bodies they stand for: a field is named like its JSON Pointer, so a fault leads to its field."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from portal.api import ApiRefused, Json
from portal.visits import text

TICKED = "yes"
VERSION = re.compile(r"[0-9]{1,9}")


def name_of(pointer: str) -> str:
    """`#/clauses/3/kind` is the field `clauses-3-kind`."""
    return pointer.lstrip("#/").replace("/", "-")


def rows(form: Mapping[str, Any], group: str, names: Sequence[str]) -> list[dict[str, str]]:
    """The rows of a table in a form, in their order, without those in which nothing is written."""
    pattern = re.compile(rf"^{group}-(\d+)-\w+$")
    numbers = sorted({int(found[1]) for key in form if (found := pattern.match(key))})
    read = ({name: text(form, f"{group}-{number}-{name}") for name in names} for number in numbers)
    return [row for row in read if any(row[name] for name in names if name not in CHOSEN)]


CHOSEN = frozenset({"kind", "operator", "is_hard"})
"""Fields that say something even in a row that nobody filled in."""


@dataclass
class Filled:
    """A form as somebody filled it in: the body it stands for, and what is wrong, by the names of its fields."""

    body: Json
    faults: dict[str, str] = field(default_factory=dict)

    def refused(self, error: ApiRefused) -> None:
        """Take over what an API says is wrong. Raises the error itself when it is of no field."""
        if error.status not in (422, 413) or not error.faults:
            raise error
        for fault in error.faults:
            self.faults.setdefault(name_of(fault.get("pointer") or fault.get("parameter") or ""), fault["detail"])


def version(form: Mapping[str, Any]) -> int | None:
    """The version that a form was made from; None when it names none."""
    said = text(form, "version")
    return int(said) if VERSION.fullmatch(said) else None


def lines(said: str) -> list[str]:
    return [line.strip() for line in said.splitlines() if line.strip()]


def without_empty(row: Mapping[str, Any]) -> Json:
    return {key: value for key, value in row.items() if value not in (None, "")}
