"""Bad input names the field at fault, stores nothing, and leaves the server serving."""

import base64
import json
import random
from typing import Any

import pytest

from tests.integration.catalog.service_under_test import CatalogUnderTest, content

CLAUSE: dict[str, Any] = {"kind": "function", "text": "识别破洞"}
COMPARED: dict[str, Any] = {**CLAUSE, "operator": "ge"}


FIELD_FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"kind": "wish"}, "#/kind"),
    ({"kind": None}, "#/kind"),
    ({"title": ""}, "#/title"),
    ({"title": "   "}, "#/title"),
    ({"title": "长" * 301}, "#/title"),
    ({"title": "两\n行"}, "#/title"),
    ({"need": "港\x00口"}, "#/need"),
    ({"need": "字" * 20_001}, "#/need"),
    ({"need": 7}, "#/need"),
    ({"clauses": [CLAUSE, {**CLAUSE, "kind": "wish"}]}, "#/clauses/1/kind"),
    ({"clauses": [CLAUSE] * 1000}, "#/clauses"),
    ({"clauses": [CLAUSE] * 101}, "#/clauses"),
    ({"clauses": [{**CLAUSE, "text": "破\x00洞"}]}, "#/clauses/0/text"),
    ({"clauses": [{**COMPARED, "value": 96, "unit": "%\x00"}]}, "#/clauses/0/unit"),
    ({"clauses": [{**COMPARED, "value": 96, "metric": "率\x00"}]}, "#/clauses/0/metric"),
    ({"clauses": [COMPARED]}, "#/clauses/0"),
    ({"clauses": [{**COMPARED, "operator": "between", "value": 9, "upper": 1}]}, "#/clauses/0"),
    ({"clauses": [{**COMPARED, "value": 10**400}]}, "#/clauses/0/value"),
    ({"clauses": [{**COMPARED, "value": "many"}]}, "#/clauses/0/value"),
    ({"clauses": [{**COMPARED, "value": "95"}]}, "#/clauses/0/value"),
    ({"clauses": [{**COMPARED, "value": True}]}, "#/clauses/0/value"),
    ({"clauses": [{**COMPARED, "operator": "between", "value": 1, "upper": True}]}, "#/clauses/0/upper"),
    ({"clauses": [{**CLAUSE, "is_hard": "yes"}]}, "#/clauses/0/is_hard"),
    ({"clauses": [{**CLAUSE, "is_hard": 1}]}, "#/clauses/0/is_hard"),
    ({"clauses": "none"}, "#/clauses"),
    ({"domain": "智慧火星"}, "#/domain"),
    ({"tracks": ["空天信息", "炼金术"]}, "#/tracks/1"),
    ({"tracks": ["空天信息", "空天信息"]}, "#/tracks/1"),
    ({"tracks": ["空天信息", "aerospace_information"]}, "#/tracks/1"),
    ({"tracks": ["空天信息"] * 9}, "#/tracks"),
    ({"division": "青岛"}, "#/division"),
    ({"division": "37020"}, "#/division"),
    ({"locality": {"divisions": ["370200"]}}, "#/locality/justification"),
    ({"locality": {"divisions": ["370200"], "justification": "          "}}, "#/locality/justification"),
    ({"locality": {"divisions": ["370200"], "justification": "本地优先"}}, "#/locality/justification"),
    ({"locality": {"divisions": ["370200"], "justification": "……………………"}}, "#/locality/justification"),
    ({"locality": {"divisions": [], "justification": "须在三十分钟内到场处置故障"}}, "#/locality/divisions"),
    ({"locality": {"divisions": ["青岛"], "justification": "须在三十分钟内到场处置故障"}}, "#/locality/divisions/0"),
    ({"locality": {"divisions": ["000000"], "justification": "须在三十分钟内到场处置故障"}}, "#/locality/divisions/0"),
    ({"budget_min_fen": -1}, "#/budget_min_fen"),
    ({"budget_min_fen": 10**30}, "#/budget_min_fen"),
    ({"budget_max_fen": 0.5}, "#/budget_max_fen"),
    ({"budget_min_fen": "5"}, "#/budget_min_fen"),
    ({"budget_max_fen": True}, "#/budget_max_fen"),
    ({"budget_min_fen": 200, "budget_max_fen": 100}, "#/budget_max_fen"),
    ({"currency": "元"}, "#/currency"),
    ({"closes_at": "2020-01-01T00:00:00Z"}, "#/closes_at"),
    ({"closes_at": "2099-01-01T00:00:00"}, "#/closes_at"),
    ({"closes_at": "tomorrow"}, "#/closes_at"),
    ({"closes_at": 4070908800}, "#/closes_at"),
    ({"closes_at": "4070908800"}, "#/closes_at"),
    ({"opens_at": 4070908800.5}, "#/opens_at"),
    ({"opens_at": True}, "#/opens_at"),
    ({"closes_at": "9999-12-31T23:59:59-12:00"}, "#/closes_at"),
    ({"closes_at": "2099-02-30T00:00:00Z"}, "#/closes_at"),
    ({"opens_at": "0001-01-01T00:00:00+14:00"}, "#/opens_at"),
    ({"opens_at": "2099-01-02T00:00:00Z", "closes_at": "2099-01-01T00:00:00Z"}, "#/opens_at"),
    ({"procurement_route": "私下商量"}, "#/procurement_route"),
    ({"policies": ["政策"] * 21}, "#/policies"),
    ({"docking": "线\x00上"}, "#/docking"),
    ({"contact": {"name": "甲"}}, "#/contact"),
    ({"contact": {"name": "甲", "phone": "call me"}}, "#/contact/phone"),
    ({"contact": {"name": "甲", "email": "nobody"}}, "#/contact/email"),
    ({"state": "published"}, "#/state"),
    ({"owner": {"scheme": "uscc", "code": "91110000802100433B"}}, "#/owner"),
]


