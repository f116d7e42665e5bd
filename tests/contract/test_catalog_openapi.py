"""The catalog's HTTP contract is the one on record."""

import json
from pathlib import Path
from typing import Any

from catalog.app import create_app
from catalog.settings import CatalogSettings

SNAPSHOT = Path(__file__).parent / "openapi" / "catalog.json"
WRITE = "python -m tests.contract.test_catalog_openapi"


def contract() -> dict[str, Any]:
    settings = CatalogSettings(database_url="postgresql+asyncpg://nowhere/none")
    return create_app(settings).openapi()


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
        (name, status, kind)
        for name, operation in operations().items()
        for status, reply in operation["responses"].items()
        if status >= "400"
        for kind in reply["content"]
    }
    assert {kind for _, _, kind in kinds} == {"application/problem+json"}


def test_no_public_reply_promises_a_contact() -> None:
    document = contract()
    assert "contact" not in document["components"]["schemas"]["DemandOut"]["properties"]
    assert "contact" in document["components"]["schemas"]["OwnDemandOut"]["properties"]


if __name__ == "__main__":
    SNAPSHOT.write_text(as_text(contract()))
