"""Awards on challenges: set by one organisation, solved by another, rewarded by a third."""

from datetime import timedelta
from typing import Any

from sqlalchemy import text

from catalog.awards.schemas import EXAMPLE
from common.clock import now
from tests.integration.catalog.service_under_test import PORT, CatalogUnderTest, id_of
from tests.integration.catalog.solicited import code

DUE_AT = now() + timedelta(days=90)
RESULTS = {"results": [{"indicator": 0, "result": "96.2%"}, {"indicator": 1, "result": "零次误报"}]}
MET = {"judgements": [{"indicator": place, "is_met": True} for place in (0, 1)]}
REASON = {"reason": "试验条件不具备"}
UNIVERSITY, INSTITUTE, BUREAU = code(11), code(12), code(13)


class Challenge:
    """An award, and the tokens of all who take part."""

    def __init__(self, catalog: CatalogUnderTest) -> None:
        self.catalog = catalog
        self.solver = catalog.token(UNIVERSITY, "某大学（示例）", "enterprise")
        self.other = catalog.token(INSTITUTE, "某研究所（示例）", "enterprise")
        self.bureau = catalog.token(BUREAU, "市科技局（示例）", "subsidy_officer")
        self.where = ""

    async def set(self, **changes: Any) -> str:
        demand = await self.catalog.a_published_demand(kind="challenge", closes_at=None)
        body = {**EXAMPLE, "demand_id": str(id_of(demand)), "due_at": DUE_AT.isoformat(), **changes}
        reply = await self.catalog.post("/v1/awards", body)
        assert reply.status_code == 201, reply.text
        self.where = str(reply.headers["location"])
        return self.where

    async def done(self, step: str, body: Any = None, as_: dict[str, str] | None = None) -> dict[str, Any]:
        reply = await self.catalog.post(f"{self.where}/{step}", body, as_=as_)
        assert reply.status_code == 200, reply.text
        found: dict[str, Any] = reply.json()
        return found

    async def tackling(self, **changes: Any) -> None:
        await self.set(**changes)
        await self.done("claim", as_=self.solver)
        await self.done("start")

    async def public(self) -> dict[str, Any]:
        found: dict[str, Any] = (await self.catalog.get(self.where)).json()
        return found


async def test_from_the_challenge_to_the_reward(catalog: CatalogUnderTest) -> None:
    award = Challenge(catalog)
    await award.set()
    assert (await award.done("claim", as_=award.solver))["solver_name"] == "某大学（示例）"
    assert (await award.done("start"))["state"] == "tackling"
    assert (await award.done("deliver", RESULTS, award.solver))["results"][0]["result"] == "96.2%"
    assert (await award.public())["results"] is None
    assert (await catalog.get(award.where, as_=catalog.port)).json()["results"] == RESULTS["results"]
    assert "96.2%" not in str([event.data for event in await catalog.recorded()])
    assert "96.2%" not in (await catalog.get("/v1/feed", limit=100)).text

    accepted = await award.done("accept", MET)
    assert (accepted["state"], (await award.public())["results"]) == ("accepted", RESULTS["results"])
    rewarded = await award.done("reward", as_=award.bureau)
    assert (rewarded["state"], rewarded["amount_fen"]) == ("rewarded", 50_000_000)
    assert await catalog.clock_strikes(DUE_AT) == 0
    await everyone_was_told(award)


async def everyone_was_told(award: Challenge) -> None:
    catalog, subject = award.catalog, str(id_of(award.where))
    feed = [one for one in (await catalog.get("/v1/feed", limit=100)).json()["items"] if one["id"] == subject]
    states = ["published", "claimed", "tackling", "delivered", "accepted", "rewarded"]
    assert [one["change"] for one in feed] == states
    events = [one.data for one in await catalog.recorded() if one.subject == subject]
    assert [(one["noun"], one["after"]) for one in events] == [("award", state) for state in states]
    assert [[each["code"] for each in one["audience"]] for one in events] == [[], *[[UNIVERSITY]] * 5]
    steps = (await catalog.get(f"{award.where}/steps", as_=catalog.port)).json()["items"]
    assert [(one["action"], one["party"], one["actor"]["code"]) for one in reversed(steps)] == [
        ("create", "setter", PORT),
        ("claim", "candidate", UNIVERSITY),
        ("start", "setter", PORT),
        ("deliver", "solver", UNIVERSITY),
        ("accept", "setter", PORT),
        ("reward", "grantor", BUREAU),
    ]


async def test_of_two_who_claim_at_once_one_has_it_and_the_other_is_told(catalog: CatalogUnderTest) -> None:
    award = Challenge(catalog)
    await award.set()
    claims = [catalog.post(f"{award.where}/claim", as_=each) for each in (award.solver, award.other)]
    replies = await catalog.at_once("awards", id_of(award.where), *claims)
    replies.sort(key=lambda reply: reply.status_code)
    assert [reply.status_code for reply in replies] == [200, 409]
    assert (await award.public())["solver"] == replies[0].json()["solver"]
    assert "is claimed" in replies[1].json()["detail"]


