"""What every request may rely on: a 2xx is committed, a repeat is harmless, a refusal names the field."""

import asyncio
import base64
import json
import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from common.clock import new_id
from common.database import Database
from common.envelope import RequestEnvelope
from common.settings import ServiceSettings
from deploy.embedded.tokens import TokenIssuer
from tests.integration.common import service_under_test as ledger

Client = httpx.AsyncClient


async def test_a_commit_that_fails_is_never_answered_with_success(client: Client, database: Database) -> None:
    reply = await client.post("/notes", json={"line": "orphan", "partner": str(uuid4())})
    assert reply.status_code == 500
    async with database.begin() as session:
        assert await ledger.recorded(session) == []


async def test_a_refused_request_announces_nothing(client: Client, database: Database) -> None:
    assert (await client.post("/notes", json={"line": ""})).status_code == 422
    async with database.begin() as session:
        assert await ledger.recorded(session) == []


async def test_the_callers_trace_is_carried_into_the_event(client: Client, database: Database) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    reply = await client.post("/notes", json={"line": "a"}, headers={"traceparent": f"00-{trace}-b7ad6b7169203331-01"})
    async with database.begin() as session:
        [event] = await ledger.recorded(session)
    assert reply.headers["x-correlation-id"] == event.correlationid == trace


async def test_a_repeated_post_gets_the_first_reply_and_has_one_effect(client: Client, database: Database) -> None:
    key = {"Idempotency-Key": "k-1"}
    first = await client.post("/notes", json={"line": "once"}, headers=key)
    second = await client.post("/notes", json={"line": "once"}, headers=key)
    assert (second.status_code, second.json(), second.headers["etag"]) == (201, first.json(), first.headers["etag"])
    assert second.headers["location"] == first.headers["location"]
    async with database.begin() as session:
        assert len(await ledger.recorded(session)) == 1


async def test_the_reply_of_what_was_erased_is_not_told_again(client: Client) -> None:
    key = {"Idempotency-Key": "k-erased"}
    note = (await client.post("/notes", json={"line": "once"}, headers=key)).headers["location"]
    assert (await client.post(f"{note}/burn")).status_code == 204
    again = await client.post("/notes", json={"line": "once"}, headers=key | {"Accept-Language": "zh"})
    assert (again.status_code, again.json()["type"], again.json()["instance"]) == (404, "/problems/not_found", note)
    assert again.json()["title"] == "未找到"
    assert "once" not in again.text


async def test_a_reply_is_not_told_again_to_who_lost_the_role(client: Client, issuer: TokenIssuer) -> None:
    key = {"Idempotency-Key": "k-role"}
    assert (await client.post("/notes", json={"line": "once"}, headers=key)).status_code == 201
    lost = key | ledger.token(issuer, "investor")
    again = await client.post("/notes", json={"line": "once"}, headers=lost)
    assert (again.status_code, again.json()["type"]) == (403, "/problems/forbidden")


async def test_the_same_key_sent_many_times_at_once_has_one_effect(client: Client, database: Database) -> None:
    posts = [client.post("/notes", json={"line": "once"}, headers={"Idempotency-Key": "k-2"}) for _ in range(8)]
    replies = await asyncio.gather(*posts)
    assert {reply.status_code for reply in replies} == {201}
    assert len({reply.json()["id"] for reply in replies}) == 1
    async with database.begin() as session:
        assert len(await ledger.recorded(session)) == 1


async def test_a_key_is_refused_for_another_body(client: Client) -> None:
    await client.post("/notes", json={"line": "one"}, headers={"Idempotency-Key": "k-3"})
    reply = await client.post("/notes", json={"line": "two"}, headers={"Idempotency-Key": "k-3"})
    assert (reply.status_code, reply.json()["type"]) == (422, "/problems/idempotency_key_reused")
    assert reply.json()["errors"][0]["parameter"] == "Idempotency-Key"


async def test_a_key_is_refused_for_another_address(client: Client) -> None:
    key = {"Idempotency-Key": "k-6"}
    made = await client.post("/notes", json={"line": "one"}, headers=key)
    reply = await client.post(f"{made.headers['location']}/burn", headers=key)
    assert (reply.status_code, reply.json()["type"]) == (422, "/problems/idempotency_key_reused")


