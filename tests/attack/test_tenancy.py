"""Whoever is no party finds nothing of others: each address, each thing, each role, read and written."""

import json
from collections import Counter
from collections.abc import Iterator
from itertools import count
from typing import Any, NamedTuple

import httpx
import pytest
from sqlalchemy import text

from common.permissions.table import Permission, PermissionScope, of_service
from common.roles import Role
from tests.attack.bodies import Bodies
from tests.attack.city import Asked, City, Past, build
from tests.attack.extent import extent, tell
from tests.integration.catalog.service_under_test import CatalogUnderTest, Headers
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


async def test_in_each_state_a_stranger_is_refused_every_step(
    catalog: CatalogUnderTest, capsys: pytest.CaptureFixture[str]
) -> None:
    """While all happens: after each change of a thing, whatever may be asked of it is asked by who is no party."""
    city = City(catalog, Past())
    tried: Counter[str] = Counter()
    cells: set[tuple[str, str]] = set()
    wrong: list[str] = []
    changes = count()

    async def probe(asked: Asked, reply: httpx.Response) -> None:
        thing = thing_of(asked, reply)
        if thing is None or next(changes) % extent(6, 1):
            return
        cells.add((thing.template.partition("{")[0], str(reply.json()["state"])))
        for step in steps_of(city, thing):
            for role in roles_of(TABLE.rows[step.operation])[: extent(1, len(ORDINARY))]:
                answer = await probing.request(
                    step.method, step.path, content=step.content, headers=step.headers | stranger(city, role)
                )
                tried[f"answered {answer.status_code}"] += 1
                if answer.status_code not in REFUSED:
                    state = reply.json()["state"]
                    wrong.append(
                        f"{step.operation} as {role} of what is {state}: {answer.status_code} {answer.text[:200]}"
                    )

    transport = httpx.ASGITransport(app=city.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://catalog") as probing:
        city.after = probe
        await build(city)
    assert wrong == [], "\n".join(wrong)
    assert len(cells) > extent(8, 50)
    tell(capsys, f"steps of others in {len(cells)} states of nouns", tried)


class Thing(NamedTuple):
    """What an address ends in the id of."""

    template: str
    path: str


def thing_of(asked: Asked, reply: httpx.Response) -> Thing | None:
    """What was changed or made; None where that has no id, or no state."""
    if not reply.headers.get("content-type", "").startswith("application/json") or "state" not in reply.json():
        return None
    if "{" not in asked.template:
        location = reply.headers.get("location", "")
        return Thing(f"{asked.template}/{{", location) if location.startswith(asked.path) else None
    head, _, _ = asked.template.rpartition("}")
    return Thing(head, "/".join(asked.path.split("/")[: head.count("/") + 1]))


def steps_of(city: City, thing: Thing) -> Iterator[Asked]:
    """Each change of it that is a party's alone; an award's candidate may be anybody."""
    bodies = Bodies(city.app.openapi())
    for operation in city.operations:
        name = city.names[operation.method, operation.template]
        head, _, action = operation.template.rpartition("}")
        is_its = head.startswith(thing.template) and head.count("{") == thing.template.count("{") and "{" not in action
        if not is_its or operation.method == "GET" or operation.template.startswith(OPEN_TO_ALL):
            continue
        if TABLE.rows[name].scope in FOR_PARTIES - {PermissionScope.OWN}:
            is_file = bodies.schema(name) is None and operation.media_types
            content = b"%PDF-1.7" if is_file else json.dumps(bodies.plainest(name)).encode()
            headers = {"If-Match": '"1"', "Content-Type": "application/pdf" if is_file else "application/json"}
            yield Asked(name, operation.template, operation.method, f"{thing.path}{action}", headers, content, "")


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
