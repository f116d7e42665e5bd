"""The form of a capability profile, and the offer it stands for."""

from collections.abc import Mapping
from typing import Any

from portal import forms
from portal.api import Json
from portal.forms import Filled
from portal.languages import Speaker
from portal.visits import text

OFFER_KINDS = ("solution", "research", "capital", "pilot_service")
GROUPS = {"items": ("title", "text", "trl"), "cases": ("title", "text", "year"), "products": ("name", "text")}
RANKED = ("offer_kind", "headline", "summary", "items", "cases", "products", "tracks")
NUMBERS = ("trl", "year")
VISIBILITIES = ("public", "parties", "hidden")
TRAITS = {
    "ownership": ("state_owned", "private", "foreign", "mixed", "collective", "public_institution", "other"),
    "size_class": ("large", "medium", "small", "micro"),
}
"""What a firm may say about itself, which no ranking reads."""
SPARE = 1
"""Empty rows that a table of the form shows beyond those that are filled in."""


def filled(form: Mapping[str, Any], say: Speaker) -> Filled:
    """A fault for each figure that is none; all else the matcher judges.

    A form without a field, as the release before drew it, leaves alone what is on record.
    """
    found = Filled(
        {
            "offer_kind": text(form, "offer_kind") or OFFER_KINDS[0],
            "headline": text(form, "headline"),
            "summary": text(form, "summary") or None,
            "division": text(form, "division") or None,
            "visibility": text(form, "visibility") or None,
            **{name: text(form, name) or None for name in TRAITS if name in form},
            "tracks": forms.parts(text(form, "tracks")),
        }
    )
    for group, names in GROUPS.items():
        rows = forms.rows(form, group, names)
        found.body[group] = [_row(found, say, f"{group}-{place}", row) for place, row in enumerate(rows)]
    return found


def _row(found: Filled, say: Speaker, name: str, row: dict[str, str]) -> Json:
    read: Json = forms.without_empty(row)
    for each in NUMBERS:
        if each in read:
            try:
                read[each] = int(read[each])
            except ValueError:
                found.faults[f"{name}-{each}"] = say("form.whole_number")
    return read


def as_offer(body: Json) -> Json:
    """What of a profile the ranking may read: no place, nothing that was recorded about it."""
    return {name: body[name] for name in RANKED if body.get(name) is not None}


def spare(body: Json, more: str = "") -> dict[str, int]:
    """How many rows each table of the form shows."""
    return {group: len(body.get(group) or []) + SPARE + (group == more) for group in GROUPS}
