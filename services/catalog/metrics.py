"""Prometheus metrics of the catalog alone."""

from prometheus_client import Gauge

OVERDUE_S = Gauge(
    "jingqiao_catalog_closing_overdue_seconds",
    "How long the published demand whose closing time passed first is still open; 0 when there is none.",
)
