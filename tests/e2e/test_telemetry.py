"""One publication is one trace, from the request over outbox, broker and consumers to the webhook."""

import json
from collections.abc import Iterator

import pytest

from tests.e2e import texts
from tests.support.collector import Collector, Seen, collector
from tests.support.eventually import eventually
from tests.support.parties import Json, Party, town
from tests.support.receiver import Received, Receiver
from tests.support.stack import LiveStack, live_stack

TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
CALLER = f"00-{TRACE_ID}-00f067aa0ba902b7-01"
ON_THE_WAY = {"catalog", "catalog-work", "matcher-work", "notify-work"}
"""Every process that a publication passes through."""


@pytest.fixture(scope="module")
def telemetry() -> Iterator[Collector]:
    with collector() as running:
        yield running


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, telemetry: Collector) -> Iterator[LiveStack]:
    env = {
        "NOTIFY_ALLOW_LOOPBACK": "true",
        "OTEL_EXPORTER_OTLP_ENDPOINT": telemetry.endpoint,
        "OTEL_BSP_SCHEDULE_DELAY": "200",
    }
    with live_stack(tmp_path_factory.mktemp("stack"), env) as running:
        yield running


async def published(stack: LiveStack, receiver: Receiver, headers: dict[str, str]) -> tuple[Json, Received]:
    """A demand published with these headers, and the request that it made at a firm's webhook."""
    async with town(stack) as people:
        firm = people.enterprise()
        await firm.subscribe_webhook(receiver.url(f"/{firm.code}"))
        await firm.save_profile(texts.fitting_profile())
        # Otherwise the profile's own ranking may be first to find the match, in the trace of its saving.
        await eventually(lambda: _is_ranked(firm), within=60)
        demand = await people.agency().publish(texts.demand(), headers)

        def about_it() -> list[Received]:
            # The profile's own ranking may have found the demand of a story before.
            return [one for one in receiver.received(f"/{firm.code}") if demand["id"].encode() in one.body]

        arrived = (await eventually(about_it, within=60))[0]
        return json.loads(arrived.body), arrived


async def test_every_service_reports_and_all_in_one_trace(
    stack: LiveStack, telemetry: Collector, receiver: Receiver
) -> None:
    _, request = await published(stack, receiver, {"traceparent": CALLER})

    def all_of_it() -> list[Seen]:
        spans = telemetry.trace(TRACE_ID)
        assert {span.service for span in spans} >= ON_THE_WAY
        assert {span.name for span in spans} >= {
            "POST /v1/demands/{demand_id}/publish",
            "publish CATALOG",
            "apply CATALOG",
            "rank demand",
            "publish MATCHER",
            "apply MATCHER",
            "deliver webhook",
        }
        return spans

    spans = await eventually(all_of_it, within=30)
    known = {span.span_id for span in spans}
    assert {span.parent_id for span in spans} - known == {"00f067aa0ba902b7"}  # the caller's own alone is elsewhere
    delivered = next(span for span in spans if span.name == "deliver webhook")
    assert request.headers["traceparent"] == f"00-{TRACE_ID}-{delivered.span_id}-01"


async def test_a_publication_without_a_trace_begins_one_that_its_log_lines_name(
    stack: LiveStack, telemetry: Collector, receiver: Receiver
) -> None:
    event, request = await published(stack, receiver, {})
    trace_id = request.headers["traceparent"].split("-")[1]
    assert event["correlationid"] == trace_id

    def joined() -> bool:
        lines = {process: _lines(stack, process, trace_id) for process in stack.processes}
        assert {"request"} <= {line["event"] for line in lines["catalog-serve"]}
        assert {"ranked"} <= {line["event"] for line in lines["matcher-work"]}
        assert {"match_heard_of", "delivery_attempted"} <= {line["event"] for line in lines["notify-work"]}
        sent = next(line for line in lines["notify-work"] if line["event"] == "delivery_attempted")
        assert (sent["outcome"], sent["status"], sent["state"]) == ("sent", 204, "sent")
        return True

    await eventually(joined, within=30)
    await eventually(lambda: {span.service for span in telemetry.trace(trace_id)} >= ON_THE_WAY, within=30)


async def test_no_span_carries_what_a_request_said(stack: LiveStack, telemetry: Collector, receiver: Receiver) -> None:
    await published(stack, receiver, {})
    async with town(stack) as people:
        await people.agency().ask("GET", "catalog", "/v1/demands?q=秘密的搜索词")
    listed = "GET /v1/demands"
    await eventually(lambda: [span for span in telemetry.spans() if span.name == listed], within=30)
    said = json.dumps([span.attributes for span in telemetry.spans()], ensure_ascii=False)
    for private in (
        texts.demand()["need"],
        texts.fitting_profile()["headline"],
        "Bearer",
        "Idempotency",
        "秘密",
        "%E7%A7%98",
    ):
        assert private not in said


async def test_loops_that_look_into_their_queues_make_no_traces(stack: LiveStack, telemetry: Collector) -> None:
    roots = [span for span in telemetry.spans() if not span.parent_id]
    assert {span.name.split()[0] for span in roots} <= {
        "GET",
        "POST",
        "PUT",
        "PATCH",
        "DELETE",
        "publish",
        "apply",
        "rank",
    }


async def _is_ranked(firm: Party) -> bool:
    return bool((await firm.ask("GET", "matcher", "/v1/matches"))["matching"] == "done")


def _lines(stack: LiveStack, process: str, trace_id: str) -> list[Json]:
    found = []
    for line in stack.log(process).splitlines():
        if trace_id in line and line.startswith("{"):
            entry = json.loads(line)
            assert entry["trace_id"] == trace_id
            found.append(entry)
    return found
