"""Procurement: what organisations report they bought, corrected in the open, and the shares computed from it."""

from fractions import Fraction
from typing import Any

from sqlalchemy import text

from catalog.procurements.schemas import EXAMPLE
from catalog.share_rules.schemas import EXAMPLE as RULE
from tests.integration.catalog.service_under_test import PORT, RIVAL, CatalogUnderTest, id_of

Headers = dict[str, str]


def purchase(**changes: Any) -> dict[str, Any]:
    return {**EXAMPLE, **changes}


async def reported(catalog: CatalogUnderTest, as_: Headers | None = None, **changes: Any) -> str:
    reply = await catalog.post("/v1/procurement-records", purchase(**changes), as_=as_)
    assert reply.status_code == 201, reply.text
    return reply.headers["location"]


async def a_rule(catalog: CatalogUnderTest, **changes: Any) -> str:
    bureau = catalog.token("11370200MB28524675", "市工信局（示例）", "publisher")
    reply = await catalog.post("/v1/procurement-share-rules", {**RULE, **changes}, as_=bureau)
    assert reply.status_code == 201, reply.text
    return reply.headers["location"]


async def shares(catalog: CatalogUnderTest, rule: str, period: str, **asked: Any) -> dict[str, dict[str, Any]]:
    """By the organisation's code."""
    reply = await catalog.get("/v1/procurement-shares", rule_id=str(id_of(rule)), period=period, **asked)
    assert reply.status_code == 200, reply.text
    return {one["organisation"]["code"]: one for one in reply.json()["items"]}


async def test_from_a_report_over_a_correction_to_the_share(catalog: CatalogUnderTest) -> None:
    demand = await catalog.a_published_demand()
    rule = await a_rule(catalog)
    plain = await reported(catalog, amount_fen=500, traits=[])
    await reported(catalog, amount_fen=300, traits=["scenario", "innovative_product"], demand_id=str(id_of(demand)))
    await reported(catalog, amount_fen=200, traits=["first_of_kind"], category="services", period="2026-Q2")
    await reported(catalog, amount_fen=7, category="works")
    await reported(catalog, as_=catalog.rival, amount_fen=40, traits=["green"])

    first = (await shares(catalog, rule, "2026-Q1"))[PORT]
    assert [(one["category"], one["numerator_fen"], one["denominator_fen"]) for one in first["shares"]] == [
        ("goods", 300, 800),
        ("services", 0, 0),
    ]
    assert (first["total"]["fraction"], first["shares"][1]["fraction"], first["rule_version"]) == ("3/8", None, 1)
    whole = await shares(catalog, rule, "2026")
    assert whole[PORT]["total"] == {"numerator_fen": 500, "denominator_fen": 1000, "fraction": "1/2"}
    assert whole[RIVAL]["total"] == {"numerator_fen": 0, "denominator_fen": 40, "fraction": "0/1"}
    assert list(await shares(catalog, rule, "2026", owner=f"uscc:{RIVAL}", category="goods")) == [RIVAL]

    body = {**purchase(amount_fen=900, traits=[]), "reason": "少计一项合同"}
    corrected = await catalog.post(f"{plain}/correct", body, If_Match='"1"')
    assert (corrected.status_code, corrected.json()["version"]) == (200, 2)
    assert (await shares(catalog, rule, "2026-Q1"))[PORT]["total"]["fraction"] == "1/4"
    [newest, _] = (await catalog.get(f"{plain}/versions")).json()["items"]
    assert newest["changes"] == [{"pointer": "#/amount_fen", "before": 500, "after": 900}]
    assert (newest["change"], newest["reason"]) == ("correct", "少计一项合同")
    await catalog.post(f"{plain}/withdraw", {"reason": "合同未履行"})
    assert (await shares(catalog, rule, "2026-Q1"))[PORT]["total"]["fraction"] == "1/1"
    await each_step_was_told(catalog, plain)


async def each_step_was_told(catalog: CatalogUnderTest, where: str) -> None:
    feed = [one for one in (await catalog.get("/v1/feed", limit=100)).json()["items"] if one["id"] == str(id_of(where))]
    assert [(one["noun"], one["change"]) for one in feed] == [
        ("procurement", "reported"),
        ("procurement", "correct"),
        ("procurement", "withdrawn"),
    ]
    events = [one for one in await catalog.recorded() if one.subject == str(id_of(where))]
    assert [(one.type, one.data["action"]) for one in events] == [
        ("catalog.step.taken", "create"),
        ("catalog.step.taken", "correct"),
        ("catalog.step.taken", "withdraw"),
    ]
    steps = (await catalog.get(f"{where}/steps", as_=catalog.port)).json()["items"]
    assert [one["action"] for one in steps] == ["withdraw", "correct", "create"]


async def test_a_share_can_be_had_by_the_rule_as_it_was(catalog: CatalogUnderTest) -> None:
    rule = await a_rule(catalog)
    await reported(catalog, amount_fen=500, traits=["green"])
    bureau = catalog.token("11370200MB28524675", "市工信局（示例）", "publisher")
    body = {**RULE, "numerator": {"having": ["green"]}, "reason": "改按绿色产品计算"}
    revised = await catalog.post(f"{rule}/revise", body, as_=bureau, If_Match='"1"')
    assert revised.status_code == 200, revised.text
    by_version = [
        (await shares(catalog, rule, "2026-Q1", rule_version=version))[PORT]["total"]["fraction"] for version in (1, 2)
    ]
    assert by_version == ["0/1", "1/1"]
    missing = await catalog.get("/v1/procurement-shares", rule_id=str(id_of(rule)), period="2026", rule_version=9)
    assert missing.status_code == 404
    assert (await catalog.post(f"{rule}/end", {"reason": "废止"})).status_code == 403
    assert (await catalog.post(f"{rule}/end", {"reason": "废止"}, as_=bureau)).json()["state"] == "ended"
    assert (await shares(catalog, rule, "2026-Q1"))[PORT]["rule_version"] == 3


