"""The forms of a call for solutions, and the bodies they stand for."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from portal import formats, forms
from portal.api import Json
from portal.forms import TICKED, Filled
from portal.languages import Speaker
from portal.visits import text

LANGUAGES = ("zh", "en")
CRITERIA = 6
MEMBERS = 3
CHOSEN = "chosen"
PLACE = re.compile(r"^responses-(\d+)")


def called(form: Mapping[str, Any], say: Speaker) -> Filled:
    """A call: criteria with weights, until when, and by when it is decided."""
    found = Filled({"demand_id": text(form, "demand_id"), "note": text(form, "note") or None, "criteria": []})
    for number, row in enumerate(forms.rows(form, "criteria", ("name", "weight"))):
        weight = _whole(found, say, f"criteria-{number}-weight", row["weight"])
        found.body["criteria"].append({"name": row["name"], "weight": weight})
    for name in ("closes_at", "decide_by"):
        _day(found, say, name, text(form, name))
    if said := text(form, "scores_needed"):
        found.body["scores_needed"] = _whole(found, say, "scores_needed", said)
    return found


def _whole(found: Filled, say: Speaker, name: str, said: str) -> int | str:
    if not forms.WHOLE.fullmatch(said):
        found.faults[name] = say("form.whole_number")
        return said
    return int(said)


def _day(found: Filled, say: Speaker, name: str, said: str) -> None:
    if not said:
        return
    try:
        found.body[name] = formats.end_of_day(said)
    except ValueError:
        found.faults[name] = say("form.day")


def solved(form: Mapping[str, Any], clauses: Sequence[Json], say: Speaker) -> Filled:
    """A solution: an answer to each clause that one is written for, with its evidence."""
    found = Filled({name: text(form, name) for name in ("title", "summary")})
    found.body["language"] = text(form, "language") or LANGUAGES[0]
    found.body["trl"] = _whole(found, say, "trl", text(form, "trl"))
    try:
        found.body["price_fen"] = formats.fen(text(form, "price_fen"))
    except ValueError:
        found.faults["price_fen"] = say("form.number")
    found.body["responses"] = [each for place in range(len(clauses)) if (each := _response(form, place))["answer"]]
    found.body["members"] = [
        {"organisation": {"scheme": "uscc", "code": row["code"]}, "name": row["name"], "role": row["role"]}
        for row in forms.rows(form, "members", ("code", "name", "role"))
    ]
    return found


def _response(form: Mapping[str, Any], place: int) -> Json:
    at = f"responses-{place}"
    evidence = {name: text(form, f"{at}-{name}") for name in ("title", "reference")}
    return {
        "clause": place,
        "answer": text(form, f"{at}-answer"),
        "evidence": [evidence] if any(evidence.values()) else [],
    }


def by_clause(filled: Filled) -> None:
    """Faults of responses, which the catalog counts, put to the clauses that they answer."""
    places = [each["clause"] for each in filled.body["responses"]]
    filled.faults = {_place(places, name): detail for name, detail in filled.faults.items()}


def _place(places: Sequence[int], name: str) -> str:
    found = PLACE.match(name)
    if not found or int(found[1]) >= len(places):
        return name
    return f"responses-{places[int(found[1])]}-answer"


def opened(solution: Json) -> Json:
    """A solution as its form shows it: responses by the clauses they answer."""
    return {**solution, "by_clause": {each["clause"]: each for each in solution.get("responses") or ()}}


def decided(form: Mapping[str, Any], solutions: Sequence[Json]) -> Json:
    """Each solution chosen, or declined with its reason."""
    chosen = [each["id"] for each in solutions if text(form, f"s-{each['id']}") == CHOSEN]
    declined = [
        {"solution_id": one, "code": text(form, f"code-{one}"), "reason": text(form, f"reason-{one}")}
        for each in solutions
        if (one := each["id"]) not in chosen
    ]
    return {"chosen": chosen, "declined": declined}


def extended(form: Mapping[str, Any], say: Speaker) -> Filled:
    found = Filled({"reason": text(form, "reason")})
    for name in ("closes_at", "decide_by"):
        _day(found, say, name, text(form, name))
    return found


def appointed(form: Mapping[str, Any]) -> Json:
    rows = forms.rows(form, "evaluators", ("code", "subject", "name"))
    return {
        "evaluators": [
            {"organisation": {"scheme": "uscc", "code": row["code"]}, "subject": row["subject"], "name": row["name"]}
            for row in rows
        ]
    }


def declared(form: Mapping[str, Any]) -> Json:
    codes = forms.parts(text(form, "interests"))
    return {
        "has_conflict": text(form, "has_conflict") == TICKED,
        "interests": [{"scheme": "uscc", "code": code} for code in codes],
        "statement": text(form, "statement") or None,
    }


def scored(form: Mapping[str, Any], criteria: Sequence[Json], say: Speaker) -> Filled:
    found = Filled({"points": {}, "comment": text(form, "comment") or None})
    for number, each in enumerate(criteria):
        found.body["points"][each["name"]] = _whole(found, say, f"points-{number}", text(form, f"points-{number}"))
    return found
