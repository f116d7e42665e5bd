"""What limits competition is found when a demand is written, and becomes public only if somebody else stands for it."""

from typing import Any

import pytest
from sqlalchemy import text

from common.turns import FairGate
from deploy.embedded.tokens import TokenIssuer
from tests.integration.catalog.service_under_test import PORT, CatalogUnderTest, Headers, content

CITY = "11370200MB28524675"
CLAUSE = {"kind": "qualification", "text": "投标人须在青岛设有分公司，提供4小时到场服务", "is_hard": True}
PASSAGE = "须在青岛设有分公司"
WHY = "海事部门要求维护单位在港区常驻，见《港口设施维护管理规定》第二十一条"
JUSTIFICATION = {"rule": "place.settled", "passage": PASSAGE, "justification": WHY}
LIMIT = {"divisions": ["370200"], "justification": "设备故障后须在三十分钟内到场处置"}


@pytest.fixture
def colleague(issuer: TokenIssuer) -> Headers:
    claims = {"org_scheme": "uscc", "org_code": PORT, "org_name": "青岛港（示例）", "roles": ["publisher"]}
    token = issuer.sign({**claims, "sub": "法务（示例）", "aud": issuer.audience}, lifetime_s=600)
    return {"Authorization": f"Bearer {token}"}


def reviewer(catalog: CatalogUnderTest) -> Headers:
    return catalog.token(CITY, "市发改委（示例）", "reviewer")


async def found(catalog: CatalogUnderTest, where: str, as_: Headers | None = None) -> dict[str, Any]:
    reply = await catalog.get(f"{where}/fairness", as_=as_ or catalog.port)
    assert reply.status_code == 200, reply.text
    told: dict[str, Any] = reply.json()
    return told


async def test_a_finding_marks_the_passage_and_cites_the_provision(catalog: CatalogUnderTest) -> None:
    where = await catalog.a_draft(clauses=[CLAUSE])
    told = await found(catalog, where)
    finding: dict[str, Any] = told["findings"][0]
    assert (told["is_blocked"], finding["field"], finding["passage"]) == (True, "#/clauses/0/text", PASSAGE)
    assert str(CLAUSE["text"])[finding["start"] : finding["end"]] == PASSAGE
    assert "公平竞争审查条例第九条第(二)项" in [source["name"] for source in finding["sources"]]
    assert finding["suggestion"].startswith("不限注册地")
    assert finding["justification"] is None


HIDDEN: list[tuple[dict[str, Any], str]] = [
    ({"clauses": [{"kind": "function", "text": "满足附件要求", "metric": "须为华隆S9300"}]}, "#/clauses/0/metric"),
    ({"clauses": [{"kind": "function", "text": "满足附件要求", "unit": "台，须为华隆S9300"}]}, "#/clauses/0/unit"),
    ({"policies": ["市场景开放办法", "投标人须在青岛设有分公司"]}, "#/policies/1"),
]
"""What limits competition where a demand is not said to be about that, and where it stands."""


@pytest.mark.parametrize(("changes", "field"), HIDDEN, ids=[field for _, field in HIDDEN])
async def test_a_passage_is_found_wherever_everyone_reads_it(
    catalog: CatalogUnderTest, changes: dict[str, Any], field: str
) -> None:
    where = await catalog.a_submitted_demand(**changes)
    told = await found(catalog, where)
    assert (told["is_blocked"], [one["field"] for one in told["findings"]]) == (True, [field])
    refused = await catalog.post(f"{where}/publish")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (409, field)


async def test_a_draft_has_its_metrics_and_policies_checked(catalog: CatalogUnderTest) -> None:
    body = {"clauses": ["满足附件要求"], "metrics": [None, "须为华隆S9300"], "policies": ["投标人须在青岛设有分公司"]}
    told = (await catalog.post("/v1/fairness", body)).json()
    assert [one["field"] for one in told["findings"]] == ["#/clauses/1/metric", "#/policies/0"]


async def test_an_innocent_demand_has_no_finding(catalog: CatalogUnderTest) -> None:
    told = await found(catalog, await catalog.a_draft())
    assert (told["findings"], told["is_blocked"]) == ([], False)