def body(before: str, after: str, **changes: Any) -> bytes:
    """A sound body with one piece of its JSON text exchanged."""
    text = json.dumps(content(**changes))
    assert before in text
    return text.replace(before, after).encode()


UNSOUND: list[tuple[bytes, str]] = [
    (b"", "#"),
    (b"{", "#"),
    (b"null", "#"),
    (b"[]", "#"),
    (b'"demand"', "#"),
    (b"\xff\xfe\x00", "#"),
    (b"[" * 100_000, "#"),
    (b'{"a":' * 50_000, "#"),
    (body('"T"', '"\\ud800"', title="T"), "#/title"),
    (body('"T"', "9" * 5000, title="T"), "#"),
    (body('"budget_min_fen": 1', '"budget_min_fen": NaN', budget_min_fen=1), "#/budget_min_fen"),
    (body('"value": 1', '"value": NaN', clauses=[{**COMPARED, "value": 1}]), "#/clauses/0/value"),
    (body('"value": 1', '"value": -Infinity', clauses=[{**COMPARED, "value": 1}]), "#/clauses/0/value"),
]


async def refused(catalog: CatalogUnderTest, raw: bytes, path: str = "/v1/demands", **headers: str) -> dict[str, Any]:
    """The problem a raw body gets; asserts that nothing was stored and that a sound request still works after it."""
    before = await catalog.row_counts()
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    reply = await catalog.http.post(
        path, content=raw, headers={**catalog.port, "Content-Type": "application/json", **more}
    )
    assert 400 <= reply.status_code < 500, reply.text
    assert reply.headers["content-type"] == "application/problem+json"
    assert await catalog.row_counts() == before
    await catalog.a_draft()
    document: dict[str, Any] = reply.json()
    return document


async def test_a_refusal_names_the_field(catalog: CatalogUnderTest) -> None:
    for changes, pointer in FIELD_FAULTS:
        problem = await refused(catalog, json.dumps(content(**changes)).encode())
        named = [error["pointer"] for error in problem["errors"]]
        assert (problem["type"], problem["status"]) == ("/problems/invalid_input", 422), changes
        assert pointer in named, changes


async def test_every_fault_is_explained_in_either_language(catalog: CatalogUnderTest) -> None:
    for changes, pointer in FIELD_FAULTS:
        told = {}
        for language in ("zh", "en"):
            headers = {**catalog.port, "Accept-Language": language, "Content-Type": "application/json"}
            raw = json.dumps(content(**changes))
            reply = await catalog.http.post("/v1/demands", content=raw, headers=headers)
            told[language] = [each["detail"] for each in reply.json()["errors"] if each["pointer"] == pointer]
        assert told["zh"] != told["en"], changes
        assert "should" not in str(told), changes  # a sentence of pydantic's own
        assert "格式不正确" not in str(told), changes


async def test_a_body_that_is_not_sound_json_is_refused(catalog: CatalogUnderTest) -> None:
    for raw, pointer in UNSOUND:
        problem = await refused(catalog, raw)
        assert problem["status"] == 422
        # A text that cannot be decoded at all has no place to point to.
        assert pointer in [error["pointer"] for error in problem.get("errors", [{"pointer": "#"}])], raw[:40]


