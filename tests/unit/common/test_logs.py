"""The lines of requests are put together faster than others, and say the same."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from common import correlation, logs, tracing

TRACE = "0af7651916cd43dd8448eb211c80319c"
CALLER = f"00-{TRACE}-b7ad6b7169203331-01"


@pytest.fixture(autouse=True)
def _configured() -> Iterator[None]:
    before = structlog.get_config()
    logs.configure("ledger")
    yield
    structlog.configure(**before)
    correlation.bind(None)


def written(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    [line] = capsys.readouterr().out.splitlines()
    entry: dict[str, Any] = json.loads(line)
    return entry


@pytest.mark.parametrize("correlation_id", [TRACE, "of-the-caller_1", None])
@pytest.mark.parametrize("caller", [CALLER, None])
def test_a_request_is_told_as_any_other_line_would_tell_it(
    capsys: pytest.CaptureFixture[str], correlation_id: str | None, caller: str | None
) -> None:
    correlation.bind(correlation_id)
    with tracing.received(caller):
        logs.request("GET", '/v1/"demands"/{demand_id}', 200, 0.01234)
        fast = written(capsys)
        structlog.get_logger().info(
            "request", method="GET", route='/v1/"demands"/{demand_id}', status=200, took_ms=12.3
        )
        usual = written(capsys)
    assert list(fast) == list(usual)
    assert {**fast, "timestamp": ""} == {**usual, "timestamp": ""}
    assert len(fast["timestamp"]) == len(usual["timestamp"])


def test_where_only_warnings_are_wanted_requests_are_not_told(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("ledger", "WARNING")
    logs.request("GET", "/v1/demands", 200, 0.01)
    assert capsys.readouterr().out == ""
