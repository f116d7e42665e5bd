"""What every service promises over HTTP; the contracts themselves are generated documents."""

from typing import Any

import pytest

from matcher.demands.schemas import DraftIn
from tests.contract.documents import contract

SERVICES = ("catalog", "matcher", "notify")
BLIND_TO = {"ownership", "registered_capital", "size", "size_class", "employee_count", "division"}


def operations(service: str) -> dict[str, dict[str, Any]]:
    """By `METHOD path`."""
    return {
        f"{method.upper()} {path}": operation
        for path, methods in contract(service)["paths"].items()
        for method, operation in methods.items()
    }


@pytest.mark.parametrize("service", SERVICES)
def test_every_operation_says_what_it_does(service: str) -> None:
    assert [name for name, one in operations(service).items() if not (one.get("summary") and one.get("tags"))] == []


@pytest.mark.parametrize("service", SERVICES)
def test_operation_ids_are_a_verb_and_a_noun(service: str) -> None:
    """A client's methods are generated from them: what does the same is called the same in every service."""
    verbs = {"PUT": "replace", "PATCH": "change", "DELETE": "delete"}
    for name, operation in operations(service).items():
        method, path = name.split()
        verb, _, noun = operation["operationId"].partition("_")
        assert noun, name
        if method == "GET":
            is_file = "application/json" not in operation["responses"]["200"]["content"]
            is_one = path.endswith(
                (
                    "}",
                    "/contact",
                    "/difference",
                    "/export",
                    "/account",
                    "/balance",
                    "/fairness",
                    "/result",
                    "/verification",
                )
            )
            assert verb == ("read" if is_one or is_file else "list"), name
        else:
            assert verb == verbs.get(method, verb), name
            assert method != "POST" or verb not in {"list", "read", *verbs.values()}, name


@pytest.mark.parametrize("service", SERVICES)
def test_every_refusal_is_a_problem_document(service: str) -> None:
    kinds = {
        kind
        for operation in operations(service).values()
        for status, reply in operation["responses"].items()
        if status >= "400"
        for kind in reply["content"]
    }
    assert kinds == {"application/problem+json"}


@pytest.mark.parametrize("service", SERVICES)
def test_every_post_takes_an_idempotency_key(service: str) -> None:
    # A question that anybody may ask without saying who they are has no caller whose key it could be.
    posts = {name: one for name, one in operations(service).items() if name.startswith("POST") and "security" in one}
    assert posts
    for name, operation in posts.items():
        assert "idempotency-key" in {one["name"].lower() for one in operation["parameters"]}, name


def test_no_public_reply_promises_a_contact() -> None:
    schemas = contract("catalog")["components"]["schemas"]
    assert "contact" not in schemas["DemandOut"]["properties"]
    assert "contact" in schemas["OwnDemandOut"]["properties"]


def test_what_a_fit_is_computed_from_has_no_word_on_who_offers_or_where() -> None:
    assert BLIND_TO.isdisjoint(contract("matcher")["components"]["schemas"]["Offer"]["properties"])


def test_a_review_takes_a_draft_as_catalog_takes_and_shows_it() -> None:
    schemas = contract("catalog")["components"]["schemas"]
    written = schemas["DemandContent"]["properties"].keys() | schemas["DraftedOut"]["properties"].keys()
    sent = {"title": "箱体识别", "need": "识别箱体", **dict.fromkeys(written - DraftIn.model_fields.keys())}
    assert DraftIn.model_validate(sent)
