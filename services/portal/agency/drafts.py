"""The form of a demand, and the draft it stands for, also while it is half written."""

from collections.abc import Mapping
from typing import Any

from portal import formats, forms
from portal.api import Json
from portal.forms import TICKED, Filled
from portal.languages import Speaker
from portal.public.pages import DOMAINS, KINDS
from portal.visits import text

UNTITLED, UNSAID = "（未填写标题）", "（未填写需求说明）"
"""Stand for what is not written yet, as the catalog keeps no draft without a title and a need. Never published here."""
STANDING_FOR = {"title": UNTITLED, "need": UNSAID}
CLAUSE = ("kind", "text", "is_hard", "metric", "operator", "value", "upper", "unit")
CLAUSE_KINDS = ("function", "performance", "standard", "qualification", "data", "security", "delivery", "budget")
COMPARISONS = ("ge", "gt", "le", "lt", "eq", "between")
ROUTES = ("公开招标", "竞争性磋商", "合作创新采购", "揭榜挂帅", "无采购(试用)", "企业自主")
CONTENT = (
    "kind", "title", "need", "clauses", "domain", "tracks", "division", "locality", "budget_min_fen", "budget_max_fen",
    "currency", "opens_at", "closes_at", "procurement_route", "docking", "policies", "policy_ids", "contact",
)  # fmt: skip
CONTACT = ("name", "phone", "email")
SPARE = 2


def blank() -> Json:
    return {"kind": KINDS[0], "title": "", "need": "", "clauses": [], "domain": DOMAINS[-1]}


def filled(form: Mapping[str, Any], say: Speaker) -> Filled:
    """A fault for each figure or day that is none; all else the catalog judges."""
    found = Filled({name: text(form, name) or None for name in ("division", "docking", "procurement_route")})
    found.body |= {
        "kind": text(form, "kind") or KINDS[0],
        "title": text(form, "title"),
        "need": text(form, "need"),
        "domain": text(form, "domain") or DOMAINS[-1],
        "tracks": forms.parts(text(form, "tracks")),
        "policies": forms.lines(text(form, "policies")),
        "contact": _contact(form),
        "locality": _locality(form),
    }
    for name in ("budget_min_fen", "budget_max_fen"):
        found.body[name] = _read(found, name, text(form, name), formats.fen, say("form.number"))
    day = text(form, "closes_at")
    found.body["closes_at"] = _read(found, "closes_at", day, formats.end_of_day, say("form.day")) if day else None
    rows = forms.rows(form, "clauses", CLAUSE)
    found.body["clauses"] = [_clause(found, say, place, row) for place, row in enumerate(rows)]
    return found


def _read(found: Filled, name: str, said: str, how: Any, fault: str) -> Any:
    try:
        return how(said)
    except ValueError:
        found.faults[name] = fault
        return None


def _clause(found: Filled, say: Speaker, place: int, row: dict[str, str]) -> Json:
    clause: Json = forms.without_empty({key: row[key] for key in ("kind", "text", "metric", "operator", "unit")})
    for key in ("value", "upper"):
        if row[key]:
            clause[key] = _read(found, f"clauses-{place}-{key}", row[key], formats.number, say("form.number"))
    if clause.get("value") is None:  # a comparison alone compares nothing
        clause.pop("operator", None)
    return {"kind": CLAUSE_KINDS[0], **clause, "text": row["text"], "is_hard": row["is_hard"] == TICKED}


def _contact(form: Mapping[str, Any]) -> Json | None:
    said = forms.without_empty({name: text(form, f"contact-{name}") for name in CONTACT})
    return said or None


def _locality(form: Mapping[str, Any]) -> Json | None:
    places = forms.parts(text(form, "locality-divisions"))
    reason = text(form, "locality-justification")
    return {"divisions": places, "justification": reason} if places or reason else None


def kept(body: Json) -> Json:
    """The body as a draft that can be stored: what is not written yet is stood for."""
    return {**body, **{name: body[name] or said for name, said in STANDING_FOR.items()}}


def opened(demand: Json) -> Json:
    """A stored draft as its form shows it."""
    return {**demand, **{name: "" for name, said in STANDING_FOR.items() if demand[name] == said}}


def content(demand: Json) -> Json:
    """What of a demand's record its owner said."""
    return {name: demand[name] for name in CONTENT if name in demand}


def merged(stored: Json, body: Json) -> Json:
    """What is sent in place of a stored demand: what the form says, and of the record what no form shows. A deadline
    whose day nobody changed stays the moment it was."""
    sent = content(stored) | content(body)
    if formats.last_day(stored["closes_at"]) == formats.last_day(sent["closes_at"]):
        sent["closes_at"] = stored["closes_at"]
    return sent


def lacking(demand: Json) -> list[str]:
    """The fields without which a demand is not to be submitted."""
    body = opened(demand)
    return [name for name in ("title", "need", "clauses", "closes_at") if not body.get(name)]
