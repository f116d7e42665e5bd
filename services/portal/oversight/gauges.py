"""Figures that the services' processes publish about themselves, of those the ones that an operator acts on."""

from collections.abc import Iterator
from typing import NamedTuple

from prometheus_client.parser import text_string_to_metric_families

NAMES = {
    "jingqiao_consumer_pending": 1000,
    "jingqiao_consumer_oldest_seconds": 60,
    "jingqiao_dead_letters": 0,
    "jingqiao_catalog_closing_overdue_seconds": 60,
    "jingqiao_matcher_oldest_job_seconds": 300,
    "jingqiao_notify_oldest_due_seconds": 300,
    "jingqiao_notify_failing_webhooks": 0,
}
"""The figures, each with the most at which there is nothing to do; docs/metrics.md says what to do beyond it.
How far publication is behind, the readiness of a service says."""


class Gauge(NamedTuple):
    """One figure: the largest among its labels, with the label where it is above nothing."""

    name: str
    value: float
    of: str
    is_bad: bool


def gauges(page: str) -> Iterator[Gauge]:
    """In the order of NAMES, those that the page has. Raises ValueError for what is no page of metrics."""
    found = {family.name: family.samples for family in text_string_to_metric_families(page)}
    for name, most in NAMES.items():
        if samples := found.get(name):
            worst = max(samples, key=lambda sample: sample.value)
            of = "、".join(worst.labels.values()) if worst.value else ""
            yield Gauge(name, worst.value, of, worst.value > most)
