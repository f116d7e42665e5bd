"""Every route for every role: allowed or refused as the table says, and the table as it was agreed on."""

import sys
from collections import Counter

import pytest
from fastapi import APIRouter

from common import logs
from common.operations import Operation, operations
from common.permissions import enforced
from common.permissions.table import Permission, PermissionScope, of_service
from common.roles import ALSO_CALLED, Role, known
from common.routing import GuardedRouter, guarded
from tests.contract import admission
from tests.contract import permissions as documents
from tests.contract.documents import APPS, contract
from tests.contract.permissions import FROZEN, SERVICES


@pytest.mark.parametrize("service", SERVICES)
async def test_every_route_lets_in_whom_the_table_names_and_nobody_else(
    service: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(logs, "request", lambda *_: None)  # as many lines as requests, and half of the time
    found: Counter[str] = Counter()
    wrong: list[str] = []
    for operation in admission.agreed(service):
        answers = await admission.asked(service, operation, [*admission.TOKENS, None])
        found.update("let in" if one.is_let_in else "refused" for one in answers if one.token is not None)
        wrong += admission.faults(answers)
    assert wrong == []
    with capsys.disabled():
        sys.stdout.write(f"\n{service}, requests: {dict(found)}, {len(admission.agreed(service))} without a token\n")


@pytest.mark.parametrize("service", SERVICES)
def test_the_table_is_the_one_that_was_agreed_on(service: str) -> None:
    """A row turned the wrong way is seen here: whoever means it changes the listing with it."""
    agreed = (FROZEN / f"{service}.tsv").read_text().splitlines()
    present = documents.listing(documents.rows(of_service(service)))
    missing, extra = sorted(set(present) - set(agreed)), sorted(set(agreed) - set(present))
    told = [*(f"+ {line}" for line in missing), *(f"- {line}" for line in extra)]
    assert told == [], f"if this is meant, change tests/data/permissions/{service}.tsv so:\n" + "\n".join(told)


def test_a_route_without_a_row_keeps_its_service_from_starting() -> None:
    router = GuardedRouter()
    router.add_api_route("/v1/surprises", lambda: None, name="list_surprises")
    with pytest.raises(ValueError, match=r"notify/permissions/routes.tsv: no row for the operation list_surprises"):
        enforced.install(APPS["notify"](), of_service("notify"), list(guarded([router])))


def test_a_route_that_asks_no_table_does_too() -> None:
    open_to_all, nested = APIRouter(), GuardedRouter()
    open_to_all.add_api_route("/v1/surprises", lambda: None)
    nested.include_router(open_to_all)
    for router in (open_to_all, nested):
        with pytest.raises(ValueError, match="asks no table of permissions"):
            list(guarded([router]))


def test_a_row_without_a_route_does_too() -> None:
    with pytest.raises(ValueError, match="a row for create_subscription, which is no operation"):
        enforced.install(APPS["notify"](), of_service("notify"), [])


def test_a_role_that_is_not_known_here_counts_for_nothing() -> None:
    assert known(["publisher", "emperor", 7, None, ["operator"]]) == {Role.PUBLISHER}
    assert {name: known([name]) for name in ALSO_CALLED} == {name: {role} for name, role in ALSO_CALLED.items()}


def test_every_role_of_the_trade_is_known() -> None:
    """Those that an identity provider is set up with."""
    asked_for = (
        "list_editor reviewer demand_owner enterprise solver investor broker evaluator subsidy_officer dispatcher"
    )
    assert [name for name in f"{asked_for} dispatcher auditor operator".split() if not known([name])] == []


def test_whoever_may_not_is_told_what_the_token_needs() -> None:
    row = Permission("notes", "take", frozenset({Role.BROKER, Role.ENTERPRISE}), PermissionScope.OWN)
    assert str(enforced.without(row)) == "The token needs the role enterprise or broker"


@pytest.mark.parametrize("service", SERVICES)
async def test_what_takes_another_method_is_told_all_that_the_address_takes(service: str) -> None:
    app = admission.alone(service)
    wrong = []
    for template, methods in app.openapi()["paths"].items():
        path = admission.address(template)
        taken = {each.method for each in operations(app) if each.is_at(path)}
        assert taken >= {method.upper() for method in methods}
        for method in {"GET", "PUT", "POST", "PATCH", "DELETE"} - taken:
            reply = await admission.reply_to(app, method, path, None)
            if (reply.status, reply.headers.get("allow")) != (405, ", ".join(sorted(taken))):
                wrong.append(f"{method} {path}: {reply.status} Allow: {reply.headers.get('allow')}, not {taken}")
    assert wrong == []


@pytest.mark.parametrize("service", SERVICES)
def test_an_address_takes_what_the_document_says(service: str) -> None:
    """Query parameters in the same order, and the same types of bodies."""
    documented = {
        Operation(
            method.upper(),
            template,
            tuple(each["name"] for each in operation.get("parameters", ()) if each["in"] == "query"),
            tuple(operation.get("requestBody", {}).get("content", {})),
        )
        for template, methods in contract(service)["paths"].items()
        for method, operation in methods.items()
    }
    assert set(operations(admission.alone(service))) == documented


@pytest.mark.parametrize("service", SERVICES)
def test_the_document_names_the_refusals_that_every_route_has(service: str) -> None:
    table, wrong = of_service(service), []
    for methods in contract(service)["paths"].values():
        for operation in methods.values():
            needed = {"503"} | ({"401", "403"} if table.rows[operation["operationId"]].roles is not None else set())
            needed |= {"408", "413", "415"} if "requestBody" in operation else set()
            if missing := needed - set(operation["responses"]):
                wrong.append(f"{operation['operationId']}: {sorted(missing)}")
    assert wrong == []