async def test_a_text_is_checked_while_it_is_written(catalog: CatalogUnderTest) -> None:
    body = {"need": "注册资本不低于500万元。", "locality": LIMIT}
    told = (await catalog.post("/v1/fairness", body)).json()
    assert [(one["rule"], one["field"]) for one in told["findings"]] == [
        ("capital.floor", "#/need"),
        ("local_only.limit", "#/locality"),
    ]
    assert (await catalog.http.post("/v1/fairness", json=body)).status_code == 401


async def test_a_text_that_would_take_long_to_check_is_refused(catalog: CatalogUnderTest) -> None:
    refused = await catalog.post("/v1/fairness", {"clauses": ["续航不低于4小时。" * 2000] * 3})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "#")


async def test_a_demand_becomes_public_once_somebody_else_stands_for_it(
    catalog: CatalogUnderTest, colleague: Headers
) -> None:
    where = await catalog.a_submitted_demand(clauses=[CLAUSE])
    refused = await catalog.post(f"{where}/publish")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (409, "#/clauses/0/text")
    assert PASSAGE in refused.json()["detail"]
    assert (await catalog.post(f"{where}/justify", JUSTIFICATION)).status_code == 403
    told = await catalog.took(f"{where}/justify", JUSTIFICATION, as_=colleague)
    assert told["is_blocked"] is False
    assert (await catalog.post(f"{where}/publish")).status_code == 200
    [public] = (await catalog.get(f"{where}/fairness")).json()["findings"]
    assert (public["justification"]["justification"], public["justification"]["by_name"]) == (WHY, "青岛港（示例）")
    assert "法务" not in str(public)


async def test_each_reads_whether_they_may_justify_what_is_found(catalog: CatalogUnderTest, colleague: Headers) -> None:
    where = await catalog.a_submitted_demand(clauses=[CLAUSE])
    lister = catalog.token(PORT, "青岛港（示例）", "list_editor")
    asked = {"writer": catalog.port, "colleague": colleague, "reviewer": reviewer(catalog), "lister": lister}
    may = {who: (await found(catalog, where, token))["may_justify"] for who, token in asked.items()}
    assert may == {"writer": False, "colleague": True, "reviewer": True, "lister": False}
    replies = {who: await catalog.post(f"{where}/justify", JUSTIFICATION, as_=token) for who, token in asked.items()}
    assert {who: reply.status_code == 200 for who, reply in replies.items()} == may
    assert replies["reviewer"].json()["may_justify"] is True


async def test_a_reviewer_stands_for_it_too_and_the_audit_keeps_it(catalog: CatalogUnderTest) -> None:
    where, they = await catalog.a_submitted_demand(clauses=[CLAUSE]), reviewer(catalog)
    await catalog.took(f"{where}/justify", JUSTIFICATION, as_=they)
    steps = (await catalog.get(f"{where}/steps", as_=catalog.port)).json()["items"]
    [justified] = [step for step in steps if step["action"] == "justify"]
    assert (justified["party"], justified["reason"]) == ("reviewer", WHY)
    assert justified["details"] == [{"rule": "place.settled", "passage": PASSAGE}]
    [submitted] = [step for step in steps if step["action"] == "submit"]
    assert [each["rule"] for each in submitted["details"]] == ["place.settled"]


async def test_who_justifies_a_passage_again_replaces_what_they_said(catalog: CatalogUnderTest) -> None:
    where, they = await catalog.a_submitted_demand(clauses=[CLAUSE]), reviewer(catalog)
    for why in (WHY, WHY, f"{WHY}。经复核维持"):
        told = await catalog.took(f"{where}/justify", JUSTIFICATION | {"justification": why}, as_=they)
        assert told["findings"][0]["justification"]["justification"] == why
    async with catalog.database.begin() as session:
        count = await session.scalar(text("SELECT count(*) FROM fairness_justifications"))
    assert count == 1


async def test_organisations_take_turns_at_checks_and_nobody_waits_without_end(catalog: CatalogUnderTest) -> None:
    """Ten long texts at once would keep all else of the process waiting."""
    app: Any = catalog.http._transport
    gate = app.app.state.checking = FairGate(at_once=1, limit_s=0.02)
    where = await catalog.a_draft()
    async with gate.turn("somebody"):
        replies = [
            await catalog.post("/v1/fairness", {"need": "续航不低于4小时"}),
            await catalog.get(f"{where}/fairness", as_=catalog.port),
        ]
    assert [(reply.status_code, "retry-after" in reply.headers) for reply in replies] == [(503, True)] * 2
    assert (await catalog.post("/v1/fairness", {"need": "续航不低于4小时"})).status_code == 200


