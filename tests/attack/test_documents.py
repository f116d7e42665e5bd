"""The services against their own documents: whatever they describe is answered as they say, by whomever it is sent."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import httpx
import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from common.roles import Role
from deploy.embedded.tokens import TokenIssuer
from tests.attack.city import City
from tests.attack.extent import IS_FULL, extent, tell
from tests.integration.catalog.solicited import code
from tests.integration.matcher import service_under_test as matcher
from tests.integration.notify import service_under_test as notify

CHECKS = (
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)
BUSY = 503
"""Said by whatever needs a broker, which is not there; a document names it everywhere."""
Addresses = Callable[[str], Sequence[str]]


class Attacker:
    """Sends what a document allows, and more, in every role's name, and keeps what was not answered as it says."""

    def __init__(self, client: httpx.AsyncClient, issuer: TokenIssuer) -> None:
        self.client, self.tried, self.wrong = client, Counter[str](), list[str]()
        self.tokens = [
            {"Authorization": f"Bearer {issuer.mint('uscc', code(88), '扮演者（示例）', [role])}"} for role in Role
        ]
        self.tokens.append({})

    async def try_all(self, app: FastAPI, addresses: Addresses) -> None:
        for number, case in enumerate(cases(app)):
            known = addresses(case.operation.path)
            for token in self.tokens if IS_FULL else [self.tokens[number % len(self.tokens)]]:
                await self._send(case, token, known[number % len(known)] if known and number % 3 else None)

    async def _send(self, case: Any, token: dict[str, str], path: str | None) -> None:
        asked = case.as_transport_kwargs(base_url="http://attacked")
        wanted = {name: asked.get(name) for name in ("json", "params", "files") if asked.get(name)}
        url = asked["url"] if path is None else f"http://attacked{path}"
        headers = {name: value for name, value in asked["headers"].items() if name.lower() != "authorization"}
        try:
            request = self.client.build_request(
                asked["method"], url, headers=headers | token, content=asked.get("data"), **wanted
            )
        except (TypeError, ValueError, UnicodeError):  # what no HTTP client sends
            self.tried["unsendable"] += 1
            return
        await request.aread()  # a form is a stream otherwise, and who judges the reply looks at what was sent
        reply = await self.client.send(request)
        self.tried[f"answered {reply.status_code}"] += 1
        if reply.status_code != BUSY:
            self._judge(case, reply)

    def _judge(self, case: Any, reply: httpx.Response) -> None:
        try:
            case.validate_response(reply, checks=list(CHECKS))
        except FailureGroup as faults:
            self.wrong += [
                f"{case.operation.label}: {fault.title} {fault.message[:300]}" for fault in faults.exceptions
            ]


def cases(app: FastAPI) -> Iterator[Any]:
    """Some of each operation that does not stream, generated from the document, the same each time."""
    schema = schemathesis.openapi.from_dict(app.openapi())
    every: list[Any] = [each.ok() for each in schema.get_all_operations() if isinstance(each, Ok)]
    for operation in every[:: extent(5, 1)]:
        if "text/event-stream" in str(operation.definition.raw.get("responses")):
            continue
        found: list[Any] = []
        _collect(operation.as_strategy(), found)
        yield from found


def _collect(strategy: Any, found: list[Any]) -> None:
    @settings(
        max_examples=extent(1, 8),
        database=None,
        derandomize=True,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(case=strategy)
    def collect(case: Any) -> None:
        found.append(case)

    collect()


async def test_the_catalog_answers_as_its_document_says(
    city: City, issuer: TokenIssuer, capsys: pytest.CaptureFixture[str]
) -> None:
    attacker = Attacker(city.catalog.http, issuer)
    await attacker.try_all(city.app, lambda template: list(city.addresses(template, 3)) if "{" in template else [])
    assert attacker.wrong == []
    tell(capsys, "catalog, generated requests", attacker.tried)


async def test_the_matcher_answers_as_its_document_says(
    database_of: Callable[[str], str], issuer: TokenIssuer, capsys: pytest.CaptureFixture[str]
) -> None:
    unlimited = matcher.settings_for(database_of("matcher"), issuer, rate_per_organisation=0)
    async with matcher.opened(unlimited, issuer) as house:
        attacker = Attacker(house.client, issuer)
        transport: Any = house.client._transport
        del house.client.headers["Authorization"]
        await attacker.try_all(transport.app, lambda _: [])
    assert attacker.wrong == []
    tell(capsys, "matcher, generated requests", attacker.tried)


async def test_notify_answers_as_its_document_says(
    database_of: Callable[[str], str], issuer: TokenIssuer, capsys: pytest.CaptureFixture[str]
) -> None:
    given_to = notify.settings_for(database_of("notify"), "nats://127.0.0.1:9", issuer.settings)
    async with notify.opened(given_to.model_copy(update={"rate_per_organisation": 0}), issuer) as world:
        attacker = Attacker(world.client, issuer)
        transport: Any = world.client._transport
        await attacker.try_all(transport.app, lambda _: [])
    assert attacker.wrong == []
    tell(capsys, "notify, generated requests", attacker.tried)
