"""Documents are true: the generated ones are current, the written ones name what there is."""

import doctest
import json
import re
import tomllib
from pathlib import Path

import jsonschema
import pytest

from common.contracts import asyncapi
from common.contracts.events import EVENTS
from common.contracts.matcher import Outcome
from tests.bench import verdicts
from tests.contract import documents
from tests.contract.documents import ROOT, generated

VERBS = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text()
ASYNCAPI_SCHEMA = ROOT / "tests" / "data" / "asyncapi-3.0.0.schema.json"


@pytest.mark.parametrize("path", generated(), ids=lambda path: path.name)
def test_generated_documents_are_current(path: Path) -> None:
    assert path.read_text() == generated()[path], "run `make docs` and read the difference before you keep it"


def test_the_event_document_is_valid_asyncapi_3() -> None:
    jsonschema.Draft7Validator(json.loads(ASYNCAPI_SCHEMA.read_text())).validate(asyncapi.document())


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_the_readme_names_every_make_verb(verb: str, readme: str) -> None:
    assert re.search(rf"make {verb}(?![a-z-])", (ROOT / readme).read_text())


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_the_architecture_names_every_event(event: type) -> None:
    assert event.type in (ROOT / "ARCHITECTURE.md").read_text()  # type: ignore[attr-defined]


def test_the_architecture_names_files_that_exist() -> None:
    named = re.findall(r"`((?:services|tests|libs|deploy)/[\w./-]+)`", (ROOT / "ARCHITECTURE.md").read_text())
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_the_architecture_draws_the_floors_that_lint_holds() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (held,) = (each["layers"] for each in contracts if each.get("containers") == ["matcher"])
    drawn = re.findall(r"^ {2,}(?:(?:[a-z]+ )+ +)?((?:\w+ \| )*\w+)$", _floors(), flags=re.MULTILINE)
    assert drawn == held


def _floors() -> str:
    match = re.search(r"a folder imports only what stands below it.*?```\n(.*?)```", ARCHITECTURE, flags=re.DOTALL)
    assert match
    return match[1]


def test_the_sentence_in_the_architecture_is_read_as_it_says() -> None:
    examples = doctest.DocTestParser().get_doctest(ARCHITECTURE, {}, "ARCHITECTURE.md", None, 0)
    assert len(examples.examples) > 20
    said: list[str] = []
    doctest.DocTestRunner(verbose=False).run(examples, out=said.append)
    assert said == []


@pytest.mark.parametrize("page", ["solicitations.md", "solicitations.zh-CN.md"])
def test_the_page_on_solicitations_names_every_step(page: str) -> None:
    paths = documents.contract("catalog")["paths"]
    pattern = r"/v1/(?:solicitations|solutions)/\{\w+\}/([a-z-]+)"
    steps = {match[1] for path in paths if (match := re.fullmatch(pattern, path))}
    text = (ROOT / "docs" / page).read_text()
    assert {"extend", "score", "standings", "versions"} <= steps
    # A solution is withdrawn as a demand is.
    assert [step for step in steps - {"withdraw"} if not re.search(rf"[`/ ]{step}[`/]", text)] == []


@pytest.mark.parametrize("page", ["demands.md", "demands.zh-CN.md"])
def test_the_page_on_demands_names_every_step(page: str) -> None:
    paths = documents.contract("catalog")["paths"]
    steps = {path.rsplit("/", 1)[1] for path in paths if re.fullmatch(r"/v1/demands/\{demand_id\}/[a-z-]+", path)}
    text = (ROOT / "docs" / page).read_text()
    assert {"amend", "review", "versions", "steps", "questions"} <= steps
    assert [step for step in steps if not re.search(rf"[`/]{step}[`/]", text)] == []


PAGES = {
    "awards": "awards",
    "policies": "policies",
    "procurement": "procurement-records|procurement-share-rules",
    "projects": "projects|milestones|guarantees|lessons",
    "roadshows": "roadshows|presentations|consents",
    "pilots": "pilot-lines|pilots",
    "transfers": "transfers",
    "subsidies": "subsidy-schemes|subsidy-claims",
}
"""What pages tell of, by the beginnings of addresses."""


@pytest.mark.parametrize("language", ["", ".zh-CN"])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_names_every_step(page: str, language: str) -> None:
    pattern = rf"/v1/(?:{PAGES[page]})/\{{\w+\}}/([a-z-]+)"
    steps = {match[1] for path in documents.contract("catalog")["paths"] if (match := re.fullmatch(pattern, path))}
    text = (ROOT / "docs" / f"{page}{language}.md").read_text()
    assert "steps" in steps
    assert [step for step in steps if not re.search(rf"[`/ ]{step}[`/]", text)] == []


@pytest.mark.parametrize("page", ["exposure.md", "exposure.zh-CN.md"])
def test_the_page_on_objections_names_every_step(page: str) -> None:
    pattern = r"/v1/objections/\{objection_id\}/([a-z-]+)"
    steps = {match[1] for path in documents.contract("matcher")["paths"] if (match := re.fullmatch(pattern, path))}
    text = (ROOT / "docs" / page).read_text()
    assert {"accept", "uphold", "steps"} <= steps
    assert [step for step in steps if f"/{step}`" not in text] == []


def test_the_readable_documents_hold_no_tables_of_figures() -> None:
    assert re.findall(r"^\|.*", (ROOT / "DECISIONS.md").read_text(), flags=re.MULTILINE) == []


def test_every_listed_change_of_a_verdict_says_why_it_is_right() -> None:
    changes = verdicts.listed()
    assert len(changes) > 20
    for change, (kind, clause, words, why) in changes.items():
        assert change.before != change.after
        assert {change.before, change.after} <= set(Outcome)
        assert all((kind, clause, words)), change
        assert why.endswith("."), change
