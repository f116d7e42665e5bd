"""Subsidies: schemes with rate and caps, and claims decided by people who have no part in them."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from catalog.subsidies.schemas import EXAMPLE as SCHEME
from common.clock import now
from tests.integration.catalog.service_under_test import CatalogUnderTest, id_of
from tests.integration.catalog.solicited import FIRM, code, key
from tests.integration.catalog.subsidised import BUREAU, DISTRICT, NUMBER, REASON, Subsidised
from tests.integration.catalog.validated import Case

CLAIMED_FEN = 25_600_000
"""20 % of the cost in the example."""


async def test_from_the_adopted_solution_to_the_payment(
    catalog: CatalogUnderTest, capfd: pytest.CaptureFixture[str]
) -> None:
    subsidy = Subsidised(catalog)
    solution, _ = await subsidy.adopted()
    scheme = await subsidy.scheme()
    claim = await subsidy.filed(scheme, solution)
    assert (await catalog.get(claim)).status_code == 404
    own = (await catalog.get(claim, as_=subsidy.firm)).json()
    assert (own["amount_fen"], own["cost_fen"], own["state"]) == (CLAIMED_FEN, 128_000_000, "filed")

    await subsidy.done(claim, "verify")
    assert (await catalog.get(claim)).status_code == 404
    shown = await subsidy.done(claim, "publicise")
    public = (await catalog.get(claim)).json()
    assert (public["state"], public["cost_fen"], public["evidence"]) == ("publicised", None, None)
    early = await catalog.post(f"{claim}/approve", {}, as_=subsidy.bureau)
    assert (early.status_code, shown["notice_ends_at"][:10] in early.json()["detail"]) == (409, True)
    await catalog.clock_strikes(now() + timedelta(days=7, seconds=1))
    await subsidy.end_notice(claim)
    same = await catalog.post(f"{claim}/approve", {}, as_=subsidy.district)
    assert (same.status_code, "verified" in same.json()["detail"]) == (403, True)
    await subsidy.done(claim, "approve", {}, subsidy.bureau)
    account = await catalog.get(f"{claim}/account", as_=subsidy.bureau)
    assert account.json()["number"] == NUMBER
    await subsidy.done(claim, "pay", as_=subsidy.bureau)
    assert (await subsidy.balance(scheme))["paid_fen"] == CLAIMED_FEN
    clawed = await subsidy.done(claim, "reclaim", REASON, subsidy.bureau)
    assert (clawed["state"], clawed["state_reason"]) == ("clawed_back", REASON["reason"])
    assert (await subsidy.balance(scheme))["remaining_fen"] == SCHEME["cap_total_fen"]
    await everyone_was_told(subsidy, claim)
    await nobody_was_told_the_account(catalog)
    assert NUMBER not in "".join(capfd.readouterr())


async def everyone_was_told(subsidy: Subsidised, claim: str) -> None:
    catalog, subject = subsidy.catalog, str(id_of(claim))
    feed = [one for one in (await catalog.get("/v1/feed", limit=200)).json()["items"] if one["id"] == subject]
    assert [one["change"] for one in feed] == ["publicised", "conclude", "approved", "paid", "clawed_back"]
    events = [one.data for one in await catalog.recorded() if one.subject == subject]
    actions = ["create", "verify", "publicise", "conclude", "approve", "pay", "reclaim"]
    assert [(one["noun"], one["action"]) for one in events] == [("subsidy_claim", each) for each in actions]
    assert all({"scheme": "uscc", "code": BUREAU} in one["audience"] for one in events)
    steps = (await catalog.get(f"{claim}/steps", as_=subsidy.firm)).json()["items"]
    assert [(one["party"], one["actor"] and one["actor"]["code"]) for one in reversed(steps)] == [
        ("claimant", FIRM),
        ("officer", DISTRICT),
        ("officer", DISTRICT),
        ("clock", None),
        *[("officer", BUREAU)] * 3,
    ]


async def nobody_was_told_the_account(catalog: CatalogUnderTest) -> None:
    """It stands in the claims' own table and in no other: no audit, version, event, kept reply."""
    async with catalog.database.begin() as session:
        tables = (await session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))).all()
        holding = [
            table
            for table in tables
            if (
                await session.execute(
                    text(f"SELECT count(*) FROM {table} WHERE {table}::text LIKE :number"), {"number": f"%{NUMBER}%"}
                )
            ).scalar_one()
        ]
    assert holding == ["subsidy_claims"]


async def test_whoever_evaluated_selected_or_claims_decides_nothing(catalog: CatalogUnderTest) -> None:
    subsidy = Subsidised(catalog)
    solution, _ = await subsidy.adopted()
    claim = await subsidy.filed(await subsidy.scheme(), solution)
    for step, body in (("verify", None), ("refuse", REASON)):
        for who, token in subsidy.conflicted.items():
            refused = await catalog.post(f"{claim}/{step}", body, as_=token)
            assert refused.status_code == 403, (step, who, refused.text)
    await subsidy.noticed(claim)
    for who, token in subsidy.conflicted.items():
        assert (await catalog.post(f"{claim}/approve", {}, as_=token)).status_code == 403, who
        expected = 200 if who == "who claims" else 403
        assert (await catalog.get(f"{claim}/account", as_=token)).status_code == expected, who
    stranger = catalog.token(code(40), "别的单位（示例）", "subsidy_officer")
    assert (await catalog.post(f"{claim}/approve", {}, as_=stranger)).status_code == 403
    assert (await subsidy.done(claim, "approve", {}, subsidy.bureau))["state"] == "approved"