async def test_a_failed_request_does_not_use_up_its_key(client: Client) -> None:
    key = {"Idempotency-Key": "k-4"}
    assert (await client.post("/notes", json={"line": "x", "partner": str(uuid4())}, headers=key)).status_code == 500
    reply = await client.post("/notes", json={"line": "x", "partner": None}, headers=key)
    assert reply.status_code == 201


async def test_two_callers_may_use_the_same_key(client: Client, issuer: TokenIssuer) -> None:
    key = {"Idempotency-Key": "k-5"}
    first = await client.post("/notes", json={"line": "mine"}, headers=key)
    other = ledger.token(issuer, code="913702001635819578")
    second = await client.post("/notes", json={"line": "mine"}, headers={**key, **other})
    assert first.json()["id"] != second.json()["id"]


async def test_of_two_changes_to_one_version_the_later_is_refused(client: Client) -> None:
    made = await client.post("/notes", json={"line": "draft"})
    where, tag = made.headers["location"], {"If-Match": made.headers["etag"]}
    replies = await asyncio.gather(*(client.put(where, json={"line": str(i)}, headers=tag) for i in range(2)))
    assert sorted(reply.status_code for reply in replies) == [200, 412]


async def test_a_change_must_say_which_version_it_changes(client: Client) -> None:
    made = await client.post("/notes", json={"line": "draft"})
    assert (await client.put(made.headers["location"], json={"line": "b"})).status_code == 428
    reply = await client.put(made.headers["location"], json={"line": "b"}, headers={"If-Match": "yesterday"})
    assert (reply.status_code, reply.json()["errors"][0]["parameter"]) == (422, "If-Match")


async def test_pages_neither_skip_nor_repeat_while_rows_arrive(client: Client) -> None:
    for number in range(5):
        await client.post("/notes", json={"line": f"note {number}"})
    seen, where = [], "/notes?limit=2"
    while where:
        reply = await client.get(where)
        seen += [note["line"] for note in reply.json()["items"]]
        where = reply.links["next"]["url"] if "next" in reply.links else ""
        if len(seen) == 2:
            await client.post("/notes", json={"line": "late"})
    assert seen == [*(f"note {number}" for number in range(5)), "late"]


def made_up(moment: str) -> str:
    """A cursor as `encode` would write it for this moment, if there were such a moment."""
    return (
        base64.urlsafe_b64encode(json.dumps([moment, "01890a5d-ac96-774b-bcce-b302099a8057"]).encode())
        .decode()
        .rstrip("=")
    )


@pytest.mark.parametrize(
    "cursor",
    [
        "nonsense",
        "W10",
        "e30",
        "eyJhIjoxfQ",
        "bnVsbA",
        "WyIyMDI2LTAxLTAxIiwgIngiXQ",
        made_up("0001-01-01T00:00:00+14:00"),
        made_up("9999-12-31T23:59:59-14:00"),
        made_up("0001-01-01T00:00:00+00:00"),
        made_up("2026-01-01T00:00:00"),
        "箱",
    ],
)
async def test_a_made_up_cursor_is_refused_by_name(client: Client, cursor: str) -> None:
    reply = await client.get("/notes", params={"cursor": cursor})
    assert (reply.status_code, reply.json()["errors"][0]["parameter"]) == (422, "cursor")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "#/line"),
        ({"line": "a\x00b"}, "#/line"),
        ({"line": "x" * 301}, "#/line"),
        ({"line": "a", "marks": [1, 2, "three"]}, "#/marks/2"),
        ({"line": "a", "marks": list(range(1000))}, "#/marks"),
        ({"line": "a", "colour": "red"}, "#/colour"),
        ({"line": "a", "partner": "nobody"}, "#/partner"),
        ([], "#"),
    ],
)
async def test_a_refusal_names_the_field(client: Client, body: object, pointer: str) -> None:
    reply = await client.post("/notes", json=body)
    assert (reply.status_code, reply.headers["content-type"]) == (422, "application/problem+json")
    assert reply.json()["errors"][0]["pointer"] == pointer


