"""What a person fills in for a step, and the body it stands for; one row for each kind of field."""

from collections.abc import Callable, Mapping
from typing import Any

from portal import formats, forms
from portal.api import Json
from portal.forms import TICKED, Filled
from portal.languages import Speaker
from portal.visits import text
from portal.work.nouns import AskedField, StepForm

SCHEME = "uscc"
"""Of an organisation whose code is written without its scheme, as in `lei:…`."""
Reader = Callable[[Mapping[str, Any], str, Json], Any]


def _organisation(said: str) -> Json | None:
    scheme, _, code = said.rpartition(":")
    return {"scheme": scheme or SCHEME, "code": code} if code else None


def _of(read: Callable[[str], Any]) -> Reader:
    """A field that is one text; nothing is written: None. Raises ValueError for what is none."""
    return lambda form, name, _: read(said) if (said := text(form, name)) else None


def _figures(form: Mapping[str, Any], name: str, record: Json) -> list[float | int | None]:
    """One for each measurement of a validation."""
    return [formats.number(text(form, f"{name}-{place}")) for place in range(len(record["measurements"]))]


def _judgements(form: Mapping[str, Any], name: str, record: Json) -> list[Json]:
    """Whether each indicator of an award is met."""
    places = range(len(record["indicators"]))
    return [{"indicator": place, "is_met": text(form, f"{name}-{place}") == TICKED} for place in places]


def _slots(form: Mapping[str, Any], name: str, _: Json) -> list[Json]:
    rows = forms.rows(form, name, ("starts_at", "ends_at"))
    return [{key: formats.moment_of(said) for key, said in row.items()} for row in rows]


def _instalments(form: Mapping[str, Any], name: str, _: Json) -> list[Json]:
    rows = forms.rows(form, name, ("due_on", "amount_fen"))
    return [{"due_on": row["due_on"], "amount_fen": formats.fen(row["amount_fen"])} for row in rows]


def _comments(form: Mapping[str, Any], name: str, _: Json) -> list[Json]:
    return [
        {"field": row["field"] or "#/title", "comment": row["comment"]}
        for row in forms.rows(form, name, ("field", "comment"))
    ]


KINDS: Mapping[str, Reader] = {
    "text": _of(str),
    "area": _of(str),
    "choice": _of(str),
    "slot": _of(str),
    "date": _of(str),
    "whole": _of(int),
    "wan": _of(formats.fen),
    "day": _of(formats.end_of_day),
    "organisation": _of(_organisation),
    "figures": _figures,
    "judgements": _judgements,
    "slots": _slots,
    "instalments": _instalments,
    "comments": _comments,
}
WRONG = {"whole": "form.whole_number", "day": "form.day", "slots": "form.moment"}
"""What is said of a field that is none of its kind, in place of `form.number`."""


def filled(form: Mapping[str, Any], step: StepForm, record: Json, say: Speaker) -> Filled:
    """A fault for each field that is none of its kind; all else the API judges."""
    found = Filled(dict(step.says))
    for field in step.fields:
        try:
            value = KINDS[field.kind](form, field.name, record)
        except ValueError:
            found.faults[field.name] = say(WRONG.get(field.kind, "form.number"))
            continue
        if value is None and field.is_needed:
            found.faults[field.name] = say("form.missing")
        if value is not None:
            found.body[field.name] = value
    return found


def typed(form: Mapping[str, Any], fields: tuple[AskedField, ...]) -> dict[str, str]:
    """What was written, by the names of the form, to be shown again beside what is wrong."""
    names = tuple(field.name for field in fields)
    return {key: text(form, key) for key in form if key in names or key.rpartition("-")[0].startswith(names)}
