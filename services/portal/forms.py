"""Forms and the bodies they stand for: a field is named like its JSON Pointer, so a fault leads to its field."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from portal.api import ApiDown, ApiRefused, Json
from portal.visits import text

TICKED = "yes"
SEPARATORS = str.maketrans("、，,;；", "\n\n\n\n\n")
REFUSALS = {409: "not_now", 412: "stale", 413: "refused", 422: "refused"}
"""After these a form is shown again as it was filled in."""
WHOLE = re.compile(r"[0-9]{1,9}")
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


class FormRefusal(NamedTuple):
    """Why a form was not stored: the status, its name in the message catalogues, and an API's own words."""

    status: int
    key: str
    detail: str = ""


@dataclass
class Filled:
    """A form as somebody filled it in: the body it stands for, and what is wrong, by the names of its fields."""

    body: Json
    faults: dict[str, str] = field(default_factory=dict)
    refusal: FormRefusal | None = None

    @property
    def status(self) -> int:
        """Of the page that shows it."""
        return self.refusal.status if self.refusal else 422 if self.faults else 200

    def refused(self, error: ApiRefused | ApiDown) -> None:
        """Take over why nothing was stored. Raises the error itself when it is one that the form cannot be sent again
        after, such as a missing role."""
        if isinstance(error, ApiDown):
            self.refusal = FormRefusal(503, "down")
            return
        if error.status not in REFUSALS:
            raise error
        if error.status in (409, 412) or not error.faults:
            self.refusal = FormRefusal(error.status, REFUSALS[error.status], error.detail if error.problem else "")
        for fault in error.faults:
            self.faults.setdefault(name_of(fault.get("pointer") or fault.get("parameter") or ""), fault["detail"])


def version(form: Mapping[str, Any]) -> int | None:
    """The version that a form was made from; None when it names none."""
    said = text(form, "version")
    return int(said) if VERSION.fullmatch(said) else None


def lines(said: str) -> list[str]:
    return [line.strip() for line in said.splitlines() if line.strip()]


def parts(said: str) -> list[str]:
    """What is separated by a comma, a semicolon or a line, Chinese or not."""
    return lines(said.translate(SEPARATORS))


def without_empty(row: Mapping[str, Any]) -> Json:
    return {key: value for key, value in row.items() if value not in (None, "")}