async def test_of_very_many_faults_only_some_are_named(client: Client) -> None:
    reply = await client.post("/notes", json={"line": "a", **{f"extra{number}": 1 for number in range(1000)}})
    assert len(reply.json()["errors"]) == 20


@pytest.mark.parametrize(
    "raw", [b"{", b"\xff\xfe", b'{"line": "\\ud800"}', b"[" * 100_000, b'{"line": NaN}', b"9" * 5000, b""]
)
async def test_a_body_that_is_not_sound_json_is_refused(client: Client, raw: bytes) -> None:
    reply = await client.post("/notes", content=raw, headers={"Content-Type": "application/json"})
    assert (reply.status_code, reply.headers["content-type"]) == (422, "application/problem+json")
    assert (await client.get("/notes")).json()["items"] == []


async def test_a_body_over_the_limit_is_refused_whether_or_not_it_says_its_size(client: Client) -> None:
    async def chunks() -> object:
        for _ in range(160):
            yield b" " * 2**16

    declared = await client.post("/notes", content=b" " * 10 * 2**20)
    streamed = await client.post("/notes", content=chunks())  # type: ignore[arg-type]
    for reply in (declared, streamed):
        assert (reply.status_code, reply.json()["type"]) == (413, "/problems/too_large")


async def test_problems_speak_the_callers_language(client: Client) -> None:
    chinese = await client.post("/notes", json={}, headers={"Accept-Language": "zh-CN,en;q=0.5"})
    english = await client.post("/notes", json={})
    assert chinese.json()["title"] == "请求内容有误"
    assert chinese.json()["detail"] == "请检查 #/line：此项必填，请填写"
    assert english.json()["title"] == "The request has fields that cannot be accepted"
    assert english.json()["detail"] == "Please check #/line: give a value; this is required"


async def test_a_body_that_is_no_json_is_told_where_it_breaks(client: Client) -> None:
    headers = {"Content-Type": "application/json", "Accept-Language": "zh"}
    reply = await client.post("/notes", content=b'{"line": }', headers=headers)
    [error] = reply.json()["errors"]
    assert error == {"pointer": "#", "detail": "请发送合法的 JSON：第 9 个字符附近有误"}


async def test_every_failure_has_the_same_shape(client: Client) -> None:
    for reply in (
        await client.get("/nowhere"),
        await client.delete("/notes"),
        await client.get("/crash"),
        await client.put(f"/notes/{new_id()}", json={"line": "a"}, headers={"If-Match": '"1"'}),
    ):
        assert reply.headers["content-type"] == "application/problem+json"
        assert {"type", "title", "status", "detail", "instance"} <= reply.json().keys()
        assert reply.json()["status"] == reply.status_code


async def test_the_openapi_document_shows_only_that_shape(client: Client) -> None:
    document = (await client.get("/openapi.json")).json()
    assert "HTTPValidationError" not in json.dumps(document)
    assert "application/problem+json" in document["paths"]["/notes"]["post"]["responses"]["422"]["content"]


async def test_a_body_that_stops_half_way_is_given_up(app: FastAPI, issuer: TokenIssuer) -> None:
    """And what was sent of it is not taken for all of it."""
    envelope = RequestEnvelope(app, body_limit_bytes=2**20, larger={}, within_s=0.05)
    headers = [(name.lower().encode(), value.encode()) for name, value in ledger.token(issuer).items()]
    scope = {"type": "http", "method": "POST", "path": "/notes", "query_string": b"", "app": app}
    scope["headers"] = [*headers, (b"content-length", b"100"), (b"content-type", b"application/json")]
    arriving = [{"type": "http.request", "body": b'{"line":', "more_body": True}]
    sent: list[Any] = []

    async def receive() -> Any:
        return arriving.pop() if arriving else await asyncio.Event().wait()

    async def send(message: Any) -> None:
        sent.append(message)

    await envelope(scope, receive, send)
    told = dict(sent[0]["headers"])
    assert (sent[0]["status"], told[b"connection"]) == (408, b"close")
    assert json.loads(sent[1]["body"])["type"] == "/problems/body_too_slow"


