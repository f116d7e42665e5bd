"""Whoever is no party finds nothing of others: each address, each thing, each role, read and written."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text

from common import logs
from common.permissions.table import Permission, PermissionScope, of_service
from common.roles import Role
from tests.attack.bodies import Bodies
from tests.attack.city import Asked, City
from tests.attack.extent import extent, tell
from tests.integration.catalog.service_under_test import Headers
from tests.integration.catalog.solicited import code

TABLE = of_service("catalog")
ORDINARY = (Role.PUBLISHER, Role.ENTERPRISE, Role.INVESTOR, Role.BROKER, Role.EVALUATOR)
"""Roles that say nothing of others' things; the rest are there to look at or to decide on them."""
FOR_PARTIES = frozenset({PermissionScope.PARTY, PermissionScope.PARTY_OR_AUDITOR, PermissionScope.OWN})
STRANGER = code(77)
REFUSED = (403, 404)
NOT_NOW = 409
OPEN_TO_ALL = "/v1/awards/"
"""Whoever has the role may become a candidate: what an award's state forbids, they are told."""
GROWING = ("idempotency", "outbox", "audit_unsealed", "audit_chain", "audit_head", "alembic_version", "deadlines")
"""Tables whose rows belong to nobody, or come and go by themselves."""


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "request", lambda *_: None)


def roles_of(row: Permission) -> list[Role]:
    return [role for role in ORDINARY if row.admits({role})]


def stranger(city: City, role: Role) -> Headers:
    return city.catalog.token(STRANGER, "局外单位（示例）", role)


async def test_a_stranger_reads_what_everyone_reads_and_nothing_else(
    city: City, capsys: pytest.CaptureFixture[str]
) -> None:
    tried: Counter[str] = Counter()
    wrong: list[str] = []
    for operation in city.operations:
        name = city.names[operation.method, operation.template]
        if operation.method != "GET" or "{" not in operation.template:
            continue
        for address in city.addresses(operation.template, extent(2, 50)):
            anyones = await city.catalog.get(address)
            for role in roles_of(TABLE.rows[name]):
                reply = await city.catalog.get(address, as_=stranger(city, role))
                tried[f"answered {reply.status_code}"] += 1
                if reply.status_code not in REFUSED and not is_anyones(reply, anyones):
                    wrong.append(f"{name} as {role}: {reply.status_code} {reply.text[:200]}")
    assert wrong == []
    assert tried["answered 404"] > extent(50, 100)
    tell(capsys, "cross-tenant reads", tried)


def is_anyones(reply: Any, anyones: Any) -> bool:
    """Whether it tells what it tells everyone, or that there is nothing."""
    if reply.status_code == anyones.status_code and reply.content == anyones.content:
        return True
    return reply.status_code == 200 and isinstance(reply.json(), dict) and reply.json().get("items") == []


async def test_a_stranger_changes_nothing_of_others(city: City, capsys: pytest.CaptureFixture[str]) -> None:
    """All that its parties asked for is asked for again, and every other step in the plainest way."""
    before = await standing(city)
    tried: Counter[str] = Counter()
    wrong: list[str] = []
    for asked in requests(city):
        row = TABLE.rows[asked.operation]
        for role in roles_of(row):
            headers = asked.headers | stranger(city, role)
            reply = await city.catalog.http.request(asked.method, asked.path, content=asked.content, headers=headers)
            tried[f"answered {reply.status_code}"] += 1
            is_for_parties = row.scope is not PermissionScope.OWN and row.scope in FOR_PARTIES
            refused = (*REFUSED, NOT_NOW) if asked.template.startswith(OPEN_TO_ALL) else REFUSED
            if reply.status_code >= 500 or (is_for_parties and reply.status_code not in refused):
                wrong.append(f"{asked.operation} {asked.path} as {role}: {reply.status_code} {reply.text[:200]}")
    after = await standing(city)
    changed = {name: gone for name, rows in before.items() if (gone := len(rows - after[name]))}
    assert wrong == [], "\n".join(wrong)
    assert changed == {}
    tell(capsys, "cross-tenant writes", tried)


def requests(city: City) -> Iterator[Asked]:
    """Of what is addressed to a thing."""
    known = {asked.operation for asked in city.asked}
    yield from (asked for asked in city.asked if "{" in asked.template)
    bodies = Bodies(city.app.openapi())
    for operation in city.operations:
        name = city.names[operation.method, operation.template]
        if operation.method == "GET" or name in known or "{" not in operation.template:
            continue
        for path in city.addresses(operation.template, extent(1, 20)):
            headers, content = {"If-Match": '"1"'}, b""
            if bodies.schema(name) is not None:
                headers["Content-Type"], content = "application/json", json.dumps(bodies.plainest(name)).encode()
            yield Asked(name, operation.template, operation.method, path, headers, content, "")


async def standing(city: City) -> dict[str, set[str]]:
    """Every row of every table that belongs to somebody, as text."""
    names = text(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
    )
    async with city.catalog.database.begin() as session:
        tables = [name for name in (await session.scalars(names)).all() if name not in GROWING]
        rows = {name: text(f'SELECT md5(t::text) FROM "{name}" AS t') for name in tables}
        return {name: set((await session.scalars(rows[name])).all()) for name in tables}
