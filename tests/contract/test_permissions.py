"""Every route for every role: allowed or refused as the table says, and the table as it was agreed on."""

import sys
from collections import Counter
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from fastapi import APIRouter

from common import logs
from common.auth import Principal, Verifier
from common.errors import Unavailable
from common.fields import OrganisationKey
from common.operations import Operation, operations
from common.permissions import enforced
from common.permissions.table import Permission, PermissionScope, of_service
from common.roles import ALSO_CALLED, Role, known
from tests.contract import permissions as documents
from tests.contract.documents import APPS, contract
from tests.contract.permissions import FROZEN, SERVICES

NOBODYS = UUID(int=7)
TOKENS: dict[str, frozenset[Role]] = {"none": frozenset(), **{role.value: frozenset({role}) for role in Role}}
"""By what each says: no role, or one."""
BEHIND = (
    *("database", "public", "attachments", "feed", "imported", "own_matches", "public_profiles", "desk", "terms"),
    "exposure",
)
"""What the apps keep behind their routes."""
REFUSED = {401, 403}


class _Told(Verifier):
    """Takes a token for what it says; whether tokens are genuine is another test's affair."""

    def __init__(self) -> None:
        pass

    def remembered(self, token: str) -> None:
        """None: each is asked about."""

    async def principal(self, token: str) -> Principal:
        key = OrganisationKey(scheme="uscc", code="91370200264574251E")
        return Principal(subject="somebody", organisation=key, organisation_name="某单位", roles=TOKENS[token])


class _Away:
    """Stands where the database would be asked: who comes so far was let in."""

    def __getattr__(self, name: str) -> Any:
        raise Unavailable("The database does not answer", "数据库无响应")


class _Reply(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


def alone(service: str) -> Any:
    """The app: no server, no database, no broker."""
    app = APPS[service]()
    app.state.verifier = _Told()
    for name in BEHIND:
        setattr(app.state, name, _Away())
    return app


async def reply_to(app: Any, method: str, path: str, token: str | None) -> _Reply:
    """What it answers; a client of its own would take most of the time that this test has."""
    sent: list[Any] = []
    headers = [] if token is None else [(b"authorization", b"Bearer " + token.encode())]
    scope: dict[str, Any] = {"type": "http", "http_version": "1.1", "method": method, "path": path}
    scope |= {"raw_path": path.encode(), "query_string": b"", "headers": headers, "scheme": "http"}
    scope |= {"server": None, "client": None, "root_path": ""}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    headers_sent = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return _Reply(sent[0]["status"], headers_sent, b"".join(message.get("body", b"") for message in sent[1:]))


def routes(app: Any) -> dict[str, tuple[str, str]]:
    """Method and an address of nobody's thing, by operation."""
    return {
        operation["operationId"]: (method.upper(), _address(template))
        for template, methods in app.openapi()["paths"].items()
        for method, operation in methods.items()
    }


def _address(template: str) -> str:
    for name, value in (("scheme", "uscc"), ("code", "91370200264574251E"), ("name", "a.pdf")):
        template = template.replace(f"{{{name}}}", value)
    head, *rest = template.split("{")
    return head + "".join(f"{NOBODYS}{part.partition('}')[2]}" for part in rest)


@pytest.mark.parametrize("service", SERVICES)
async def test_every_route_lets_in_whom_the_table_names_and_nobody_else(
    service: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(logs, "request", lambda *_: None)  # as many lines as requests, and half of the time
    found: Counter[str] = Counter()
    wrong: list[str] = []
    app = alone(service)
    known_routes = routes(app)
    for operation, admitted in agreed(service).items():
        method, path = known_routes[operation]
        for token, roles in TOKENS.items():
            reply = await reply_to(app, method, path, token)
            is_let_in = reply.status not in REFUSED or _is_of_content(reply)
            found["let in" if is_let_in else "refused"] += 1
            if is_let_in != (admitted is None or bool(roles & admitted)) or reply.status in (401, 500):
                wrong.append(f"{operation} as {token}: {reply.status}")
        reply = await reply_to(app, method, path, None)
        found["without a token"] += 1
        if (reply.status == 401) != (admitted is not None) or reply.status == 500:
            wrong.append(f"{operation} without a token: {reply.status}")
    assert wrong == []
    with capsys.disabled():
        sys.stdout.write(f"\n{service}, requests: {dict(found)}\n")


def agreed(service: str) -> dict[str, frozenset[Role] | None]:
    """Whom each operation admits, as it was agreed on; None: anyone."""
    by_word = {"anyone": None, "member": frozenset(Role)}
    rows = (line.split("\t") for line in (FROZEN / f"{service}.tsv").read_text().splitlines())
    return {
        operation: by_word[who] if who in by_word else frozenset(map(Role, who.split(", ")))
        for operation, who, _ in rows
    }


def _is_of_content(reply: _Reply) -> bool:
    """Refused for what the request asks, after the table let it in: its detail names no role that is needed."""
    return reply.status == 403 and b"The token n" not in reply.body


@pytest.mark.parametrize("service", SERVICES)
def test_the_table_is_the_one_that_was_agreed_on(service: str) -> None:
    """A row turned the wrong way is seen here: whoever means it changes the listing with it."""
    agreed = (FROZEN / f"{service}.tsv").read_text().splitlines()
    present = documents.listing(service)
    missing, extra = sorted(set(present) - set(agreed)), sorted(set(agreed) - set(present))
    told = [*(f"+ {line}" for line in missing), *(f"- {line}" for line in extra)]
    assert told == [], f"if this is meant, change tests/data/permissions/{service}.tsv so:\n" + "\n".join(told)


def test_a_route_without_a_row_keeps_its_service_from_starting() -> None:
    router = APIRouter()
    router.add_api_route("/v1/surprises", lambda: None, name="list_surprises")
    with pytest.raises(ValueError, match=r"notify/permissions/routes.tsv: no row for the operation list_surprises"):
        enforced.install(APPS["notify"](), of_service("notify"), [router])


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
    app = alone(service)
    wrong = []
    for template, methods in app.openapi()["paths"].items():
        path = _address(template)
        taken = {each.method for each in operations(app) if each.is_at(path)}
        assert taken >= {method.upper() for method in methods}
        for method in {"GET", "PUT", "POST", "PATCH", "DELETE"} - taken:
            reply = await reply_to(app, method, path, None)
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
    assert set(operations(APPS[service]())) == documented


@pytest.mark.parametrize("service", SERVICES)
def test_the_document_names_the_refusals_that_every_route_has(service: str) -> None:
    table, wrong = of_service(service), []
    for methods in APPS[service]().openapi()["paths"].values():
        for operation in methods.values():
            needed = {"503"} | ({"401", "403"} if table.rows[operation["operationId"]].roles is not None else set())
            needed |= {"408", "413", "415"} if "requestBody" in operation else set()
            if missing := needed - set(operation["responses"]):
                wrong.append(f"{operation['operationId']}: {sorted(missing)}")
    assert wrong == []