@pytest.mark.parametrize("charset", ["gbk", "utf-16", "latin-1", '"GB18030"'])
async def test_json_that_is_said_to_be_in_another_charset_is_refused(client: httpx.AsyncClient, charset: str) -> None:
    headers = {"Content-Type": f"application/json; charset={charset}"}
    reply = await client.post("/notes", content=b'{"line": "a"}', headers=headers)
    assert (reply.status_code, reply.json()["type"]) == (415, "/problems/unsupported_media_type")


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf8"'])
async def test_json_that_is_said_to_be_utf_8_is_taken(client: httpx.AsyncClient, charset: str) -> None:
    headers = {"Content-Type": f"application/json; charset={charset}"}
    assert (await client.post("/notes", content=b'{"line": "a"}', headers=headers)).status_code == 201


async def test_replies_are_what_they_say_and_those_to_somebody_are_kept_by_nobody(client: httpx.AsyncClient) -> None:
    own, problem = await client.get("/notes"), await client.get("/nothing")
    policies = {each.headers["content-security-policy"] for each in (own, problem)}
    assert policies == {"default-src 'none'; frame-ancestors 'none'"}
    del client.headers["Authorization"]
    anyones = await client.get("/notes")
    assert [each.headers["x-content-type-options"] for each in (own, problem, anyones)] == ["nosniff"] * 3
    assert [each.headers.get("cache-control") for each in (own, anyones)] == ["no-store", None]


@pytest.fixture
async def closed(settings: ServiceSettings) -> AsyncIterator[httpx.AsyncClient]:
    shut = settings.model_copy(update={"docs": False, "metrics_token": SecretStr("for-prometheus")})
    async with ledger.running(ledger.ledger_app(shut)) as client:
        yield client


async def test_documents_need_no_other_host(client: httpx.AsyncClient) -> None:
    page = await client.get("/docs")
    named = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert (page.status_code, len(named)) == (200, 4)
    assert [each for each in named if not each.startswith(("/docs/", "data:"))] == []
    assert "script-src 'self';" in page.headers["content-security-policy"]
    files = [await client.get(each) for each in named if each.startswith("/")]
    assert [each.status_code for each in files] == [200] * 3
    assert {each.headers["content-type"].partition(";")[0] for each in files} == {"text/css", "text/javascript"}


@pytest.mark.parametrize("path", ["/docs", "/docs/start.js", "/openapi.json"])
async def test_documents_can_be_closed(closed: httpx.AsyncClient, path: str) -> None:
    assert (await closed.get(path)).status_code == 404


async def test_metrics_can_be_closed_to_whoever_has_not_their_token(closed: httpx.AsyncClient) -> None:
    tokens = ("for-prometheus", "for-prometheus2", "")
    replies = [await closed.get("/metrics", headers={"Authorization": f"Bearer {token}"}) for token in tokens]
    assert [reply.status_code for reply in replies] == [200, 401, 401]
    assert (await closed.get("/metrics")).status_code == 401


@pytest.fixture
async def limited(settings: ServiceSettings) -> AsyncIterator[httpx.AsyncClient]:
    few = settings.model_copy(update={"rate_per_organisation": 2})
    async with ledger.running(ledger.ledger_app(few)) as client:
        yield client


async def test_an_organisation_has_a_budget_of_requests_whatever_its_tokens(
    limited: httpx.AsyncClient, issuer: TokenIssuer
) -> None:
    """The first requests of each token are not counted for the organisation: whose it is is only found out."""
    tokens = [ledger.token(issuer), ledger.token(issuer)]

    async def asked(token: dict[str, str]) -> httpx.Response:
        return await limited.post("/notes", json={"line": "a"}, headers=token)

    for token in (tokens[0], *tokens):
        assert "ratelimit" not in (await asked(token)).headers
    replies = [await asked(token) for token in (*tokens, *tokens)]
    assert [reply.status_code for reply in replies] == [201, 201, 429, 429]
    left = [reply.headers["ratelimit"].partition(";t")[0] for reply in replies]
    assert left == [f'"organisation";r={count}' for count in (1, 0, 0, 0)]
    assert replies[2].headers["ratelimit-policy"] == '"organisation";q=2;w=60'
    assert (await asked(ledger.token(issuer, code="91330100MA2ABCDE0X"))).status_code != 429
