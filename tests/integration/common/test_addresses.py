"""What an address does not take is refused with what it does take: methods and query parameters."""

import httpx
import pytest
from fastapi import FastAPI

from common.clock import new_id

Client = httpx.AsyncClient


async def test_an_unknown_query_parameter_is_refused_and_the_known_ones_are_named(client: Client) -> None:
    reply = await client.get("/notes", params={"limit": 1, "page": 2, "sort": "line"})
    assert (reply.status_code, reply.json()["type"]) == (422, "/problems/invalid_input")
    assert [error["parameter"] for error in reply.json()["errors"]] == ["page", "sort"]
    assert "known here: limit, cursor" in reply.json()["errors"][0]["detail"]


async def test_an_unknown_query_parameter_is_refused_in_chinese_too(client: Client) -> None:
    reply = await client.get("/notes", params={"page": 2}, headers={"Accept-Language": "zh"})
    assert "可用的有：limit、cursor" in reply.json()["errors"][0]["detail"]


async def test_an_address_without_query_parameters_refuses_each(client: Client) -> None:
    reply = await client.post("/notes", params={"dry_run": "true"}, json={"line": "a"})
    assert (reply.status_code, reply.json()["errors"][0]["parameter"]) == (422, "dry_run")
    assert (await client.get("/notes")).json()["items"] == []


async def test_nobody_waits_for_the_openapi_document_to_be_told_of_a_parameter(app: FastAPI, client: Client) -> None:
    assert (await client.get("/notes", params={"page": 2})).status_code == 422
    assert (await client.delete("/notes")).status_code == 405
    assert app.openapi_schema is None


async def test_a_query_parameter_given_twice_is_refused(client: Client) -> None:
    reply = await client.get("/notes?limit=1&limit=2")
    assert (reply.status_code, reply.json()["errors"][0]["parameter"]) == (422, "limit")


async def test_of_very_many_unknown_parameters_only_some_are_named(client: Client) -> None:
    reply = await client.get("/notes", params={f"p{number}": 1 for number in range(1000)})
    assert len(reply.json()["errors"]) == 20


async def test_a_very_long_name_is_not_repeated_whole(client: Client) -> None:
    reply = await client.get("/notes", params={"p" * 5000: 1})
    assert reply.json()["errors"][0]["parameter"] == "p" * 100


@pytest.mark.parametrize("path", ["/healthz", "/metrics"])
async def test_whoever_watches_a_process_may_add_parameters(client: Client, path: str) -> None:
    assert (await client.get(path, params={"probe": "1"})).status_code == 200


async def test_a_wrong_method_is_told_every_method_of_the_address(client: Client) -> None:
    reply = await client.delete("/notes")
    assert (reply.status_code, reply.headers["allow"]) == (405, "GET, POST")
    assert reply.json()["detail"] == "DELETE /notes: use GET or POST here"


async def test_a_wrong_method_is_told_the_steps_below_the_address(client: Client) -> None:
    where = f"/notes/{new_id()}"
    english = await client.patch(where, json={})
    chinese = await client.patch(where, json={}, headers={"Accept-Language": "zh"})
    assert english.headers["allow"] == "GET, PUT"
    assert english.json()["detail"] == f"PATCH {where}: use GET or PUT here; or POST …/burn"
    assert chinese.json()["detail"] == f"PATCH {where}：此处可用 GET、PUT；或 POST …/burn"


async def test_a_wrong_method_of_an_undocumented_address_is_told_its_method(client: Client) -> None:
    reply = await client.post("/healthz")
    assert (reply.status_code, reply.headers["allow"]) == (405, "GET")


@pytest.mark.parametrize(
    "media_type",
    ["text/csv", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", None],
)
async def test_a_body_that_is_not_said_to_be_json_is_refused_with_how_to_say_so(
    client: Client, media_type: str | None
) -> None:
    headers = {"Content-Type": media_type} if media_type else {}
    for content in (b'{"line": "a"}', b"line,marks"):
        reply = await client.post("/notes", content=content, headers=headers)
        assert (reply.status_code, reply.json()["type"]) == (415, "/problems/unsupported_media_type")
        assert "Content-Type: application/json" in reply.json()["detail"]
    assert (await client.get("/notes")).json()["items"] == []


@pytest.mark.parametrize("media_type", ["application/json", "application/json; charset=utf-8", "application/ld+json"])
async def test_json_of_any_name_is_taken(client: Client, media_type: str) -> None:
    reply = await client.post("/notes", content=b'{"line": "a"}', headers={"Content-Type": media_type})
    assert reply.status_code == 201


async def test_the_type_of_an_empty_body_or_of_one_that_nobody_reads_does_not_matter(client: Client) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    made = await client.post("/notes", json={"line": "a"})
    assert (await client.post("/notes", content=b"", headers=form)).status_code == 422
    assert (await client.post(f"{made.headers['location']}/burn", content=b"x", headers=form)).status_code == 204
