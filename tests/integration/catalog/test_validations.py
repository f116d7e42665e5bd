"""Validations: asked for, scheduled, measured, signed, accepted; and what takes a result's worth away again."""

import asyncio
import hashlib
import json
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from common import signatures
from common.canonical import digest
from tests.integration.catalog.service_under_test import CatalogUnderTest, id_of
from tests.integration.catalog.validated import BEGINS, FIRM, HOST, REPORT, Case, times


@pytest.fixture
async def case(catalog: CatalogUnderTest) -> Case:
    return Case(catalog)


async def test_a_validation_goes_from_request_to_evidence(case: Case) -> None:
    catalog = case.catalog
    await case.accepted(profile_id="0195f0c4-7a31-7c41-8f6e-3f5f0f6f0001")
    shown = (await catalog.get(case.where)).json()
    assert (shown["state"], shown["owner_name"], shown["host_name"]) == (
        "accepted",
        "甲公司（示例）",
        "港口测试中心（示例）",
    )
    [measurement] = shown["measurements"]
    assert measurement == {
        "metric": "定位误差",
        "about": "定位误差不大于5厘米",
        "operator": "le",
        "value": 5.0,
        "upper": None,
        "unit": "cm",
        "site": "青岛市黄岛区前湾港区示例闸口",
        "data_class": "general",
        "measured": 4.2,
        "is_met": True,
        "statement": "定位误差实测4.2cm",
    }
    signed = await case.result()
    assert signed["sha256"] == shown["result_sha256"] == digest(signed["result"])
    assert signed["result"]["report"]["sha256"] == hashlib.sha256(REPORT).hexdigest()
    assert signatures.is_signed(signatures.x_of(case.key), signed["result"], signed["signature"]["value"])
    events = [one for one in await catalog.recorded() if one.type.startswith("catalog.validation")]
    assert [(one.type, one.data["validation"]["figures"][0]["statement"]) for one in events] == [
        ("catalog.validation.accepted", "定位误差实测4.2cm")
    ]
    feed = (await catalog.get("/v1/feed")).json()["items"]
    assert [one["change"] for one in feed if one["noun"] == "validation"] == ["accepted"]
    steps = (await catalog.get(f"{case.where}/steps", as_=case.firm)).json()["items"]
    actions = ["create", "approve", "schedule", "start", "measure", "attach", "sign", "accept"]
    assert [one["action"] for one in reversed(steps)] == actions
    told = [one.data for one in await catalog.recorded() if one.type == "catalog.step.taken"]
    assert all(
        {party["code"] for party in one["audience"]} >= {HOST} and one["owner"]["code"] == FIRM
        for one in told
        if one["noun"] == "validation"
    )


async def test_before_acceptance_only_the_parties_see_it(case: Case) -> None:
    await case.reported()
    catalog, paths = case.catalog, ("", "/result", "/verification", "/steps", "/versions", "/report")
    for path in paths:
        for reader in (case.host, case.firm, catalog.port):
            assert (await catalog.get(f"{case.where}{path}", as_=reader)).status_code == 200, path
        assert (await catalog.get(f"{case.where}{path}", as_=case.other_firm)).status_code == 404, path
    assert (await catalog.get("/v1/validations")).json()["items"] == []
    assert len((await catalog.get("/v1/validations", as_=catalog.port)).json()["items"]) == 1
    assert "validation" not in {one["noun"] for one in (await catalog.get("/v1/feed")).json()["items"]}
    await case.done("accept", as_=catalog.port)
    assert [(await catalog.get(f"{case.where}{path}")).status_code for path in paths] == [200, 200, 200, 401, 200, 401]
    assert (await catalog.get(f"{case.where}/report", as_=case.other_firm)).status_code == 403


async def test_of_two_firms_that_take_the_last_seat_at_once_one_gets_it(case: Case) -> None:
    case.bed = await case.open_bed(capacity=1)
    last, later = await case.offer(case.bed, times(0), times(1))
    other = Case(case.catalog)
    other.firm, other.bed = case.other_firm, case.bed
    for one in (case, other):
        await one.asked()
        await one.done("approve")
    replies = await asyncio.gather(
        case.do("schedule", {"slot_id": last}, as_=case.firm), other.do("schedule", {"slot_id": last}, as_=other.firm)
    )
    refused, taken = sorted(replies, key=lambda reply: -reply.status_code)
    assert (taken.status_code, refused.status_code) == (200, 409)
    assert later in refused.json()["detail"]
    assert last not in refused.json()["detail"]
    loser = case if replies[0] is refused else other
    assert (await loser.do("schedule", {"slot_id": later}, as_=loser.firm)).status_code == 200
    shown = (await case.catalog.get(f"{case.bed}/slots")).json()["items"]
    assert [one["free_count"] for one in shown] == [0, 0]