async def test_a_step_that_checks_a_long_text_takes_its_turn_too(catalog: CatalogUnderTest) -> None:
    app: Any = catalog.http._transport
    gate = app.app.state.checking = FairGate(at_once=1, limit_s=0.02)
    long: dict[str, Any] = {"need": "续航不低于4小时。" * 600}
    draft, submitted = await catalog.a_draft(**long), await catalog.a_submitted_demand(**long)
    short = await catalog.a_draft()
    async with gate.turn("somebody"):
        asked = [
            await catalog.post(f"{draft}/submit"),
            await catalog.post(f"{submitted}/publish"),
            await catalog.post(f"{submitted}/approve", as_=reviewer(catalog)),
            await catalog.post(f"{short}/amend", {**long, "reason": "更正"}, If_Match='"1"'),
        ]
        assert (await catalog.post(f"{short}/submit")).status_code == 200
    assert [reply.status_code for reply in asked] == [503] * 4
    assert (await catalog.post(f"{submitted}/publish")).status_code == 200


async def test_another_wording_needs_another_justification(catalog: CatalogUnderTest, colleague: Headers) -> None:
    where = await catalog.a_draft(clauses=[CLAUSE])
    await catalog.took(f"{where}/justify", JUSTIFICATION, as_=colleague)
    other = content(clauses=[{**CLAUSE, "text": "投标人须在青岛设有子公司"}])
    assert (await catalog.put(where, other, If_Match='"1"')).status_code == 200
    assert (await found(catalog, where))["is_blocked"] is True


async def test_who_justified_and_then_wrote_stands_for_it_no_more(
    catalog: CatalogUnderTest, colleague: Headers
) -> None:
    where = await catalog.a_draft(clauses=[CLAUSE])
    await catalog.took(f"{where}/justify", JUSTIFICATION, as_=colleague)
    assert (await found(catalog, where))["is_blocked"] is False
    await catalog.put(where, content(title="改后的标题", clauses=[CLAUSE]), as_=colleague, If_Match='"1"')
    assert (await found(catalog, where))["is_blocked"] is True


async def test_an_amendment_asks_about_what_is_new_alone(catalog: CatalogUnderTest, colleague: Headers) -> None:
    where = await catalog.a_submitted_demand(clauses=[CLAUSE])
    await catalog.took(f"{where}/justify", JUSTIFICATION, as_=colleague)
    tag = (await catalog.post(f"{where}/publish")).headers["etag"]
    amended = await catalog.post(f"{where}/amend", {"title": "新标题", "reason": "更正标题"}, If_Match=tag)
    assert amended.status_code == 200
    change = {"docking": "本次仅限本市企业报名。", "reason": "补充对接方式"}
    refused = await catalog.post(f"{where}/amend", change, If_Match=amended.headers["etag"])
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (409, "#/docking")
    [told] = (await catalog.post("/v1/fairness", {"docking": change["docking"]})).json()["findings"]
    ahead = {"rule": told["rule"], "passage": told["passage"], "justification": WHY}
    await catalog.took(f"{where}/justify", ahead, as_=colleague)
    assert (await catalog.post(f"{where}/amend", change, If_Match=amended.headers["etag"])).status_code == 200


async def test_one_justified_passage_stands_for_no_other_of_its_sentence(
    catalog: CatalogUnderTest, colleague: Headers
) -> None:
    where = await catalog.a_submitted_demand(need="投标人须在本市设有分公司。")
    one = {"rule": "place.settled", "passage": "须在本市设有分公司", "justification": WHY}
    await catalog.took(f"{where}/justify", one, as_=colleague)
    tag = (await catalog.post(f"{where}/publish")).headers["etag"]
    change = {"need": "投标人须在本市设有分公司，投标人须在本市注册。", "reason": "补充要求"}
    refused = await catalog.post(f"{where}/amend", change, If_Match=tag)
    assert (refused.status_code, "本市注册" in refused.json()["detail"]) == (409, True)
    other = await catalog.a_submitted_demand(need=change["need"])
    assert (await catalog.took(f"{other}/justify", one, as_=colleague))["is_blocked"] is True
    assert (await catalog.post(f"{other}/publish")).status_code == 409