async def test_ten_megabytes_are_refused_by_size(catalog: CatalogUnderTest) -> None:
    problem = await refused(catalog, json.dumps(content(need="字" * (10 * 2**20 // 6))).encode())
    assert (problem["type"], problem["status"]) == ("/problems/too_large", 413)


def rare_texts(*sizes: int) -> list[str]:
    """Random rare ideographs: hardly a pair occurs twice, so the search index gets as many tokens as it can."""
    letters = random.Random(7)
    return ["".join(chr(letters.randrange(0x20000, 0x2A6D0)) for _ in range(size)) for size in sizes]


async def test_the_largest_body_that_is_allowed_is_stored_and_found(catalog: CatalogUnderTest) -> None:
    need, *texts = rare_texts(20_000, *[4_500] * 100)
    clauses = [{**CLAUSE, "text": text} for text in texts]
    body = json.dumps(content(need=need, clauses=clauses), ensure_ascii=False).encode()
    assert len(body) < 2 * 2**20
    reply = await catalog.http.post(
        "/v1/demands", content=body, headers={**catalog.port, "Content-Type": "application/json"}
    )
    assert reply.status_code == 201
    # More tokens than a tsvector can address are not refused by PostgreSQL but stored in disorder.
    found = (await catalog.get("/v1/demands", as_=catalog.port, mine="true", q=need[-50:])).json()["items"]
    assert [f"/v1/demands/{one['id']}" for one in found] == [reply.headers["location"]]


async def test_the_longest_text_that_is_checked_for_fairness_is_published_and_found(catalog: CatalogUnderTest) -> None:
    need, *texts = rare_texts(20_000, *[290] * 100)
    await catalog.a_published_demand(need=need, clauses=[{**CLAUSE, "text": text} for text in texts])
    assert len(await catalog.found(q=need[-50:])) == 1


async def test_an_amendment_with_bad_content_changes_nothing(catalog: CatalogUnderTest) -> None:
    where = await catalog.a_published_demand()
    before = (await catalog.get(where)).json()
    body = {**content(closes_at="2020-01-01T00:00:00Z"), "reason": "改到过去"}
    problem = await refused(catalog, json.dumps(body).encode(), f"{where}/amend", If_Match='"3"')
    assert problem["errors"][0]["pointer"] == "#/closes_at"
    assert (await catalog.get(where)).json() == before


async def test_a_withdrawal_with_an_empty_reason_changes_nothing(catalog: CatalogUnderTest) -> None:
    where = await catalog.a_published_demand()
    assert (await refused(catalog, b'{"reason": " "}', f"{where}/withdraw"))["errors"][0]["pointer"] == "#/reason"
    assert (await catalog.get(where)).json()["state"] == "published"


async def test_every_fault_is_named_at_once(catalog: CatalogUnderTest) -> None:
    changes = content(closes_at="2020-01-01T00:00:00Z", tracks=["炼金术"], budget_min_fen=2, budget_max_fen=1)
    problem = await refused(catalog, json.dumps(changes).encode())
    assert [error["pointer"] for error in problem["errors"]] == ["#/closes_at", "#/budget_max_fen", "#/tracks/0"]


async def test_a_demand_id_that_is_none_is_refused_by_name(catalog: CatalogUnderTest) -> None:
    reply = await catalog.get("/v1/demands/not-a-uuid")
    assert (reply.status_code, reply.json()["errors"][0]["parameter"]) == (422, "demand_id")


async def test_a_token_with_a_wrong_credit_code_drafts_nothing(catalog: CatalogUnderTest) -> None:
    reply = await catalog.post("/v1/demands", content(), as_=catalog.token("91330106MA2805HB2J", "假", "publisher"))
    assert (reply.status_code, reply.json()["type"]) == (403, "/problems/forbidden")
    assert "check character" in reply.json()["detail"]
    assert set((await catalog.row_counts()).values()) == {0}


@pytest.mark.parametrize("title", ["\u200b", "\u2060\ufeff", "\u3164\u3164", "\u00ad\u034f", "\u2800 \u2800", "\u202e"])
async def test_what_nobody_can_see_is_no_title(catalog: CatalogUnderTest, title: str) -> None:
    for field in ("title", "need"):
        reply = await catalog.post("/v1/demands", content(**{field: title}))
        assert (reply.status_code, reply.json()["errors"][0]["pointer"]) == (422, f"#/{field}")
        assert "can be seen" in reply.json()["errors"][0]["detail"]


async def test_a_title_may_have_invisible_characters_among_others(catalog: CatalogUnderTest) -> None:
    await catalog.a_draft(title="港口\u200b识别")


@pytest.mark.parametrize("path", ["/v1/demands", "/v1/organisations"])
async def test_a_cursor_at_the_edge_of_time_is_refused(catalog: CatalogUnderTest, path: str) -> None:
    for moment in ("9999-12-31T23:59:59.999999+00:00", "0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59-23:59"):
        written = json.dumps([moment, "01890a5d-ac96-774b-bcce-b302099a8057"]).encode()
        reply = await catalog.get(path, cursor=base64.urlsafe_b64encode(written).decode().rstrip("="))
        assert (reply.status_code, reply.json()["errors"][0]["parameter"]) == (422, "cursor"), moment


@pytest.mark.parametrize("path", ["/v1/lessons?tag=%00", "/v1/pilot-lines?field=a%00b"])
async def test_a_filter_that_no_database_holds_is_refused_by_name(catalog: CatalogUnderTest, path: str) -> None:
    reply = await catalog.get(path)
    assert (reply.status_code, reply.json()["errors"][0]["parameter"]) == (
        422,
        path.partition("?")[2].partition("=")[0],
    )
