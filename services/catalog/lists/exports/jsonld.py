"""A published list as linked data: an ItemList of Demands, in the words of schema.org."""

from collections.abc import Mapping
from typing import Any

from catalog.lists.exports.edition import PublishedEdition
from common.canonical import canonical
from common.contracts.words import LEVEL_LABELS_ZH, ScenarioLevel
from common.sheets import divisions

CONTEXT = {"@vocab": "https://schema.org/"}
"""Written out, so that nobody has to fetch it to read the list."""


def render(edition: PublishedEdition) -> bytes:
    document = edition.document
    entries = document["entries"]
    return canonical(
        {
            "@context": CONTEXT,
            "@id": edition.uri("jsonld"),
            "@type": "ItemList",
            "identifier": _identifier("sha-256", edition.digest),
            "name": document["title"],
            **({"description": document["note"]} if document["note"] else {}),
            "numberOfItems": len(entries),
            "itemListOrder": {"@id": "https://schema.org/ItemListOrderAscending"},
            "mainEntityOfPage": {
                "@type": "WebPage",
                "inLanguage": "zh-CN",
                "datePublished": _date(edition.moment),
                "publisher": _organisation(document["owner"], document["owner_name"]),
                "version": document["edition"],
                **({"isBasedOn": {"@id": f"urn:uuid:{document['supersedes']}"}} if document["supersedes"] else {}),
            },
            "itemListElement": [
                {"@type": "ListItem", "position": place, "item": _demand(entry)}
                for place, entry in enumerate(entries, start=1)
            ],
        }
    )


def _demand(entry: Mapping[str, Any]) -> dict[str, Any]:
    """A Demand has no member for who asks: `seeks` of the organisation says it, the other way round."""
    said = {
        "availabilityStarts": _date(entry["opens_at"]),
        "validThrough": _date(entry["closes_at"]),
        "areaServed": _area(entry["division"]),
        "priceSpecification": _price(entry),
    }
    return {
        "@id": f"urn:uuid:{entry['demand_id']}",
        "@type": "Demand",
        "@reverse": {"seeks": _organisation(entry["owner"], entry["owner_name"])},
        "identifier": _identifier("version", str(entry["demand_version"])),
        "name": entry["title"],
        "description": entry["need"],
        "itemOffered": {
            "@type": "Product",
            "name": entry["title"],
            "category": [entry["domain"], LEVEL_LABELS_ZH[ScenarioLevel(entry["level"])], *entry["tracks"]],
            "additionalProperty": [_property(clause) for clause in entry["clauses"]],
        },
        "potentialAction": {"@type": "ApplyAction", "description": entry["docking"]},
        "subjectOf": [{"@type": "CreativeWork", "name": policy} for policy in entry["policies"]],
        **{name: value for name, value in said.items() if value is not None},
    }


_OPERATORS = {"ge": "minValue", "le": "maxValue", "eq": "value"}


def _property(clause: Mapping[str, Any]) -> dict[str, Any]:
    """Bounds that leave their own figure out stand in words alone: there are no members for them."""
    operator, value = clause.get("operator"), clause.get("value")
    figures = {"minValue": value, "maxValue": clause.get("upper")} if operator == "between" else {}
    if operator in _OPERATORS:
        figures = {_OPERATORS[operator]: value}
    unit = {"unitText": clause["unit"]} if clause.get("unit") and figures else {}
    return {
        "@type": "PropertyValue",
        "name": clause.get("metric") or clause["kind"],
        "description": clause["text"],
        "propertyID": clause["kind"],
        **figures,
        **unit,
    }


def _price(entry: Mapping[str, Any]) -> dict[str, Any] | None:
    sides = {"minPrice": entry["budget_min_fen"], "maxPrice": entry["budget_max_fen"]}
    known = {name: fen / 100 for name, fen in sides.items() if fen is not None}
    return {"@type": "PriceSpecification", "priceCurrency": entry["currency"], **known} if known else None


def _area(division: str | None) -> dict[str, Any] | None:
    if division is None:
        return None
    return {
        "@type": "AdministrativeArea",
        "name": divisions.name_of(division),
        "identifier": _identifier("GB/T 2260", division),
    }


def _organisation(key: Mapping[str, str], name: str) -> dict[str, Any]:
    return {"@type": "Organization", "name": name, "identifier": _identifier(key["scheme"], key["code"])}


def _identifier(scheme: str, value: str) -> dict[str, Any]:
    return {"@type": "PropertyValue", "propertyID": scheme, "value": value}


def _date(moment: str | None) -> dict[str, str] | None:
    return {"@type": "DateTime", "@value": moment} if moment else None