async def test_a_seat_is_free_again_when_it_is_left_cancelled_or_never_used(case: Case) -> None:
    case.bed = await case.open_bed(capacity=1)
    first, second = await case.offer(case.bed, times(0), times(1))
    await case.asked()
    await case.done("approve")

    async def free() -> list[int]:
        return [one["free_count"] for one in (await case.catalog.get(f"{case.bed}/slots")).json()["items"]]

    await case.done("schedule", {"slot_id": first}, as_=case.firm)
    await case.done("schedule", {"slot_id": second}, as_=case.firm)
    assert await free() == [1, 0]
    await case.catalog.clock_strikes(BEGINS + timedelta(days=2))
    assert (await case.state(), await free()) == ("approved", [1, 1])
    await case.done("schedule", {"slot_id": first}, as_=case.firm)
    await case.done("cancel", {"reason": "样机未到"}, as_=case.firm)
    assert (await case.state(), await free()) == ("cancelled", [1, 1])
    assert await case.catalog.clock_strikes(BEGINS + timedelta(days=3)) == 0


async def test_a_result_is_signed_whole_by_an_active_key_of_the_host_alone(case: Case) -> None:
    catalog = case.catalog
    await case.started()
    unmeasured = await case.do("sign", await case.signature())
    assert (unmeasured.status_code, "measurements 0" in unmeasured.json()["detail"]) == (409, True)
    await case.measure(4.2)
    unreported = await case.do("sign", await case.signature())
    assert (unreported.status_code, "report" in unreported.json()["detail"]) == (409, True)
    await case.attach()
    signature = await case.signature()
    unknown = await case.do("sign", signature)
    assert (unknown.status_code, unknown.json()["errors"][0]["pointer"]) == (422, "#/key_id")
    key = await case.register()
    firms = Ed25519PrivateKey.generate()
    await case.register(firms, as_=case.firm)
    foreign = await case.do("sign", await case.signature(firms))
    assert (foreign.status_code, foreign.json()["errors"][0]["pointer"]) == (422, "#/key_id")
    await case.measure(4.3)
    outdated = await case.do("sign", signature)
    assert (outdated.status_code, outdated.json()["errors"][0]["pointer"]) == (422, "#/value")
    assert (await case.result(as_=case.host))["sha256"] in outdated.json()["detail"]
    assert (await case.do("sign", await case.signature(), as_=case.firm)).status_code == 403
    await catalog.post(f"{key}/retire", as_=case.host)
    assert (await case.do("sign", await case.signature())).status_code == 422
    assert await case.state() == "running"


async def test_a_signed_result_changes_no_more(case: Case) -> None:
    await case.reported()
    before = await case.result(as_=case.host)
    assert (await case.measure(1.0)).status_code == 409
    assert (await case.attach(b"%PDF-1.7 another")).status_code == 409
    assert await case.result(as_=case.host) == before


@pytest.mark.parametrize(
    ("place", "value", "pointer"),
    [
        ("host", {"scheme": "no scheme", "code": "1", "name": "甲"}, "#/result/host/scheme"),
        ("enterprise", {"scheme": "uscc", "code": "a.b", "name": "甲"}, "#/result/enterprise/code"),
        ("demand_version", 2**60, "#/result/demand_version"),
        ("demand_version", -1, "#/result/demand_version"),
        ("demand_title", "甲\ud800", "#/result/demand_title"),
        ("subject", "甲\x00乙", "#/result/subject"),
    ],
)
async def test_a_result_that_no_host_can_have_signed_is_refused(
    case: Case, place: str, value: object, pointer: str
) -> None:
    await case.accepted()
    signed = await case.result()
    presented = {"result": signed["result"] | {place: value}, "signature": signed["signature"]}
    as_json = {"Content-Type": "application/json"}
    reply = await case.catalog.http.post("/v1/validations/verify", content=json.dumps(presented), headers=as_json)
    assert (reply.status_code, reply.json()["errors"][0]["pointer"]) == (422, pointer)


async def test_everyone_can_check_a_result_and_hears_of_a_revoked_key(case: Case) -> None:
    catalog = case.catalog
    key = await case.accepted()
    signed = await case.result()
    presented = {"result": signed["result"], "signature": signed["signature"]}

    async def verdicts() -> tuple[str, str]:
        on_record = (await catalog.get(f"{case.where}/verification")).json()
        in_hand = await catalog.http.post("/v1/validations/verify", json=presented)
        return on_record["verdict"], in_hand.json()["verdict"]

    assert await verdicts() == ("valid", "valid")
    altered = {**signed["result"], "measurements": [{**signed["result"]["measurements"][0], "measured": 0.1}]}
    forged = await catalog.http.post("/v1/validations/verify", json={**presented, "result": altered})
    assert (forged.status_code, forged.json()["verdict"]) == (200, "wrong")
    await catalog.post(f"{key}/retire", as_=case.host)
    assert await verdicts() == ("valid", "valid")
    await catalog.post(f"{key}/revoke", {"reason": "私钥外泄"}, as_=case.host)
    assert await verdicts() == ("key_revoked", "key_revoked")
    await catalog.clock_strikes(BEGINS)
    assert await case.state() == "doubted"
    second = Ed25519PrivateKey.generate()
    await case.register(second)
    await case.done("sign", await case.signature(second))
    assert (await case.state(), (await catalog.get(f"{case.where}/verification")).json()["verdict"]) == (
        *("accepted",),
        "valid",
    )
    told = [one.type for one in await catalog.recorded() if one.type.startswith("catalog.validation")]
    assert told == [f"catalog.validation.{one}" for one in ("accepted", "lapsed", "accepted")]
    await case.done("annul", {"reason": "样本与实际工况不符"}, as_=catalog.port)
    assert (await catalog.get(case.where)).json()["state_reason"] == "样本与实际工况不符"
    assert [one.type for one in await catalog.recorded()][-1] == "catalog.validation.lapsed"


