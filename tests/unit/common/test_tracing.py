"""Contexts are handed on everywhere; spans, and what they cost, are there only where somebody takes them."""

import subprocess
import sys

import pytest

from common import correlation, tracing

CALLER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def test_the_sdk_is_not_imported_where_nobody_takes_spans() -> None:
    asked = (
        "import sys, catalog.app, matcher.app, notify.app; from catalog.settings import CatalogSettings;"
        "catalog.app.create_app(CatalogSettings(database_url='postgresql+asyncpg://nobody@127.0.0.1:9/none'));"
        "costly = ('opentelemetry.sdk', 'opentelemetry.exporter', 'opentelemetry.instrumentation', 'google.protobuf');"
        "print([name for name in sys.modules if name.startswith(costly)])"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_callers_context_is_handed_on_though_nothing_is_recorded() -> None:
    with tracing.received(CALLER):
        assert tracing.headers() == {"traceparent": CALLER}
        assert tracing.trace_ids() == ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7")
    assert tracing.traceparent() is None


def test_later_work_continues_what_it_was_stored_with() -> None:
    with tracing.span("apply", parent=CALLER):
        assert tracing.traceparent() == CALLER
    assert tracing.traceparent() is None


@pytest.mark.parametrize("said", [None, "", "00-zz-1-01", "00-" + "0" * 32 + "-00f067aa0ba902b7-01", "x" * 5000])
def test_what_is_no_context_begins_none(said: str | None) -> None:
    with tracing.received(said), tracing.span("apply", parent=said):
        assert tracing.headers() == {}


@pytest.mark.parametrize(
    ("traceparent", "own", "expected"),
    [(CALLER, "my-own-id", "4bf92f3577b34da6a3ce929d0e0e4736"), (None, "my-own-id", "my-own-id")],
)
def test_the_correlation_id_is_the_trace_or_the_callers_own(
    traceparent: str | None, own: str | None, expected: str
) -> None:
    assert correlation.from_headers(traceparent, own) == expected