async def test_where_no_writer_is_on_record_a_reviewer_alone_stands_for_it(
    catalog: CatalogUnderTest, colleague: Headers
) -> None:
    where = await catalog.a_submitted_demand(clauses=[CLAUSE])
    await catalog.took(f"{where}/justify", JUSTIFICATION, as_=colleague)
    async with catalog.database.begin() as session:
        await session.execute(text("UPDATE demands SET written_by = NULL"))
    assert (await catalog.post(f"{where}/publish")).status_code == 409
    for they in (catalog.port, colleague):
        assert (await catalog.post(f"{where}/justify", JUSTIFICATION, as_=they)).status_code == 403
    await catalog.took(f"{where}/justify", JUSTIFICATION, as_=reviewer(catalog))
    assert (await catalog.post(f"{where}/publish")).status_code == 200


async def test_a_public_demand_longer_than_the_limit_can_be_amended_and_read(catalog: CatalogUnderTest) -> None:
    where = await catalog.a_published_demand()
    long = "jsonb_set(clauses -> 0, '{text}', to_jsonb(repeat('续航不低于4小时。', 1900)))"
    async with catalog.database.begin() as session:
        await session.execute(text(f"UPDATE demands SET clauses = jsonb_build_array({long}, {long}, {long})"))
    assert (await found(catalog, where))["findings"] == []
    tag = (await catalog.get(where)).headers["etag"]
    longer = await catalog.post(f"{where}/amend", {"docking": "请来电。" * 500, "reason": "补充"}, If_Match=tag)
    assert (longer.status_code, longer.json()["errors"][0]["pointer"]) == (422, "#")
    amended = await catalog.post(f"{where}/amend", {"title": "标题", "reason": "更正标题"}, If_Match=tag)
    assert amended.status_code == 200, amended.text
    shorter = {"clauses": [{**CLAUSE, "text": "续航不低于4小时"}], "reason": "精简内容"}
    assert (await catalog.post(f"{where}/amend", shorter, If_Match=amended.headers["etag"])).status_code == 200


async def test_a_limit_to_some_places_is_justified_like_any_other(
    catalog: CatalogUnderTest, colleague: Headers
) -> None:
    where = await catalog.a_submitted_demand(locality=LIMIT)
    assert (await catalog.post(f"{where}/publish")).status_code == 409
    [finding] = (await found(catalog, where))["findings"]
    body = {"rule": finding["rule"], "passage": finding["passage"], "justification": WHY}
    await catalog.took(f"{where}/justify", body, as_=colleague)
    assert (await catalog.post(f"{where}/publish")).status_code == 200


async def test_nobody_stands_for_what_is_not_there_or_not_theirs(catalog: CatalogUnderTest, colleague: Headers) -> None:
    where = await catalog.a_draft(clauses=[CLAUSE])
    for wrong in ({"passage": "续航不低于4小时"}, {"rule": "brand.model"}, {"rule": "nothing"}):
        refused = await catalog.post(f"{where}/justify", {**JUSTIFICATION, **wrong}, as_=colleague)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "#/passage")
    assert (await catalog.post(f"{where}/justify", JUSTIFICATION, as_=catalog.rival)).status_code == 404
    assert (await catalog.get(f"{where}/fairness", as_=catalog.rival)).status_code == 404


async def test_an_operator_of_the_owner_may_justify_and_is_told_so(
    catalog: CatalogUnderTest, issuer: TokenIssuer
) -> None:
    where = await catalog.a_draft(clauses=[CLAUSE])
    claims = {"org_scheme": "uscc", "org_code": PORT, "org_name": "青岛港（示例）", "roles": ["enterprise", "operator"]}
    token = issuer.sign({**claims, "sub": "运营（示例）", "aud": issuer.audience}, lifetime_s=600)
    operator = {"Authorization": f"Bearer {token}"}
    assert (await found(catalog, where, operator))["may_justify"] is True
    await catalog.took(f"{where}/justify", JUSTIFICATION, as_=operator)


async def test_a_unit_is_checked_before_it_is_saved(catalog: CatalogUnderTest) -> None:
    told = (await catalog.post("/v1/fairness", {"clauses": ["满足附件要求"], "units": ["台，须为华隆S9300"]})).json()
    assert [each["field"] for each in told["findings"]] == ["#/clauses/0/unit"]
