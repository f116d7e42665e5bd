"""One JSON object per line: an event name plus fields, with the correlation and trace id of what is in hand."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from common import correlation, tracing

PRIVATE = frozenset(
    {"authorization", "token", "secret", "password", "phone", "contact", "email", "body", "signature", "text", "need"}
)


def _hide_private(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key in entry.keys() & PRIVATE:
        entry[key] = "[hidden]"
    return entry


def _add_trace(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The trace that the line belongs to: that of the span in hand, or the correlation id where it is a trace id."""
    if ids := tracing.trace_ids():
        entry["trace_id"], entry["span_id"] = ids
    elif correlation.is_trace_id(entry.get("correlation_id")):
        entry["trace_id"] = entry["correlation_id"]
    return entry


def configure(service: str, level: str = "INFO") -> None:
    """Send structlog and the standard library's loggers to stdout as JSON lines."""
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        _add_trace,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _hide_private,
    ]
    rendered: list[structlog.types.Processor] = [
        # Locals would carry bodies and tokens into the log.
        structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False)),
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
    structlog.configure(
        processors=[*shared, *rendered],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        # Not through the standard library's loggers: every request writes a line, and that would take twice as long.
        logger_factory=structlog.WriteLoggerFactory(),
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *rendered],
        )
    )
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    for noisy in ("httpx", "httpcore", "nats", "uvicorn.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.contextvars.bind_contextvars(service=service)
