"""Release packages of open contracting: by the official schemas, and as who merges releases reads them."""

import json
from pathlib import Path
from typing import Any

import ocdsmerge
import pytest
from jsonschema import Draft4Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT4

from catalog.lists.exports import ocds
from catalog.lists.exports.edition import PublishedEdition
from tests.support.editions import CLAUSE, PERFORMANCE, edition, entry, sample_entries

SCHEMAS = Path(__file__).parents[3] / "data" / "ocds"
Json = dict[str, Any]


def schema(name: str) -> Json:
    found: Json = json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))
    return found


def extended() -> Json:
    """The schema of a release with what the extension adds, as its publishers say: a merge patch."""
    whole, more = schema("release-schema"), schema("requirements-release-schema")["definitions"]
    for name, definition in more.items():
        known = whole["definitions"].setdefault(name, definition)
        known["properties"] = {**known["properties"], **definition["properties"]}
    return whole


RELEASE = extended()
PACKAGE = Draft4Validator(
    schema("release-package-schema"),
    format_checker=FormatChecker(),
    registry=Registry().with_resource(RELEASE["id"], DRAFT4.create_resource(RELEASE)),
)
MERGER = ocdsmerge.Merger(RELEASE)


def package(made: PublishedEdition) -> Json:
    found: Json = json.loads(ocds.render(made))
    assert [f"{fault.json_path}: {fault.message}" for fault in PACKAGE.iter_errors(found)] == []
    return found


def compiled(*packages: Json) -> list[Json]:
    """The compiled release of each process, in the order of the first package."""
    releases = [release for one in packages for release in one["releases"]]
    processes = dict.fromkeys(release["ocid"] for release in releases)
    return [
        MERGER.create_compiled_release([release for release in releases if release["ocid"] == ocid])
        for ocid in processes
    ]


def without_husks(value: Any) -> Any:
    """What is left when members that say nothing are gone: ids alone, and what holds nothing else."""
    if isinstance(value, dict):
        kept = {name: without_husks(member) for name, member in value.items()}
        kept = {name: member for name, member in kept.items() if member not in ({}, [], None)}
        return {} if kept.keys() <= {"id"} else kept
    return [one for one in map(without_husks, value) if one != {}] if isinstance(value, list) else value


def test_a_package_of_all_samples_is_one_by_the_schemas() -> None:
    found = package(edition(*sample_entries()))
    assert (found["version"], found["extensions"]) == ("1.1", [ocds.EXTENSION])
    assert len({release["ocid"] for release in found["releases"]}) == len(found["releases"]) > 20


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda one: one["releases"][0].pop("ocid"), "'ocid' is a required property"),
        (lambda one: one["releases"][0].update(date="2027-03-01"), "is not a 'date-time'"),
        (lambda one: one.update(uri="no uri"), "is not a 'uri'"),
        (lambda one: one["releases"][0]["tender"]["criteria"][0].pop("id"), "'id' is a required property"),
        (lambda one: one["releases"][0]["tender"].update(criteria=[]), "should be non-empty"),
    ],
    ids=["ocid", "date", "uri", "criterion", "criteria"],
)
def test_the_schemas_do_find_faults(change: Any, fault: str) -> None:
    broken = package(edition(entry()))
    change(broken)
    assert any(fault in found.message for found in PACKAGE.iter_errors(broken))


@pytest.mark.parametrize(
    ("operator", "said"),
    [
        ("ge", {"minValue": 96}),
        ("le", {"maxValue": 96}),
        ("between", {"minValue": 96, "maxValue": 98.5}),
        ("eq", {"expectedValue": 96}),
        ("gt", {}),
        (None, {"expectedValue": True}),
    ],
    ids=str,
)
def test_a_clause_is_a_requirement_with_its_bounds(operator: str | None, said: Json) -> None:
    clause = {**PERFORMANCE, "operator": operator, "upper": 98.5}
    [release] = package(edition(entry(clauses=[clause])))["releases"]
    [requirement] = release["tender"]["criteria"][0]["requirementGroups"][0]["requirements"]
    assert (requirement["title"], requirement["description"]) == ("残损识别准确率（%）", clause["text"])
    assert {
        name: requirement[name] for name in ("minValue", "maxValue", "expectedValue") if name in requirement
    } == said


FORMER = entry(
    clauses=[CLAUSE, PERFORMANCE, {**CLAUSE, "kind": "qualification", "text": "三级等保", "is_hard": False}],
    opens_at="2027-04-01T16:00:00Z",
)
CHANGES: dict[str, Json] = {
    "fewer clauses": {"clauses": [PERFORMANCE]},
    "a bound on the other side": {"clauses": [CLAUSE, {**PERFORMANCE, "operator": "le"}]},
    "words in place of a figure": {"clauses": [CLAUSE, {**PERFORMANCE, "operator": None, "value": None, "unit": None}]},
    "no times": {"opens_at": None, "closes_at": None},
    "no sums": {"budget_min_fen": None, "budget_max_fen": None},
    "less said": {"procurement_route": None, "policies": ["首台套政策"], "tracks": [], "division": None},
    "more said": {"policies": ["甲", "乙", "丙"], "clauses": [*FORMER["clauses"], CLAUSE]},
}


@pytest.mark.parametrize("change", CHANGES, ids=lambda name: name.replace(" ", "-"))
def test_a_correction_merges_into_what_it_says_alone(change: str) -> None:
    """What the former release had and the later one has not is gone from the compiled release."""
    later = {**FORMER, **CHANGES[change]}
    first = package(edition(FORMER))
    second = package(edition(later, number=2, formers={FORMER["demand_id"]: FORMER}))
    assert second["releases"][0]["tag"] == ["planningUpdate"]
    [both], [alone] = compiled(first, second), compiled(package(edition(later, number=2)))
    assert without_husks(both) == without_husks(alone)


def test_null_in_place_of_an_object_would_withdraw_nothing() -> None:
    """Why a correction names each member: should readers come to take null for all of an object, this can go."""
    first = package(edition(FORMER))
    second = package(edition({**FORMER, "budget_min_fen": None}, number=2))
    second["releases"][0]["tender"]["minValue"] = None
    [both] = compiled(first, second)
    assert both["tender"]["minValue"]["amount"] == 1_800_000


def test_an_entry_that_no_list_has_any_more_is_withdrawn() -> None:
    gone = entry("集卡定位")
    first = package(edition(entry(), gone))
    second = package(edition(entry(), number=2, formers={entry()["demand_id"]: entry()}, withdrawn=[gone["demand_id"]]))
    found = compiled(first, second)
    assert [one["tender"]["status"] for one in found] == ["planned", "withdrawn"]
    assert [one["tender"]["title"] for one in found] == ["箱体残损识别", "集卡定位"]


def test_releases_are_in_the_order_of_their_dates_as_text() -> None:
    dates = [package(edition(entry(), number=number))["publishedDate"] for number in (1, 2, 3)]
    assert dates == sorted(dates) == [f"2027-03-0{number}T01:30:00.000000Z" for number in (1, 2, 3)]
