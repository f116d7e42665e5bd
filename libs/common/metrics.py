"""Prometheus metrics every process has: requests, events out and in, loops, and what it depends on."""

import hmac
from functools import lru_cache
from math import nan

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, Histogram, generate_latest
from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import Response

from common.errors import Unauthenticated

REQUESTS = Histogram(
    "jingqiao_http_request_seconds",
    "Time to answer a request, by route template.",
    ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
REQUESTS_IN_HAND = Gauge("jingqiao_http_requests_in_hand", "Requests being answered now.")
DATABASE_REACHABLE = Gauge("jingqiao_database_reachable", "1 when the database answered the newest question, else 0.")
BROKER_CONNECTED = Gauge("jingqiao_broker_connected", "1 while the connection to the broker stands, else 0.")
# Until it is first asked; a process that has neither, such as the portal's, has lost neither.
DATABASE_REACHABLE.set(nan)
BROKER_CONNECTED.set(nan)
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
PUBLISHED = Counter("jingqiao_events_published_total", "Events that the broker acknowledged.", ["stream"])
REFILLED = Counter("jingqiao_events_refilled_total", "Events queued again for a broker that lost them.", ["stream"])
RELAYING = Gauge("jingqiao_relay_leading", "1 in the process that holds the lock of the database's one relay, else 0.")
HANDLED = Histogram(
    "jingqiao_event_seconds",
    "Time to handle an event; `outcome` is applied, put_back or buried.",
    ["consumer", "outcome"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
TURNS_WAITING = Gauge(
    "jingqiao_turns_waiting",
    "Requests that wait for their turn; `gate` is database (a connection), answers (to be computed) or checks (for "
    "fair competition).",
    ["gate"],
)
TURNS_REFUSED = Counter(
    "jingqiao_turns_refused_total",
    "Requests refused a turn; `reason` is full, slow (it would wait too long) or late (it did).",
    ["gate", "reason"],
)
LOOP_FAILURES = Counter("jingqiao_loop_failures_total", "Times a background loop failed and was restarted.", ["loop"])
UNMEASURED = Counter(
    "jingqiao_figures_failed_total", "Times a figure could not be asked of the database or the broker.", ["figure"]
)


def answered(method: str, route: str, status: int, took_s: float) -> None:
    """Count a request; to look for its labels would cost as much."""
    _requests(method, route, status).observe(took_s)


@lru_cache(maxsize=1024)
def _requests(method: str, route: str, status: int) -> Histogram:
    return REQUESTS.labels(method, route, str(status))


def begin_at_zero(counter: Counter, *labels: str) -> None:
    """Show the counter with these labels before it first counts: Prometheus sees no increase in what begins at one."""
    counter.labels(*labels)


def refuse_other_reader(request: Request, token: SecretStr | None) -> None:
    """Raises Unauthenticated where a token is asked for and is not what was sent."""
    wanted = f"Bearer {token.get_secret_value()}".encode() if token else b""
    given = request.headers.get("authorization", "").encode()
    if token and not hmac.compare_digest(given, wanted):
        raise Unauthenticated("Metrics are read with METRICS_TOKEN", "读取指标须提供 METRICS_TOKEN")


def page() -> Response:
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
