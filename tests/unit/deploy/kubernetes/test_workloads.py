"""Pods of the platform: their own selectors, probes that are served, limits, the restricted profile, time to end."""

import tomllib
from collections.abc import Callable
from functools import partial
from typing import Any, get_args
from urllib.parse import parse_qs

import pytest

from common import health
from tests.support.kubernetes import environment, workloads
from tests.support.kubernetes.broken import GONE, put, seen
from tests.support.kubernetes.manifests import Manifest, find, of
from tests.support.kubernetes.rendered import MANIFESTS

SERVED = frozenset(route.path for route in health.router.routes)  # type: ignore[attr-defined]
MEASURED = tomllib.loads((MANIFESTS / "measured.toml").read_text())["most_mib"]
Check = Callable[[list[Manifest]], list[str]]
PROBES = partial(workloads.probe_faults, paths=SERVED)
RESOURCES = partial(workloads.resource_faults, measured_mib=MEASURED)
CHECKS: list[Check] = [
    workloads.selector_faults,
    PROBES,
    RESOURCES,
    environment.ending_faults,
    workloads.restricted_faults,
    workloads.writing_faults,
    workloads.link_faults,
]
POD, CONTAINER = "spec.template.spec", "spec.template.spec.containers.0"
SERVE, WORK = "Deployment matcher-serve", "Deployment matcher-work"
BROKEN: list[tuple[Check, str, str, Any, str]] = [
    (workloads.selector_faults, SERVE, "spec.selector.matchLabels", {"app.kubernetes.io/name": "matcher"}, "selects"),
    (
        workloads.selector_faults,
        SERVE,
        f"{POD}.topologySpreadConstraints.0.labelSelector.matchLabels.a",
        "b",
        "not its",
    ),
    (PROBES, SERVE, f"{CONTAINER}.readinessProbe.httpGet.path", "/ready", "asks http/ready"),
    (PROBES, SERVE, f"{CONTAINER}.startupProbe.httpGet.port", "web", "asks web/healthz"),
    (PROBES, WORK, f"{CONTAINER}.livenessProbe", GONE, "has no livenessProbe"),
    (PROBES, WORK, f"{CONTAINER}.livenessProbe.httpGet.path", "/readyz", "restarts pods"),
    (RESOURCES, SERVE, f"{CONTAINER}.resources.limits.memory", "256Mi", "were seen"),
    (RESOURCES, SERVE, f"{CONTAINER}.resources.limits", GONE, "has no memory limit"),
    (RESOURCES, WORK, f"{CONTAINER}.resources.requests.memory", "64Gi", "more memory than its limit"),
    (RESOURCES, WORK, f"{CONTAINER}.resources.requests.cpu", GONE, "does not request both"),
    (environment.ending_faults, SERVE, f"{POD}.terminationGracePeriodSeconds", 29, "killed before it has drained"),
    (environment.ending_faults, WORK, f"{POD}.terminationGracePeriodSeconds", 20, "killed before it has drained"),
    (
        environment.ending_faults,
        "ConfigMap connections",
        "data.MATCHER_SHUTDOWN_DELAY_S",
        "0",
        "load balancers still send",
    ),
    (workloads.restricted_faults, WORK, f"{POD}.hostNetwork", True, "hostNetwork"),
    (workloads.restricted_faults, WORK, f"{POD}.securityContext.runAsNonRoot", False, "may run as root"),
    (workloads.restricted_faults, WORK, f"{POD}.securityContext.runAsUser", 0, "may run as root"),
    (workloads.restricted_faults, WORK, f"{POD}.securityContext.seccompProfile.type", "Unconfined", "no seccomp"),
    (workloads.restricted_faults, WORK, f"{POD}.volumes.0", {"name": "tmp", "hostPath": {"path": "/"}}, "not allowed"),
    (workloads.restricted_faults, WORK, f"{POD}.automountServiceAccountToken", True, "token for the API server"),
    (workloads.restricted_faults, WORK, f"{CONTAINER}.securityContext.allowPrivilegeEscalation", True, "privileges"),
    (workloads.restricted_faults, WORK, f"{CONTAINER}.securityContext.capabilities.add", ["NET_RAW"], "capabilities"),
    (workloads.restricted_faults, WORK, f"{CONTAINER}.securityContext.readOnlyRootFilesystem", False, "may write"),
    (workloads.restricted_faults, WORK, f"{CONTAINER}.securityContext.runAsUser", 0, "overrides"),
    (workloads.restricted_faults, WORK, f"{CONTAINER}.ports.0.hostPort", 80, "a port of the node"),
    (workloads.restricted_faults, "StatefulSet nats", f"{CONTAINER}.securityContext", {}, "nats may gain privileges"),
    (workloads.restricted_faults, "Job notify-migrate-0-1-0", f"{POD}.securityContext", {}, "may run as root"),
    (workloads.writing_faults, WORK, f"{POD}.volumes.1.emptyDir", {}, "no bounded /tmp"),
    (workloads.writing_faults, WORK, f"{CONTAINER}.volumeMounts.1.name", "ca", "which is no volume"),
    (workloads.link_faults, WORK, f"{POD}.enableServiceLinks", True, "gets variables"),
]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: getattr(check, "func", check).__name__)
def test_nothing_is_wrong(manifests: list[Manifest], check: Check) -> None:
    assert check(manifests) == []


@pytest.mark.parametrize(
    ("check", "name", "path", "value", "fault"), BROKEN, ids=[f"{row[2]}-{row[4]}" for row in BROKEN]
)
def test_what_is_broken_is_seen(
    production: list[Manifest], check: Check, name: str, path: str, value: Any, fault: str
) -> None:
    put(production, name, path, value)
    assert seen(check(production), fault)


def test_a_probe_leaves_out_what_readyz_knows(manifests: list[Manifest]) -> None:
    for deployment in of(manifests, "Deployment"):
        probe = deployment["spec"]["template"]["spec"]["containers"][0]["readinessProbe"]["httpGet"]["path"]
        assert {"exclude"} == parse_qs(probe.partition("?")[2]).keys()
        assert set(parse_qs(probe.partition("?")[2])["exclude"]) <= set(get_args(health.Part))


@pytest.mark.parametrize("service", ["catalog", "matcher", "notify"])
def test_a_broker_that_is_away_takes_no_http_server_out(production: list[Manifest], service: str) -> None:
    deployment = find(production, "Deployment", f"{service}-serve") or {}
    probe = deployment["spec"]["template"]["spec"]["containers"][0]["readinessProbe"]["httpGet"]["path"]
    assert "exclude=bus" in probe
    assert "exclude=database" not in probe


def test_sizes_are_read_as_kubernetes_reads_them() -> None:
    assert [workloads.size(quantity) for quantity in ("512Mi", "2Gi", "1024")] == [512 * 2**20, 2 * 2**30, 1024]