async def test_approvals_at_once_stay_within_the_total(catalog: CatalogUnderTest) -> None:
    subsidy = Subsidised(catalog)
    first, second = await subsidy.adopted()
    scheme = await subsidy.scheme(cap_claim_fen=100, cap_total_fen=150)
    claims = [await subsidy.filed(scheme, first), await subsidy.filed(scheme, second, subsidy.rival)]
    for claim in claims:
        await subsidy.noticed(claim)
    officers = (subsidy.bureau, subsidy.finance)
    approvals = [catalog.post(f"{claim}/approve", {}, as_=by) for claim, by in zip(claims, officers, strict=True)]
    replies = await catalog.at_once("subsidy_schemes", id_of(scheme), *approvals)
    replies.sort(key=lambda reply: reply.status_code)
    assert [reply.status_code for reply in replies] == [200, 409]
    assert "50 fen are left" in replies[1].json()["detail"]
    lost = next(claim for claim in claims if claim.rsplit("/", 1)[1] != replies[0].json()["id"])
    assert (await subsidy.done(lost, "approve", {"amount_fen": 50}, subsidy.bureau))["amount_fen"] == 50
    assert await subsidy.balance(scheme) == {
        "cap_total_fen": 150,
        "approved_fen": 150,
        "paid_fen": 0,
        "clawed_back_fen": 0,
        "remaining_fen": 0,
    }


async def test_a_solution_is_claimed_for_once(catalog: CatalogUnderTest) -> None:
    subsidy = Subsidised(catalog)
    solution, _ = await subsidy.adopted()
    scheme = await subsidy.scheme()
    body = subsidy.claim(scheme, solution)
    both = [catalog.post("/v1/subsidy-claims", body, as_=subsidy.firm) for _ in range(2)]
    replies = await catalog.at_once("subsidy_schemes", id_of(scheme), *both)
    replies.sort(key=lambda reply: reply.status_code)
    assert [reply.status_code for reply in replies] == [201, 409]
    where = replies[0].headers["location"]
    assert where in replies[1].json()["detail"]
    assert (await subsidy.done(where, "withdraw", as_=subsidy.firm))["state"] == "withdrawn"
    assert (await catalog.get(f"{where}/account", as_=subsidy.firm)).status_code == 404
    await subsidy.filed(scheme, solution)


async def test_a_claim_stands_on_a_solution_of_ones_own_that_was_adopted(catalog: CatalogUnderTest) -> None:
    subsidy = Subsidised(catalog)
    solution, theirs = await subsidy.selected()
    scheme = await subsidy.scheme()

    async def filing(solution: str, **changes: Any) -> tuple[int, str]:
        reply = await catalog.post("/v1/subsidy-claims", subsidy.claim(scheme, solution, **changes), as_=subsidy.firm)
        return reply.status_code, reply.text

    assert (await filing(solution))[0] == 409
    await subsidy.adopt()
    assert (await filing(theirs))[0] == 404
    for changes, pointer in (
        ({"cost_fen": 1.0}, "#/cost_fen"),
        ({"cost_fen": 4}, "#/cost_fen"),
        ({"evidence": []}, "#/evidence"),
        ({"account": {"bank": "示例银行", "number": "12 34"}}, "#/account/number"),
    ):
        status, told = await filing(solution, **changes)
        assert (status, pointer in told, "12 34" in told) == (422, True, False), changes
    demand = (await catalog.get(subsidy.call.where)).json()["demand_id"]
    assert (await catalog.post(f"/v1/demands/{demand}/archive")).status_code == 200
    assert (await filing(solution))[0] == 201
    assert (await catalog.post(f"{scheme}/close", REASON, as_=subsidy.bureau)).json()["state"] == "closed"
    await subsidy.done((await first_of(subsidy, "to_handle"))["where"], "refuse", REASON)
    assert (await filing(solution))[0] == 409


async def first_of(subsidy: Subsidised, wanted: str) -> dict[str, Any]:
    items = (await subsidy.catalog.get("/v1/subsidy-claims", as_=subsidy.district, **{wanted: True})).json()["items"]
    return {**items[0], "where": f"/v1/subsidy-claims/{items[0]['id']}"}


