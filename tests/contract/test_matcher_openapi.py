"""The matcher's HTTP contract is the one on record."""

import json
from pathlib import Path
from typing import Any

from matcher.app import create_app
from matcher.settings import MatcherSettings

SNAPSHOT = Path(__file__).parent / "openapi" / "matcher.json"
WRITE = "python -m tests.contract.test_matcher_openapi"
BLIND_TO = {"ownership", "registered_capital", "size", "employee_count", "division"}


def contract() -> dict[str, Any]:
    return create_app(MatcherSettings(database_url="postgresql+asyncpg://nowhere/none")).openapi()


def as_text(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def operations() -> dict[str, dict[str, Any]]:
    """By `METHOD path`."""
    return {
        f"{method.upper()} {path}": operation
        for path, methods in contract()["paths"].items()
        for method, operation in methods.items()
    }


def test_the_contract_is_the_one_on_record() -> None:
    assert as_text(contract()) == SNAPSHOT.read_text(), f"run `{WRITE}` and read the difference before you keep it"


def test_every_operation_says_what_it_does() -> None:
    assert [name for name, one in operations().items() if not (one.get("summary") and one.get("tags"))] == []


def test_every_refusal_is_a_problem_document() -> None:
    kinds = {
        kind
        for operation in operations().values()
        for status, reply in operation["responses"].items()
        if status >= "400"
        for kind in reply["content"]
    }
    assert kinds == {"application/problem+json"}


def test_every_post_takes_an_idempotency_key() -> None:
    lacking = [
        name
        for name, operation in operations().items()
        if name.startswith("POST") and "idempotency-key" not in {one["name"].lower() for one in operation["parameters"]}
    ]
    assert lacking == []


def test_what_a_fit_is_computed_from_has_no_word_on_who_offers_or_where() -> None:
    assert BLIND_TO.isdisjoint(contract()["components"]["schemas"]["Offer"]["properties"])


if __name__ == "__main__":
    SNAPSHOT.write_text(as_text(contract()))