async def test_neither_setter_nor_solver_rewards(catalog: CatalogUnderTest) -> None:
    award = Challenge(catalog)
    await award.tackling()
    await award.done("deliver", RESULTS, award.solver)
    await award.done("accept", MET)
    own = catalog.token(PORT, "青岛港（示例）", "publisher", "subsidy_officer")
    solvers = catalog.token(UNIVERSITY, "某大学（示例）", "enterprise", "subsidy_officer")
    for party in (own, solvers):
        refused = await catalog.post(f"{award.where}/reward", as_=party)
        assert (refused.status_code, "only by a subsidy_officer" in refused.json()["detail"]) == (409, True)
    assert (await award.done("reward", as_=award.bureau))["state"] == "rewarded"


async def test_a_released_award_is_claimed_by_another(catalog: CatalogUnderTest) -> None:
    award = Challenge(catalog)
    await award.tackling()
    assert (await catalog.post(f"{award.where}/release", REASON)).status_code == 409
    assert (await catalog.post(f"{award.where}/release", as_=award.solver)).status_code == 422
    released = await award.done("release", REASON, award.solver)
    assert (released["state"], released["solver"], released["state_reason"]) == ("published", None, REASON["reason"])
    assert (await award.done("claim", as_=award.other))["solver"]["code"] == INSTITUTE


async def test_the_deadline_ends_what_was_not_delivered(catalog: CatalogUnderTest) -> None:
    published, tackled, delivered = Challenge(catalog), Challenge(catalog), Challenge(catalog)
    await published.set()
    await tackled.tackling()
    await delivered.tackling()
    await delivered.done("deliver", RESULTS, delivered.solver)
    assert await catalog.clock_strikes(DUE_AT - timedelta(seconds=1)) == 0
    await catalog.clock_strikes(DUE_AT)
    states = [(await each.public())["state"] for each in (published, tackled, delivered)]
    assert states == ["expired", "expired", "delivered"]
    assert (await delivered.done("fail", REASON))["state_reason"] == REASON["reason"]


async def test_nobody_claims_or_delivers_after_the_deadline_though_the_clock_is_late(
    catalog: CatalogUnderTest,
) -> None:
    award, free = Challenge(catalog), Challenge(catalog)
    await award.tackling()
    await free.set()
    async with catalog.database.begin() as session:
        await session.execute(text("UPDATE awards SET due_at = now() - interval '1 second'"))
    for path, body in ((f"{free.where}/claim", None), (f"{award.where}/deliver", RESULTS)):
        refused = await catalog.post(path, body, as_=award.solver)
        assert (refused.status_code, "deadline" in refused.json()["detail"]) == (409, True)


async def test_results_cover_each_indicator_and_all_are_met(catalog: CatalogUnderTest) -> None:
    award = Challenge(catalog)
    await award.tackling()
    first, second = RESULTS["results"]
    for results, pointer in (
        ([first], "#/results"),
        ([first, first, second], "#/results/0/indicator"),
        ([first, {**second, "indicator": 5}], "#/results/1/indicator"),
        ([{**first, "indicator": True}, second], "#/results/0/indicator"),
    ):
        refused = await catalog.post(f"{award.where}/deliver", {"results": results}, as_=award.solver)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)
    await award.done("deliver", RESULTS, award.solver)
    judged = [{"indicator": 0, "is_met": True}, {"indicator": 1, "is_met": False}]
    refused = await catalog.post(f"{award.where}/accept", {"judgements": judged})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "#/judgements/1/is_met")
    assert (await award.public())["state"] == "delivered"


async def test_an_award_is_set_on_an_open_challenge_of_ones_own(catalog: CatalogUnderTest) -> None:
    scenario, draft = await catalog.a_published_demand(), await catalog.a_draft(kind="challenge")
    theirs = await catalog.a_published_demand(kind="challenge", as_=catalog.rival)
    mine = await catalog.a_published_demand(kind="challenge")
    for demand, changes, status, pointer in (
        (scenario, {}, 422, "#/demand_id"),
        (draft, {}, 422, "#/demand_id"),
        (theirs, {}, 404, None),
        (mine, {"due_at": "2020-01-01T00:00:00Z"}, 422, "#/due_at"),
        (mine, {"amount_fen": 0}, 422, "#/amount_fen"),
        (mine, {"amount_fen": 1e3}, 422, "#/amount_fen"),
        (mine, {"indicators": []}, 422, "#/indicators"),
    ):
        body = {**EXAMPLE, "demand_id": str(id_of(demand)), "due_at": DUE_AT.isoformat(), **dict(changes)}
        reply = await catalog.post("/v1/awards", body)
        assert reply.status_code == status, reply.text
        assert [one["pointer"] for one in reply.json().get("errors", [])] == ([pointer] if pointer else [])


async def test_awards_are_found_by_what_they_are(catalog: CatalogUnderTest) -> None:
    first, second = Challenge(catalog), Challenge(catalog)
    await first.tackling()
    await second.set()
    demand = (await first.public())["demand_id"]
    narrowed: list[dict[str, Any]] = [
        {"state": "tackling"},
        {"solver": f"uscc:{UNIVERSITY}"},
        {"demand_id": demand, "owner": f"uscc:{PORT}"},
    ]
    for asked in narrowed:
        found = (await catalog.get("/v1/awards", **asked)).json()["items"]
        assert [f"/v1/awards/{one['id']}" for one in found] == [first.where], asked