async def test_a_scheme_may_ask_for_a_validation_that_stands(catalog: CatalogUnderTest) -> None:
    subsidy = Subsidised(catalog)
    solution, _ = await subsidy.adopted()
    scheme = await subsidy.scheme(needs_validation=True)
    refused = await catalog.post("/v1/subsidy-claims", subsidy.claim(scheme, solution), as_=subsidy.firm)
    assert (refused.status_code, "/v1/validations" in refused.json()["detail"]) == (409, True)
    case = Case(catalog)
    await case.accepted()
    await change(catalog, "UPDATE validations SET solution_id = :id", solution)
    claim = await subsidy.filed(scheme, solution)
    own = (await catalog.get(claim, as_=subsidy.firm)).json()
    assert f"/v1/validations/{own['validation_id']}" == case.where
    await subsidy.noticed(claim)
    await change(catalog, "UPDATE validations SET state = 'doubted' WHERE solution_id = :id", solution)
    assert (await catalog.post(f"{claim}/approve", {}, as_=subsidy.bureau)).status_code == 409
    await change(catalog, "UPDATE validations SET state = 'accepted' WHERE solution_id = :id", solution)
    assert (await subsidy.done(claim, "approve", {}, subsidy.bureau))["state"] == "approved"


async def change(catalog: CatalogUnderTest, statement: str, of: str) -> None:
    async with catalog.database.begin() as session:
        await session.execute(text(statement), {"id": id_of(of)})


async def test_lists_show_what_their_reader_may_see(catalog: CatalogUnderTest) -> None:
    subsidy = Subsidised(catalog)
    solution, other = await subsidy.adopted()
    scheme = await subsidy.scheme()
    filed, noticed = await subsidy.filed(scheme, solution), await subsidy.filed(scheme, other, subsidy.rival)
    await subsidy.noticed(noticed)

    async def listed(as_: Any = None, **asked: Any) -> list[str]:
        items = (await catalog.get("/v1/subsidy-claims", as_=as_, **asked)).json()["items"]
        return [f"/v1/subsidy-claims/{one['id']}" for one in items]

    assert await listed() == [noticed]
    assert await listed(subsidy.firm) == [noticed]
    assert await listed(subsidy.firm, mine=True) == [filed]
    assert await listed(subsidy.district, to_handle=True, scheme_id=str(id_of(scheme))) == [noticed, filed]
    assert (await catalog.get("/v1/subsidy-claims", mine=True)).status_code == 401
    assert (await catalog.get("/v1/subsidy-claims", as_=subsidy.firm, to_handle=True)).status_code == 403
    outsider = catalog.token(code(41), "别的局（示例）", "subsidy_officer")
    assert await listed(outsider, to_handle=True) == []
    assert (await catalog.get(filed, as_=outsider)).status_code == 404


async def test_a_scheme_opens_and_closes_by_the_clock(catalog: CatalogUnderTest) -> None:
    bureau = catalog.token(BUREAU, "市工信局（示例）", "publisher")
    opens_at, closes_at = now() + timedelta(days=10), now() + timedelta(days=20)
    terms = {**SCHEME, "opens_at": opens_at.isoformat(), "closes_at": closes_at.isoformat()}
    where = (await catalog.post("/v1/subsidy-schemes", terms, as_=bureau)).headers["location"]
    seen = [(await catalog.get(where)).json()["state"]]
    for moment in (opens_at, closes_at):
        assert await catalog.clock_strikes(moment - timedelta(seconds=1)) == 0
        await catalog.clock_strikes(moment)
        seen.append((await catalog.get(where)).json()["state"])
    assert seen == ["planned", "open", "closed"]
    feed = (await catalog.get("/v1/feed")).json()["items"]
    assert [(one["noun"], one["change"]) for one in feed] == [("subsidy_scheme", state) for state in seen]


FAULTY: list[tuple[dict[str, Any], str]] = [
    ({"rate_basis_points": 10_001}, "#/rate_basis_points"),
    ({"rate_basis_points": 0.2}, "#/rate_basis_points"),
    ({"cap_claim_fen": 2, "cap_total_fen": 1}, "#/cap_claim_fen"),
    ({"cap_total_fen": 2e9}, "#/cap_total_fen"),
    ({"notice_days": 0}, "#/notice_days"),
    ({"opens_at": "2020-01-01T00:00:00Z"}, "#/opens_at"),
    ({"opens_at": "2099-12-31T16:00:00Z", "closes_at": "2099-01-01T00:00:00Z"}, "#/opens_at"),
    ({"handlers": [key(BUREAU)]}, "#/handlers/0"),
    ({"handlers": [key(FIRM), key(FIRM)]}, "#/handlers/1"),
    ({"policy_id": "01890a5d-ac96-774b-bcce-b302099a8057"}, "#/policy_id"),
]


async def test_a_fault_in_a_scheme_names_its_field(catalog: CatalogUnderTest) -> None:
    bureau = catalog.token(BUREAU, "市工信局（示例）", "publisher")
    for changes, pointer in FAULTY:
        reply = await catalog.post("/v1/subsidy-schemes", {**SCHEME, **changes}, as_=bureau)
        assert (reply.status_code, [one["pointer"] for one in reply.json()["errors"]]) == (422, [pointer]), changes
    firm = catalog.token(FIRM, "甲公司（示例）", "enterprise")
    assert (await catalog.post("/v1/subsidy-schemes", SCHEME, as_=firm)).status_code == 403