async def test_a_result_whose_key_was_revoked_is_not_accepted(case: Case) -> None:
    key = await case.reported()
    await case.catalog.post(f"{key}/revoke", {"reason": "私钥外泄"}, as_=case.host)
    refused = await case.do("accept", as_=case.catalog.port)
    assert (refused.status_code, "anew" in refused.json()["detail"]) == (409, True)
    second = Ed25519PrivateKey.generate()
    await case.register(second)
    await case.done("sign", await case.signature(second))
    await case.done("accept", as_=case.catalog.port)


async def test_nobody_measures_or_accepts_its_own_and_strangers_do_nothing(case: Case) -> None:
    catalog = case.catalog
    assert (await case.ask(demand=await catalog.a_draft())).status_code == 404
    own = Case(catalog)
    own.firm = catalog.token(HOST, "港口测试中心（示例）", "publisher", "enterprise")
    refused = await own.ask()
    assert (refused.status_code, "somebody else" in refused.json()["detail"]) == (409, True)
    case.firm, firm = catalog.token(FIRM, "甲公司（示例）", "publisher"), case.firm
    assert (await case.ask()).status_code == 403
    case.firm = firm
    await case.asked()
    for step in ("approve", "start"):
        assert (await case.do(step, as_=case.other_firm)).status_code == 403
        assert (await case.do(step, as_=catalog.rival)).status_code == 404
        assert (await case.do(step, as_=case.firm)).status_code == 403
    assert (await case.do("accept", as_=case.other_firm)).status_code == 404
    assert (await case.do("accept", as_=case.firm)).status_code == 409
    refusal = await case.do("refuse", {"reason": "本年度测试计划已满"})
    assert (refusal.json()["state"], refusal.json()["state_reason"]) == ("refused", "本年度测试计划已满")


async def test_a_request_is_changed_before_it_is_answered_and_faults_name_their_fields(case: Case) -> None:
    catalog = case.catalog
    unmeasurable = await catalog.a_published_demand(
        clauses=[{"kind": "function", "text": "能够连续定位", "is_hard": True}]
    )
    refused = await case.ask(demand=unmeasurable)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "#/measurements")
    reply = await case.ask(solution_id=str(id_of(await catalog.a_draft())))
    assert reply.status_code == 404
    where = await case.asked()
    tag = (await catalog.get(where, as_=case.firm)).headers["etag"]
    target = {"metric": "切换时间", "operator": "between", "value": 5, "upper": 1, "unit": "ms"}
    body = {"subject": "融合定位终端 V4", "measurements": [target]}
    backwards = await catalog.put(where, body, as_=case.firm, If_Match=tag)
    assert (backwards.status_code, backwards.json()["errors"][0]["pointer"]) == (422, "#/measurements/0")
    body["measurements"] = [{**target, "upper": 9, "site": "二号门", "data_class": "open"}]
    changed = await catalog.put(where, body, as_=case.firm, If_Match=tag)
    assert [(one["metric"], one["site"]) for one in changed.json()["measurements"]] == [("切换时间", "二号门")]
    assert (await catalog.put(where, body, as_=case.firm, If_Match=tag)).status_code == 412
    await case.done("approve")
    late = await catalog.put(where, body, as_=case.firm, If_Match='"3"')
    assert (late.status_code, "approved" in late.json()["detail"]) == (409, True)


async def test_two_measurements_at_once_and_a_wrong_count_are_refused(case: Case) -> None:
    await case.started()
    tag = (await case.catalog.get(case.where, as_=case.host)).headers["etag"]
    writing = (
        case.catalog.put(f"{case.where}/measurements", {"measured": [each]}, as_=case.host, If_Match=tag)
        for each in (4.2, 4.4)
    )
    replies = await asyncio.gather(*writing)
    assert sorted(reply.status_code for reply in replies) == [200, 412]
    wrong = await case.measure(4.2, 1.0)
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "#/measured")
