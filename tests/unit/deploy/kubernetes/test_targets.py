"""What points at something else points at something that is there."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from common import health
from tests.support.kubernetes import targets
from tests.support.kubernetes.broken import GONE, drop, put, seen
from tests.support.kubernetes.manifests import Manifest

SERVED = frozenset(route.path for route in health.router.routes)  # type: ignore[attr-defined]
Check = Callable[[list[Manifest]], list[str]]
MONITORS = partial(targets.monitor_faults, paths=SERVED)
CHECKS: list[Check] = [
    targets.service_faults,
    targets.ingress_faults,
    targets.scaling_faults,
    targets.disruption_faults,
    targets.phase_faults,
]
BROKEN: list[tuple[Check, str, str, Any, str]] = [
    (targets.service_faults, "Service notify-api", "spec.selector", {"app.kubernetes.io/name": "notify"}, "selects"),
    (targets.service_faults, "Service notify-api", "spec.ports.0.targetPort", "web", "has no port web"),
    (targets.service_faults, "Service nats", "spec.ports.0.targetPort", 4223, "has no port 4223"),
    (targets.ingress_faults, "Ingress jingqiao", "spec.tls.0.hosts", ["other.example"], "has no TLS"),
    (targets.ingress_faults, "Ingress jingqiao", "spec.rules.0.http.paths.0.backend.service.name", "x", "no Service x"),
    (
        targets.ingress_faults,
        "Ingress jingqiao",
        "spec.rules.0.http.paths.0.backend.service.port.name",
        "x",
        "with this port",
    ),
    (
        targets.scaling_faults,
        "HorizontalPodAutoscaler notify-serve",
        "spec.scaleTargetRef.name",
        "notify",
        "not there",
    ),
    (targets.scaling_faults, "ScaledObject notify-work", "spec.scaleTargetRef.name", "notify", "which is not there"),
    (targets.scaling_faults, "ScaledObject notify-work", "spec.scaleTargetRef.name", "notify-serve", "scaled twice"),
    (targets.scaling_faults, "ScaledObject notify-work", "spec.minReplicaCount", 0, "come to nothing"),
    (targets.scaling_faults, "Deployment notify-work", "spec.replicas", 2, "sets replicas"),
    (
        targets.scaling_faults,
        "Deployment notify-serve",
        "spec.template.spec.containers.0.resources.requests",
        {},
        "does not request",
    ),
    (targets.disruption_faults, "PodDisruptionBudget notify-work", "spec.selector.matchLabels", {}, "is of"),
    (
        targets.disruption_faults,
        "PodDisruptionBudget notify-work",
        "spec.selector.matchLabels",
        {"app.kubernetes.io/name": "x"},
        "Deployment notify-work has no budget",
    ),
    (MONITORS, "ServiceMonitor api", "spec.selector.matchLabels", {"a": "b"}, "watches nothing"),
    (MONITORS, "PodMonitor work", "spec.podMetricsEndpoints.0.port", "metrics", "has no port metrics"),
    (MONITORS, "PodMonitor work", "spec.podMetricsEndpoints.0.path", "/stats", "/stats is not served"),
    (
        MONITORS,
        "PodMonitor work",
        "spec.selector.matchLabels",
        {"app.kubernetes.io/name": "catalog", "app.kubernetes.io/component": "work"},
        "nobody watches Deployment matcher-work",
    ),
    (targets.phase_faults, "Deployment notify-work", "metadata.labels", {}, "belongs to no phase"),
    (targets.phase_faults, "Deployment notify-work", "metadata.namespace", "default", "in another namespace"),
    (targets.phase_faults, "Deployment notify-work", "metadata.name", "notify-serve", "there twice"),
]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_everything_that_is_pointed_at_is_there(manifests: list[Manifest], check: Check) -> None:
    assert check(manifests) == []


def test_every_process_is_watched_in_production(production: list[Manifest]) -> None:
    assert MONITORS(production) == []


@pytest.mark.parametrize(
    ("check", "name", "path", "value", "fault"), BROKEN, ids=[f"{row[1]}-{row[4]}" for row in BROKEN]
)
def test_what_points_nowhere_is_seen(
    production: list[Manifest], check: Check, name: str, path: str, value: Any, fault: str
) -> None:
    put(production, name, path, value)
    assert seen(check(production), fault)


def test_a_deployment_that_is_gone_is_missed_by_all_that_names_it(production: list[Manifest]) -> None:
    drop(production, "Deployment notify-serve")
    assert seen(targets.service_faults(production), "Service notify-api selects the pods of []")
    assert seen(targets.disruption_faults(production), "PodDisruptionBudget notify-serve is of []")
    assert seen(targets.scaling_faults(production), "HorizontalPodAutoscaler notify-serve")


def test_a_phase_that_is_gone_is_seen(production: list[Manifest]) -> None:
    put(production, "Service notify-api", "metadata.labels.phase", GONE)
    assert targets.phase_faults(production) == ["Service notify-api belongs to no phase"]
