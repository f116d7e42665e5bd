"""Prometheus metrics of notify alone: deliveries, attempts and webhook addresses."""

from prometheus_client import Counter, Gauge, Histogram

PENDING = Gauge(
    "jingqiao_notify_deliveries_pending", "Deliveries not settled, due now or later, alone or in a digest.", ["channel"]
)
OLDEST_DUE_S = Gauge(
    "jingqiao_notify_oldest_due_seconds",
    "How long the delivery that is due longest waits to be tried, or for its digest.",
    ["channel"],
)
OLDEST_PENDING_S = Gauge(
    "jingqiao_notify_oldest_pending_seconds", "Age of the oldest delivery that is not settled, failed tries included.",
    ["channel"],
)  # fmt: skip
SETTLED = Counter(
    "jingqiao_notify_deliveries_settled_total", "Deliveries by how they ended: sent or abandoned.", ["channel", "state"]
)
DELAY = Histogram(
    "jingqiao_notify_delivery_delay_seconds",
    "Age of a delivery when it was sent.",
    ["channel"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200, 43200),
)
ATTEMPTS = Histogram(
    "jingqiao_notify_attempt_seconds",
    "Time of an attempt to reach a receiver; `outcome` is sent, refused, rejected, blocked, unreachable or gone.",
    ["channel", "outcome"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
IN_HAND = Gauge("jingqiao_notify_webhooks_in_hand", "Requests to receivers of every channel on their way now.")
SUBSCRIPTIONS = Gauge(
    "jingqiao_notify_subscriptions",
    "Subscriptions; `state` is pending, active, paused or disabled.",
    ["channel", "state"],
)
FAILING = Gauge(
    "jingqiao_notify_failing_webhooks",
    "Subscriptions by webhook with a pending delivery that failed at least three times.",
)
