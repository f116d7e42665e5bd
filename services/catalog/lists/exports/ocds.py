"""A published list as open contracting data: a release package of OCDS 1.1 with the requirements extension.

Each entry is a release of the contracting process of its demand. Who merges releases keeps whatever a later one does
not mention, and an object or a list that is set to null as well: so what an earlier publication of the demand had and
this one has not is withdrawn member by member.
"""

from collections.abc import Mapping
from typing import Any

from catalog.lists.exports.edition import PublishedEdition
from common.canonical import canonical
from common.contracts.clauses import CLAUSE_LABELS_ZH, ClauseKind
from common.contracts.words import LEVEL_LABELS_ZH, ScenarioLevel
from common.sheets import divisions

VERSION = "1.1"
EXTENSION = (
    "https://raw.githubusercontent.com/open-contracting-extensions/ocds_requirements_extension/master/extension.json"
)
ITEM = "1"
"""Id of the one item of a process, what is sought."""
Release = dict[str, Any]


def render(edition: PublishedEdition) -> bytes:
    document = edition.document
    return canonical(
        {
            "uri": edition.uri("ocds"),
            "version": VERSION,
            "extensions": [EXTENSION],
            "publishedDate": edition.moment,
            "publisher": {
                "name": document["owner_name"],
                "scheme": _scheme(document["owner"]),
                "uid": document["owner"]["code"],
            },
            "releases": [
                *(_release(edition, entry) for entry in document["entries"]),
                *(_withdrawal(edition, demand_id) for demand_id in edition.withdrawn),
            ],
        }
    )


def _release(edition: PublishedEdition, entry: Mapping[str, Any]) -> Release:
    former = edition.formers.get(entry["demand_id"])
    said = _process(entry)
    return {
        **_headed(edition, entry["demand_id"], "planning" if former is None else "planningUpdate"),
        **(said if former is None else updated(_process(former), said)),
    }


def _withdrawal(edition: PublishedEdition, demand_id: str) -> Release:
    return {
        **_headed(edition, demand_id, "planningUpdate"),
        "tender": {"id": demand_id, "status": "withdrawn"},
    }


def _headed(edition: PublishedEdition, demand_id: str, tag: str) -> Release:
    return {
        "ocid": f"{edition.ocid_prefix}-{demand_id}",
        "id": edition.document["id"],
        "date": edition.moment,
        "tag": [tag],
        "initiationType": "tender",
        "language": "zh",
    }


def _process(entry: Mapping[str, Any]) -> Release:
    buyer = {"id": _party_id(entry["owner"]), "name": entry["owner_name"]}
    identifier = {"scheme": _scheme(entry["owner"]), "id": entry["owner"]["code"], "legalName": entry["owner_name"]}
    party = {**buyer, "identifier": identifier, "roles": ["buyer", "procuringEntity"]}
    policies = [{"id": f"policy-{place}", "title": name} for place, name in enumerate(entry["policies"], start=1)]
    return {
        "parties": [party],
        "buyer": buyer,
        "planning": {"documents": policies},
        "tender": _tender(entry, buyer),
    }


def _tender(entry: Mapping[str, Any], buyer: Mapping[str, str]) -> dict[str, Any]:
    said = {
        "minValue": _value(entry["budget_min_fen"], entry["currency"]),
        "value": _value(entry["budget_max_fen"], entry["currency"]),
        "tenderPeriod": _known({"startDate": entry["opens_at"], "endDate": entry["closes_at"]}),
        "procurementMethodDetails": entry["procurement_route"],
        "submissionMethodDetails": entry["docking"],
        "criteria": [_criterion(place, clause) for place, clause in enumerate(entry["clauses"], start=1)],
    }
    return {
        "id": entry["demand_id"],
        "title": entry["title"],
        "description": entry["need"],
        "status": "planned",
        "procuringEntity": buyer,
        "items": [_item(entry)],
        **{name: value for name, value in said.items() if value},
    }


