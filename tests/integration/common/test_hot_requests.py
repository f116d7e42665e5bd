"""A hot read is a request like any other: it has a correlation id, is counted and logged, and never makes one fail."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from prometheus_client import REGISTRY

from common.errors import Unavailable
from common.hot import Asked, HotRead, Reply, json_found
from common.settings import ServiceSettings
from common.web import Api, build_app
from tests.integration.common import service_under_test as ledger

TRACE = "0af7651916cd43dd8448eb211c80319c"


async def notes(asked: Asked) -> Reply | None:
    """What the query asks for: an answer, none, or a failure."""
    match asked.query:
        case b"":
            return json_found(b'"hot"')
        case b"limit=1":
            return None
        case b"limit=2":
            raise RuntimeError("a fault of the hot read")
        case _:
            raise Unavailable("The database does not answer", "数据库无响应")


@pytest.fixture
async def client(settings: ServiceSettings) -> AsyncIterator[httpx.AsyncClient]:
    app = build_app(
        "ledger",
        settings,
        Api([ledger.router], ledger.PERMISSIONS, [HotRead("/notes", "listing", notes)]),
        description="Notes.",
    )
    async with ledger.running(app) as running:
        yield running


def told(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """The log lines but those of the broker, which is away."""
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return [line for line in lines if line["event"] != "bus_error"]


def counted(status: str) -> float:
    labels = {"method": "GET", "route": "/notes", "status": status}
    return REGISTRY.get_sample_value("jingqiao_http_request_seconds_count", labels) or 0.0


async def test_what_a_hot_read_answers_is_counted_logged_and_joined(
    client: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    before = counted("200")
    capsys.readouterr()
    reply = await client.get("/notes", headers={"traceparent": f"00-{TRACE}-b7ad6b7169203331-01"})
    assert (reply.json(), reply.headers["content-type"]) == ("hot", "application/json")
    assert reply.headers["x-correlation-id"] == TRACE
    assert counted("200") == before + 1
    [line] = told(capsys)
    assert (line["event"], line["route"], line["status"], line["trace_id"]) == ("request", "/notes", 200, TRACE)


async def test_what_it_leaves_is_the_routes_and_one_request(
    client: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    before = counted("200")
    capsys.readouterr()
    reply = await client.get("/notes?limit=1")
    assert reply.json() == {"items": [], "cursor": None}
    assert counted("200") == before + 1
    assert len(told(capsys)) == 1


async def test_one_that_fails_leaves_the_request_to_the_route_and_a_line_in_the_log(
    client: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    reply = await client.get("/notes?limit=2")
    assert reply.status_code == 200
    lines = told(capsys)
    assert [line["event"] for line in lines if line["level"] == "error"] == ["hot_read_crashed"]
    assert {line["correlation_id"] for line in lines} == {reply.headers["x-correlation-id"]}


async def test_a_refusal_is_a_problem_document(client: httpx.AsyncClient) -> None:
    reply = await client.get("/notes?limit=3", headers={"Accept-Language": "zh"})
    assert (reply.status_code, reply.json()["detail"]) == (503, "数据库无响应")
    assert reply.headers["content-type"] == "application/problem+json"
    assert {"retry-after", "x-correlation-id"} <= set(reply.headers)


async def test_a_request_with_a_body_is_the_routes(client: httpx.AsyncClient) -> None:
    reply = await client.request("GET", "/notes", content=b"{}")
    assert reply.json() == {"items": [], "cursor": None}