async def test_of_two_corrections_of_one_version_one_wins(catalog: CatalogUnderTest) -> None:
    where = await reported(catalog)
    body = {**purchase(amount_fen=1), "reason": "更正"}
    replies = [await catalog.post(f"{where}/correct", body, If_Match='"1"') for _ in range(2)]
    assert [reply.status_code for reply in replies] == [200, 412]
    assert (await catalog.post(f"{where}/correct", body)).status_code == 428
    assert (await catalog.post(f"{where}/correct", body, as_=catalog.rival, If_Match='"2"')).status_code == 403


FAULTY: list[tuple[dict[str, Any], str]] = [
    ({"amount_fen": 1.5}, "#/amount_fen"),
    ({"amount_fen": 5.0}, "#/amount_fen"),
    ({"amount_fen": "5"}, "#/amount_fen"),
    ({"amount_fen": -1}, "#/amount_fen"),
    ({"period": "2026"}, "#/period"),
    ({"period": "2199-Q4"}, "#/period"),
    ({"traits": ["scenario"]}, "#/demand_id"),
    ({"demand_id": "01890a5d-ac96-774b-bcce-b302099a8057", "traits": ["scenario"]}, "#/demand_id"),
    ({"category": "gifts"}, "#/category"),
    ({"numerator_fen": 5}, "#/numerator_fen"),
]


async def test_a_fault_in_a_record_names_its_field(catalog: CatalogUnderTest) -> None:
    for changes, pointer in FAULTY:
        reply = await catalog.post("/v1/procurement-records", purchase(**changes))
        assert (reply.status_code, [one["pointer"] for one in reply.json()["errors"]]) == (422, [pointer]), changes


FAULTY_RULES: list[tuple[dict[str, Any], str]] = [
    ({"numerator": {}}, "#/numerator"),
    ({"numerator": {"having": ["green"], "lacking": ["green"]}}, "#/numerator/lacking"),
    ({"categories": []}, "#/categories"),
    ({"categories": ["goods", "goods"]}, "#/categories"),
    ({"valid_until": "2025-Q4"}, "#/valid_until"),
]


async def test_a_fault_in_a_rule_names_its_field(catalog: CatalogUnderTest) -> None:
    for changes, pointer in FAULTY_RULES:
        reply = await catalog.post("/v1/procurement-share-rules", {**RULE, **changes})
        assert (reply.status_code, [one["pointer"] for one in reply.json()["errors"]]) == (422, [pointer]), changes


async def test_shares_are_asked_for_within_the_rule(catalog: CatalogUnderTest) -> None:
    rule = str(id_of(await a_rule(catalog, valid_until="2026-Q3")))
    outside: list[tuple[dict[str, Any], str]] = [
        ({"period": "2025-Q4"}, "period"),
        ({"period": "2026"}, "period"),
        ({"period": "26"}, "period"),
        ({"period": "2026-Q3", "category": "works"}, "category"),
    ]
    for asked, parameter in outside:
        refused = await catalog.get("/v1/procurement-shares", rule_id=rule, **asked)
        assert (refused.status_code, refused.json()["errors"][0]["parameter"]) == (422, parameter)


async def test_only_publishers_report(catalog: CatalogUnderTest) -> None:
    firm = catalog.token("91370200MA3F000017", "甲公司（示例）", "enterprise")
    assert (await catalog.post("/v1/procurement-records", purchase(), as_=firm)).status_code == 403
    assert (await catalog.post("/v1/procurement-share-rules", RULE, as_=firm)).status_code == 403


async def test_pages_of_shares_tell_each_organisation_once_and_agree_with_the_records(
    catalog: CatalogUnderTest,
) -> None:
    rule = await a_rule(catalog)
    buyers = [catalog.token(code, f"{code}（示例）", "publisher", scheme="lei") for code in "ABCDE"]
    for place, buyer in enumerate(buyers, start=1):
        await reported(catalog, as_=buyer, amount_fen=place)
        await reported(catalog, as_=buyer, amount_fen=10, traits=["green"])
    path = f"/v1/procurement-shares?rule_id={id_of(rule)}&period=2026&limit=2"
    rows = [one async for items in catalog.pages(path) for one in items]
    assert sorted(one["organisation"]["code"] for one in rows) == list("ABCDE")
    told = [Fraction(one["total"]["numerator_fen"], one["total"]["denominator_fen"]) for one in rows]
    assert told == [Fraction(one["total"]["fraction"]) for one in rows]
    async with catalog.database.begin() as session:
        summed = (await session.execute(text("SELECT sum(amount_fen) FROM procurement_records"))).scalar_one()
    assert sum(one["total"]["denominator_fen"] for one in rows) == summed


async def test_records_are_found_by_what_they_are(catalog: CatalogUnderTest) -> None:
    await reported(catalog, traits=["green"], period="2026-Q2")
    await reported(catalog, as_=catalog.rival)
    narrowed: list[dict[str, Any]] = [{"trait": "green"}, {"period": "2026-Q2"}, {"owner": f"uscc:{PORT}"}]
    for asked in narrowed:
        found = (await catalog.get("/v1/procurement-records", **asked)).json()["items"]
        assert [one["owner"]["code"] for one in found] == [PORT], asked