def _item(entry: Mapping[str, Any]) -> dict[str, Any]:
    level = LEVEL_LABELS_ZH[ScenarioLevel(entry["level"])]
    also = [
        {"scheme": "x_JINGQIAO_LEVEL", "id": entry["level"], "description": level},
        *({"scheme": "x_JINGQIAO_TRACK", "id": track, "description": track} for track in entry["tracks"]),
    ]
    place = entry["division"]
    if place:
        also.append({"scheme": "x_GB_T_2260", "id": place, "description": divisions.name_of(place)})
    return {
        "id": ITEM,
        "description": entry["title"],
        "classification": {"scheme": "x_JINGQIAO_DOMAIN", "id": entry["domain"], "description": entry["domain"]},
        "additionalClassifications": also,
    }


def _criterion(place: int, clause: Mapping[str, Any]) -> dict[str, Any]:
    """A clause is one criterion with one requirement; a soft one says so in its title."""
    label = CLAUSE_LABELS_ZH[ClauseKind(clause["kind"])]
    of_tenderer = clause["kind"] == ClauseKind.QUALIFICATION
    about = {"relatesToTenderer": True} if of_tenderer else {"relatesToTenderer": False, "relatedItem": ITEM}
    requirement = {
        "id": f"{place}-1-1",
        "title": _title(clause, label),
        "description": clause["text"],
        **_wanted(clause),
    }
    return {
        "id": str(place),
        "title": label if clause["is_hard"] else f"{label}（可选）",
        "description": clause["text"],
        **about,
        "requirementGroups": [{"id": f"{place}-1", "requirements": [requirement]}],
    }


def _title(clause: Mapping[str, Any], label: str) -> str:
    name, unit = clause.get("metric") or label, clause.get("unit")
    return f"{name}（{unit}）" if unit else name


def _wanted(clause: Mapping[str, Any]) -> dict[str, Any]:
    """What is compared with what. A bound that leaves its own figure out has no member: its words say it."""
    value = _number(clause.get("value"))
    match clause.get("operator"):
        case "ge":
            return {"dataType": "number", "minValue": value}
        case "le":
            return {"dataType": "number", "maxValue": value}
        case "between":
            return {"dataType": "number", "minValue": value, "maxValue": _number(clause["upper"])}
        case "eq":
            return {"dataType": "number", "expectedValue": value}
        case "gt" | "lt":
            return {"dataType": "number"}
    return {"dataType": "boolean", "expectedValue": True}


def _number(value: float | None) -> float | int | None:
    return int(value) if value is not None and value == int(value) else value


def _value(fen: int | None, currency: str) -> dict[str, Any] | None:
    return None if fen is None else {"amount": _number(fen / 100), "currency": currency}


def _party_id(key: Mapping[str, str]) -> str:
    return f"{_scheme(key)}-{key['code']}"


def _scheme(key: Mapping[str, str]) -> str:
    """Of organisations: the country's list, or our name for a scheme from abroad."""
    return "CN-USCC" if key["scheme"] == "uscc" else f"x_{key['scheme'].upper()}"


def _known(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}


def updated(former: Any, said: Any) -> Any:
    """What a later release says, with null for each member that a former one had and this one has not."""
    if isinstance(former, Mapping) and isinstance(said, Mapping):
        gone = {name: withdrawn(value) for name, value in former.items() if name not in said}
        return {**{name: updated(former.get(name), value) for name, value in said.items()}, **gone}
    if _has_ids(former) and _has_ids(said):
        before, after = ({one["id"]: one for one in each} for each in (former, said))
        kept = [updated(before.get(name), one) for name, one in after.items()]
        return [*kept, *(withdrawn(one) for name, one in before.items() if name not in after)]
    return said


def withdrawn(value: Any) -> Any:
    """The same with every member null but ids, by which it is found."""
    if isinstance(value, Mapping):
        return {name: member if name == "id" else withdrawn(member) for name, member in value.items()}
    return [withdrawn(one) for one in value] if _has_ids(value) else None


def _has_ids(value: Any) -> bool:
    """Whether readers merge a list by the ids of what is in it; classifications have ids, and are replaced whole."""
    return isinstance(value, list) and all(
        isinstance(one, Mapping) and "id" in one and "scheme" not in one for one in value
    )
