"""Every step of nouns made of Records, over HTTP: it does what the table says, or is refused with what is possible."""

from collections.abc import Awaitable, Callable, Mapping
from itertools import product
from typing import Any, NamedTuple

import pytest
from sqlalchemy import text

from catalog.procurements import rules as procurements
from catalog.procurements.schemas import EXAMPLE as PURCHASE
from catalog.share_rules import rules as share_rules
from catalog.share_rules.schemas import EXAMPLE as SHARE_RULE
from common.lifecycle import Lifecycle
from tests.integration.catalog.service_under_test import CatalogUnderTest, Headers, id_of

REASON = {"reason": "按规定办理"}
Begun = Callable[[CatalogUnderTest], Awaitable[str]]


class Noun(NamedTuple):
    """How records of a noun are begun, by the port where nothing else is said, and what its steps take.

    callers  tokens by party, each a method of Callers; `stranger` is there for all
    bodies   of steps that take more than a reason
    """

    life: Lifecycle[Any, Any, Any]
    table: str
    begin: Begun
    callers: Mapping[str, str]
    bodies: Mapping[str, dict[str, Any]] = {}
    by_clock: frozenset[str] = frozenset()


def posted(path: str, body: dict[str, Any]) -> Begun:
    async def begin(catalog: CatalogUnderTest) -> str:
        reply = await catalog.post(path, body)
        assert reply.status_code == 201, reply.text
        return reply.headers["location"]

    return begin


NOUNS: dict[str, Noun] = {
    "procurement": Noun(
        procurements.LIFE,
        "procurement_records",
        posted("/v1/procurement-records", PURCHASE),
        {"reporter": "port"},
        {"correct": PURCHASE},
    ),
    "share_rule": Noun(
        share_rules.LIFE,
        "share_rules",
        posted("/v1/procurement-share-rules", SHARE_RULE),
        {"owner": "port"},
        {"revise": SHARE_RULE},
    ),
}


@pytest.mark.parametrize("name", NOUNS)
async def test_every_step_does_what_the_table_says_or_is_refused(catalog: CatalogUnderTest, name: str) -> None:
    noun = NOUNS[name]
    where = await noun.begin(catalog)
    for state, action in product(noun.life.states, noun.life.actions):
        if action in noun.by_clock:
            continue
        for party, attribute in noun.callers.items():
            await put_into(catalog, noun, where, state)
            reply = await asked(catalog, noun, f"{where}/{action}", action, getattr(catalog, attribute))
            expect(noun, state, action, party, reply)
        await put_into(catalog, noun, where, state)
        reply = await asked(catalog, noun, f"{where}/{action}", action, catalog.rival)
        assert reply.status_code == 403, (state, action, reply.text)


def expect(noun: Noun, state: str, action: str, party: str, reply: Any) -> None:
    rows = [move for move in noun.life.moves if (move.state, move.action) == (state, action) and party in move.by]
    if rows:
        assert (reply.status_code, reply.json()["state"]) == (200, rows[0].to), (state, action, party, reply.text)
    else:
        possible = ", ".join(noun.life.allowed(state, {party})) or "nothing"
        assert reply.status_code == 409, (state, action, party, reply.text)
        assert reply.json()["detail"].endswith(f"allowed now: {possible}"), (state, action, party)


async def put_into(catalog: CatalogUnderTest, noun: Noun, where: str, state: str) -> None:
    async with catalog.database.begin() as session:
        await session.execute(text("DELETE FROM history WHERE subject_id = :id"), {"id": id_of(where)})
        change = f"UPDATE {noun.table} SET state = :state, version = 1 WHERE id = :id"
        await session.execute(text(change), {"state": str(state), "id": id_of(where)})


async def asked(catalog: CatalogUnderTest, noun: Noun, path: str, action: str, caller: Headers) -> Any:
    body = {**noun.bodies.get(action, {}), **REASON}
    return await catalog.post(path.replace("_", "-"), body, as_=caller, If_Match='"1"')
