"""Prometheus metrics every process has: requests by route, events waiting and given up, loops that failed."""

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, Histogram, generate_latest
from starlette.responses import Response

REQUESTS = Histogram(
    "jingqiao_request_seconds",
    "Time to answer a request, by route template.",
    ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
OUTBOX_WAITING = Gauge("jingqiao_outbox_waiting", "Events recorded but not yet announced.")
OUTBOX_OLDEST_S = Gauge("jingqiao_outbox_oldest_seconds", "Age of the oldest event not yet announced.")
CONSUMER_PENDING = Gauge(
    "jingqiao_consumer_pending", "Events of its stream that a consumer has not been handed yet.", ["consumer"]
)
CONSUMER_IN_HAND = Gauge(
    "jingqiao_consumer_ack_pending", "Events handed to a consumer and not acknowledged.", ["consumer"]
)
CONSUMER_OLDEST_S = Gauge(
    "jingqiao_consumer_oldest_seconds", "Age of the oldest event that a consumer has not applied.", ["consumer"]
)
DEAD_LETTERS = Gauge("jingqiao_dead_letters", "Events kept as dead letters and not replayed.", ["consumer"])
BURIED = Counter("jingqiao_events_buried_total", "Times an event became a dead letter.", ["consumer"])
BUS_ERRORS = Counter("jingqiao_bus_errors_total", "What the connection to the broker reported, by kind.", ["kind"])
LOOP_FAILURES = Counter("jingqiao_loop_failures_total", "Times a background loop failed and was restarted.", ["loop"])


def page() -> Response:
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
