"""What the portal says: the same keys in both languages, and no word that stands in a template or nowhere."""

import ast
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from portal.languages import LANGUAGES, Speaker, catalogue
from portal.templating import FOLDER

TEMPLATES = sorted(FOLDER.rglob("*.html"))
SOURCES = sorted(FOLDER.parent.rglob("*.py"))
CONTRACTS = Path(__file__).parents[2] / "contract" / "openapi"
SAID = {"title", "aria-label", "alt", "placeholder"}
"""Attributes whose values people read or hear."""
WORDS = {
    "state": ("catalog", "DemandState"),
    "next": ("catalog", "DemandState"),
    "kind": ("catalog", "DemandKind"),
    "domain": ("catalog", "Domain"),
    "route": ("catalog", "ProcurementRoute"),
    "change": ("catalog", "Change"),
    "clause_kind": ("catalog", "ClauseKind"),
    "comparison": ("catalog", "Comparison"),
    "call_state": ("catalog", "SolicitationState"),
    "list_state": ("catalog", "ListState"),
    "finding_level": ("catalog", "FindingLevel"),
    "question_state": ("catalog", "QuestionState"),
    "policy_state": ("catalog", "PolicyState"),
    "import_state": ("catalog", "ImportState"),
    "outcome": ("matcher", "Outcome"),
    "band": ("matcher", "Band"),
    "match_state": ("matcher", "MatchState"),
    "docking_state": ("matcher", "DockingState"),
    "offer_kind": ("matcher", "OfferKind"),
    "dismissal": ("matcher", "DismissalReason"),
    "proposal_state": ("catalog", "ProposalState"),
    "signature": ("catalog", "Verdict"),
    "transfer_type": ("catalog", "TransferType"),
    "valuation_method": ("catalog", "ValuationMethod"),
    "guarantee_type": ("catalog", "GuaranteeType"),
    "data_class": ("catalog", "DataClass"),
    "objection_subject": ("matcher", "ObjectionSubject"),
    "power": ("matcher", "Power"),
    "side": ("matcher", "Side"),
    "visibility": ("matcher", "ProfileVisibility"),
    "ownership": ("matcher", "OwnershipForm"),
    "size_class": ("matcher", "SizeClass"),
    "channel": ("notify", "Channel"),
    "topic": ("notify", "Topic"),
    "pace": ("notify", "Pace"),
    "weekday": ("notify", "Weekday"),
    "subscription_state": ("notify", "SubscriptionState"),
}
"""Groups of the catalogues, and the vocabulary of the APIs that each puts into words."""


def test_both_languages_say_the_same_things() -> None:
    assert catalogue("zh").keys() == catalogue("en").keys()


def test_a_message_takes_the_same_values_in_both_languages() -> None:
    named = {language: {key: _named(said) for key, said in catalogue(language).items()} for language in LANGUAGES}
    assert named["zh"] == named["en"]


def _named(message: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", message))


@pytest.mark.parametrize("group", WORDS)
def test_every_word_of_the_apis_is_put_into_words(group: str) -> None:
    service, vocabulary = WORDS[group]
    known = json.loads((CONTRACTS / f"{service}.json").read_text())["components"]["schemas"][vocabulary]["enum"]
    assert [word for word in known if f"{group}.{word}" not in catalogue("zh")] == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_a_template_says_nothing_itself(template: Path) -> None:
    assert _literals(template.read_text()) == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_a_template_asks_for_messages_that_there_are(template: Path) -> None:
    asked = re.findall(r'\bt\("([a-z_.]+)"[,)]', template.read_text())
    assert [key for key in asked if key not in catalogue("zh")] == []


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.relative_to(FOLDER.parent).as_posix())
def test_the_code_asks_for_messages_that_there_are(source: Path) -> None:
    calls = [node for node in ast.walk(ast.parse(source.read_text())) if isinstance(node, ast.Call)]
    said = [call.args[0] for call in calls if ast.unparse(call.func).endswith("say") and call.args]
    keys = [str(arg.value) for arg in said if isinstance(arg, ast.Constant)]
    assert [key for key in keys if key not in catalogue("zh")] == []


def test_a_word_of_a_later_version_stands_for_itself() -> None:
    assert Speaker("zh").word("state", "suspended") == "suspended"


def _literals(template: str) -> list[str]:
    """Pieces of text, and of attributes that are read out, with letters outside of expressions."""
    plain = re.sub(r"{%.*?%}|{#.*?#}", " ", re.sub(r"{{.*?}}", " ", template, flags=re.DOTALL), flags=re.DOTALL)
    reader = _Reader()
    reader.feed(plain)
    return [text for text in reader.found if re.search(r"[^\W\d_]", text)]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found.append(data.strip())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name in SAID]
