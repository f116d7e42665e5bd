"""Every step of nouns made of Records, over HTTP: it does what the table says, or is refused with what is possible."""

from collections.abc import Awaitable, Callable, Mapping
from itertools import product
from typing import Any, NamedTuple

import pytest
from sqlalchemy import text

from catalog.awards import rules as awards
from catalog.procurements import rules as procurements
from catalog.procurements.schemas import EXAMPLE as PURCHASE
from catalog.share_rules import rules as share_rules
from catalog.share_rules.schemas import EXAMPLE as SHARE_RULE
from catalog.subsidies import rules as subsidies
from catalog.subsidies.schemas import EXAMPLE as SUBSIDY_SCHEME
from catalog.subsidy_claims import rules as subsidy_claims
from common.lifecycle import Lifecycle
from common.permissions.table import of_service
from tests.integration.catalog.service_under_test import PORT, CatalogUnderTest, Headers, id_of
from tests.integration.catalog.solicited import FIRM, code
from tests.integration.catalog.subsidised import BUREAU, Subsidised
from tests.integration.catalog.test_awards import MET, RESULTS, Challenge

REASON = {"reason": "按规定办理"}
PERMISSIONS = of_service("catalog")
Begun = Callable[[CatalogUnderTest], Awaitable[str]]


class Caller(NamedTuple):
    """Somebody, and all that they are to the record."""

    parties: frozenset[str]
    code: str
    roles: tuple[str, ...]

    def headers(self, catalog: CatalogUnderTest) -> Headers:
        return catalog.token(self.code, f"{self.code}（示例）", *self.roles)


def caller(party: str, code: str, *roles: str, also: tuple[str, ...] = ()) -> Caller:
    return Caller(frozenset({party, *also}), code, roles)


STRANGER = caller("", code(20), "reviewer")
SOLVER, OTHER, OFFICER = code(21), code(22), code(23)


class Noun(NamedTuple):
    """How records of a noun are begun by the port, who takes its steps, and what they take.

    bodies    of steps that take more than a reason
    by_clock  what no route is for
    fields    what else a row holds, as SQL, so that the callers are the parties they stand for
    """

    life: Lifecycle[Any, Any, Any]
    table: str
    begin: Begun
    callers: tuple["Caller", ...]
    bodies: Mapping[str, dict[str, Any]] = {}
    by_clock: frozenset[str] = frozenset()
    fields: str = ""


def posted(path: str, body: dict[str, Any]) -> Begun:
    async def begin(catalog: CatalogUnderTest) -> str:
        reply = await catalog.post(path, body)
        assert reply.status_code == 201, reply.text
        return reply.headers["location"]

    return begin


async def an_award(catalog: CatalogUnderTest) -> str:
    return await Challenge(catalog).set()


async def a_claim(catalog: CatalogUnderTest) -> str:
    subsidy = Subsidised(catalog)
    solution, _ = await subsidy.adopted()
    return await subsidy.filed(await subsidy.scheme(), solution)


NOUNS: dict[str, Noun] = {
    "procurement": Noun(
        procurements.LIFE,
        "procurement_records",
        posted("/v1/procurement-records", PURCHASE),
        (caller("reporter", PORT, "publisher"),),
        {"correct": {**PURCHASE, **REASON}},
    ),
    "award": Noun(
        awards.LIFE,
        "awards",
        an_award,
        (
            caller("setter", PORT, "publisher"),
            caller("solver", SOLVER, "enterprise", also=("candidate",)),
            caller("candidate", OTHER, "enterprise"),
            caller("grantor", OFFICER, "subsidy_officer"),
        ),
        {"deliver": RESULTS, "accept": MET},
        frozenset({"expire"}),
        f", solver_scheme = 'uscc', solver_code = '{SOLVER}'",
    ),
    "subsidy_scheme": Noun(
        subsidies.LIFE,
        "subsidy_schemes",
        posted("/v1/subsidy-schemes", SUBSIDY_SCHEME),
        (caller("owner", PORT, "publisher"),),
    ),
    "subsidy_claim": Noun(
        subsidy_claims.LIFE,
        "subsidy_claims",
        a_claim,
        (caller("claimant", FIRM, "enterprise"), caller("officer", BUREAU, "subsidy_officer")),
        {"approve": {}},
        frozenset({"conclude"}),
        ", verified_by = 'another', notice_ends_at = now() - interval '1 day'",
    ),
    "share_rule": Noun(
        share_rules.LIFE,
        "share_rules",
        posted("/v1/procurement-share-rules", SHARE_RULE),
        (caller("owner", PORT, "publisher"),),
        {"revise": {**SHARE_RULE, **REASON}},
    ),
}


@pytest.mark.parametrize("name", NOUNS)
async def test_every_step_does_what_the_table_says_or_is_refused(catalog: CatalogUnderTest, name: str) -> None:
    noun = NOUNS[name]
    where = await noun.begin(catalog)
    for state, action in product(noun.life.states, noun.life.actions):
        if action in noun.by_clock:
            continue
        for each in (*noun.callers, STRANGER):
            await put_into(catalog, noun, where, state)
            expect(name, state, action, each, await asked(catalog, noun, where, action, each.headers(catalog)))


def expect(name: str, state: str, action: str, by: Caller, reply: Any) -> None:
    noun = NOUNS[name]
    of = [move for move in noun.life.moves if (move.state, move.action) == (state, action)]
    rows = [move for move in of if not move.by.isdisjoint(by.parties)]
    told = (state, action, by, reply.text)
    if by is STRANGER or not PERMISSIONS.rows[f"{action}_{name}"].admits(by.roles):
        assert reply.status_code == 403, told
    elif rows:
        assert (reply.status_code, reply.json()["state"]) == (200, rows[0].to), told
    else:
        possible = ", ".join(noun.life.allowed(state, by.parties)) or "nothing"
        assert reply.status_code == 409, told
        assert reply.json()["detail"].endswith(f"allowed now: {possible}"), told


async def put_into(catalog: CatalogUnderTest, noun: Noun, where: str, state: str) -> None:
    async with catalog.database.begin() as session:
        await session.execute(text("DELETE FROM history WHERE subject_id = :id"), {"id": id_of(where)})
        change = f"UPDATE {noun.table} SET state = :state, version = 1{noun.fields} WHERE id = :id"
        await session.execute(text(change), {"state": str(state), "id": id_of(where)})


async def asked(catalog: CatalogUnderTest, noun: Noun, where: str, action: str, as_: Headers) -> Any:
    body = noun.bodies.get(action, REASON)
    return await catalog.post(f"{where}/{action.replace('_', '-')}", body, as_=as_, If_Match='"1"')
