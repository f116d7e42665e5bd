"""When a dependency dies the caller hears it soon, with a time to come back, and nothing leaks into the log."""

import json
from collections.abc import Callable

import httpx
import pytest
import structlog

from common import logs
from common.settings import ServiceSettings
from deploy.embedded.nats import NatsServer
from deploy.embedded.ports import free_port
from deploy.embedded.tokens import TokenIssuer
from tests.integration.common import service_under_test as ledger
from tests.support.eventually import eventually
from tests.support.postgres import Build


def unavailable(reply: httpx.Response) -> bool:
    return (reply.status_code, reply.json()["type"]) == (
        503,
        "/problems/unavailable",
    ) and "retry-after" in reply.headers


async def test_a_dead_database_gives_503_with_a_time_to_retry(settings: ServiceSettings, issuer: TokenIssuer) -> None:
    nowhere = f"postgresql+asyncpg://nobody:none@127.0.0.1:{free_port()}/none"
    app = ledger.ledger_app(settings.model_copy(update={"database_url": nowhere}))
    async with ledger.running(app) as client:
        assert unavailable(await client.get("/notes"))
        assert (await client.get("/healthz")).status_code == 200
        ready = await client.get("/readyz")
        assert (ready.status_code, ready.json()["database"]) == (503, "down")
        assert (await client.get("/readyz?exclude=bus&exclude=lag")).status_code == 503


async def test_a_probe_that_leaves_out_what_there_is_not_is_refused(client: httpx.AsyncClient) -> None:
    assert (await client.get("/readyz?exclude=broker")).status_code == 422


async def test_a_statement_that_never_ends_gives_503(settings: ServiceSettings) -> None:
    app = ledger.ledger_app(settings.model_copy(update={"statement_timeout_s": 0.5}))
    async with ledger.running(app) as client:
        assert unavailable(await client.get("/slow"))


async def test_readiness_follows_the_broker_while_notes_are_still_taken(
    database_copy: Callable[[str, Build], str], nats_server: NatsServer, issuer: TokenIssuer
) -> None:
    url = database_copy("ledger", ledger.build_schema)
    settings = ledger.settings_for(url, issuer, nats_url=nats_server.url)
    async with ledger.running(ledger.ledger_app(settings)) as client:

        async def ready() -> bool:
            return (await client.get("/readyz")).status_code == 200

        async def unready() -> bool:
            return bool((await client.get("/readyz")).json()["bus"] == "down")

        await eventually(ready)
        nats_server.kill()
        await eventually(unready)
        assert (await client.get("/readyz")).status_code == 503
        assert (await client.get("/readyz?exclude=bus&exclude=lag")).status_code == 200
        taken = await client.post("/notes", json={"line": "kept"}, headers=ledger.token(issuer))
        assert taken.status_code == 201
        nats_server.start()
        await eventually(ready, within=20)


async def test_events_that_wait_too_long_make_the_service_unready(
    settings: ServiceSettings, nats_server: NatsServer, issuer: TokenIssuer
) -> None:
    platform = settings.platform.model_copy(update={"nats_url": nats_server.url})
    strict = settings.model_copy(update={"platform": platform, "lag_limit_s": 0.001})
    async with ledger.running(ledger.ledger_app(strict)) as client:

        async def ready() -> bool:
            return (await client.get("/readyz")).status_code == 200

        await eventually(ready)
        await client.post("/notes", json={"line": "waits"}, headers=ledger.token(issuer))
        reply = await client.get("/readyz")
        assert (reply.status_code, reply.json()["lag"], reply.json()["waiting_count"]) == (503, "late", 1)


def test_private_fields_are_hidden_even_where_somebody_logs_them(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("ledger")
    structlog.get_logger().info("called", phone="13700003333", token="eyJhbGciOi", host="example.com")
    entry = json.loads(capsys.readouterr().out)
    assert (entry["phone"], entry["token"], entry["host"]) == ("[hidden]", "[hidden]", "example.com")


async def test_logs_are_json_lines_without_bodies_tokens_or_locals(
    client: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure("ledger")
    await client.post("/notes", json={"line": "call 13900002222"}, headers={"Idempotency-Key": "k-secret"})
    await client.get("/crash?q=13900002222")
    printed = capsys.readouterr().out
    entries = [json.loads(line) for line in printed.splitlines()]
    assert {"request", "request_crashed"} <= {entry["event"] for entry in entries}
    token = client.headers["Authorization"].removeprefix("Bearer ")
    for private in ("13900002222", "13800001111", token, "k-secret"):
        assert private not in printed


async def test_every_log_line_of_a_request_carries_its_correlation_id(
    client: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure("ledger")
    reply = await client.get("/crash")
    entries = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    crashed = [entry for entry in entries if entry["event"] in {"request", "request_crashed"}]
    assert {entry["correlation_id"] for entry in crashed} == {reply.headers["x-correlation-id"]}
