"""Joins what one request causes into one trace, from HTTP over the outbox and the broker to the webhook.

Contexts (W3C Trace Context) are always handed on, so a caller's trace id arrives wherever the request leads. Spans are
recorded, and the OpenTelemetry SDK imported, only where an endpoint is set that takes them.
"""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from opentelemetry import context, trace
from opentelemetry.trace import SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.types import AttributeValue

_W3C = TraceContextTextMapPropagator()
_TRACER = trace.get_tracer("jingqiao")
UNWATCHED = "healthz,readyz,metrics"
ADDRESSES = ("http.url", "http.target", "url.full", "url.query")


def headers() -> dict[str, str]:
    """`traceparent` of the span in hand, for whoever is called next; empty when there is none. ASCII, 55 bytes."""
    carrier: dict[str, str] = {}
    _W3C.inject(carrier)
    return {name: value for name, value in carrier.items() if name == "traceparent"}


def traceparent() -> str | None:
    """The span in hand as it is stored beside what it causes later."""
    return headers().get("traceparent")


def trace_ids() -> tuple[str, str] | None:
    """Trace id (32 hex digits) and span id (16) of the span in hand."""
    span = trace.get_current_span().get_span_context()
    return (format(span.trace_id, "032x"), format(span.span_id, "016x")) if span.is_valid else None


@contextmanager
def received(caller: str | None) -> Iterator[None]:
    """Around a request: it belongs to the trace that its header `traceparent` names, unless it is in one already."""
    if caller is None or trace.get_current_span().get_span_context().is_valid:
        yield
        return
    token = context.attach(_W3C.extract({"traceparent": caller}))
    try:
        yield
    finally:
        context.detach(token)


def span(
    name: str,
    *,
    parent: str | None,
    kind: SpanKind = SpanKind.INTERNAL,
    attributes: Mapping[str, AttributeValue] | None = None,
    started_ns: int | None = None,
) -> AbstractContextManager[Any]:
    """A piece of work that another process or an earlier moment caused; `parent` is the traceparent stored there.

    started_ns  nanoseconds since 1970 when it began, if before now

    Without a parent it begins a trace of its own where spans are recorded, and is nothing elsewhere.
    """
    if parent is None and not is_recording():
        return nullcontext(trace.INVALID_SPAN)
    begun_in = _W3C.extract({"traceparent": parent} if parent else {}, context=context.Context())
    return _TRACER.start_as_current_span(
        name, context=begun_in, kind=kind, attributes=attributes, start_time=started_ns
    )


def is_recording() -> bool:
    """Whether this process records spans."""
    return _provider is not None


_provider: Any = None


def begin(service: str, endpoint: str) -> None:
    """Record the spans of this process under `service` and send them to `endpoint`; without one do nothing.

    The variables of OpenTelemetry (OTEL_TRACES_SAMPLER, OTEL_RESOURCE_ATTRIBUTES, …) say the rest.
    """
    global _provider
    if endpoint and _provider is None:
        from common import tracing_sdk

        _provider = tracing_sdk.provider(service)
        trace.set_tracer_provider(_provider)


def watch_app(app: Any, service: str, endpoint: str) -> None:
    """Begin to record, where there is an endpoint, and record a span for each request but those of probes."""
    begin(service, endpoint)
    if is_recording():
        from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor

        FastAPIInstrumentor.instrument_app(
            app, excluded_urls=UNWATCHED, exclude_spans=["receive", "send"], server_request_hook=_without_query
        )


def _without_query(span: Any, _scope: Any) -> None:
    """Leave out what somebody searched for: the address alone is told."""
    for name in ADDRESSES:
        if said := (span.attributes or {}).get(name):
            span.set_attribute(name, str(said).partition("?")[0] if name != "url.query" else "")


def watch_engine(engine: Any) -> None:
    """Record a span for each statement, without its parameters."""
    if is_recording():
        from opentelemetry.instrumentation.sqlalchemy import SQLAlchemyInstrumentor

        SQLAlchemyInstrumentor().instrument(engine=engine)


def finish() -> None:
    """Send what was recorded and not sent yet; some seconds when nobody takes it."""
    if _provider is not None:
        _provider.force_flush(5_000)
