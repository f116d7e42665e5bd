"""The manifests are what Kubernetes 1.31 to 1.36 and the custom resources define, word for word."""

from typing import Any

import pytest

from tests.support.kubernetes import schemas, words
from tests.support.kubernetes.broken import GONE, put, seen
from tests.support.kubernetes.manifests import Manifest, of

BROKEN: list[tuple[str, str, Any, str]] = [
    ("Deployment catalog-serve", "spec.replica", 3, "'replica' was unexpected"),
    ("Deployment catalog-serve", "spec.template.spec.containers.0.imagee", "x", "'imagee' was unexpected"),
    ("Deployment matcher-work", "spec.selector", GONE, "'selector' is a required property"),
    ("Deployment matcher-work", "spec.template.spec.containers.0.livenessProbe.periodSeconds", "1s", "not of type"),
    ("HorizontalPodAutoscaler notify-serve", "spec.maxReplica", 3, "'maxReplica' was unexpected"),
    ("NetworkPolicy dns", "spec.egress.0.ports.0.number", 53, "'number' was unexpected"),
    ("StatefulSet nats", "spec.template.spec.containers.0.resource", {}, "'resource' was unexpected"),
    ("Cluster jingqiao-db", "spec.postgresql.extensions.0.image.ref", "x", "'ref' was unexpected"),
    ("Cluster jingqiao-db", "spec.instances", 0, "less than the minimum"),
    ("Database jingqiao-matcher", "spec.owner", GONE, "'owner' is a required property"),
    ("ScaledObject matcher-work", "spec.fallback.behavior", "hold", "is not one of"),
    ("TriggerAuthentication database", "spec.secretTargetRef.0.parameter", GONE, "is a required property"),
    ("ServiceMonitor api", "spec.endpoints.0.interval", "often", "does not match"),
    ("PodMonitor work", "spec.podMetricsEndpoint", [], "was unexpected"),
    ("ExternalSecret notify-sealing", "spec.target.creationPolicy", "Mine", "is not one of"),
]
MISSPELT: list[tuple[str, str, Any, str]] = [
    ("Deployment catalog-serve", "spec.strategy.type", "Rolling", "type 'Rolling'"),
    ("Job catalog-migrate-0-1-0", "spec.template.spec.restartPolicy", "never", "restartPolicy 'never'"),
    ("Ingress jingqiao", "spec.rules.0.http.paths.0.pathType", "prefix", "pathType 'prefix'"),
    ("NetworkPolicy dns", "spec.policyTypes", ["egress"], "policyTypes"),
    ("HorizontalPodAutoscaler notify-serve", "spec.metrics.0.resource.target.type", "Percent", "type 'Percent'"),
    ("PodDisruptionBudget notify-work", "spec.unhealthyPodEvictionPolicy", "Always", "unhealthyPodEvictionPolicy"),
    ("Service catalog-api", "metadata.name", "catalog_api", "a name has small letters"),
    ("Deployment notify-work", "metadata.labels.phase", "the services", "label value"),
]


@pytest.mark.parametrize("version", schemas.VERSIONS)
def test_every_version_of_kubernetes_knows_every_field(
    version: str, local: list[Manifest], production: list[Manifest]
) -> None:
    # What both overlays have alike is looked at once.
    distinct = [*local, *(one for one in production if one not in local)]
    assert schemas.faults(distinct, version) == []


@pytest.mark.parametrize(("name", "path", "value", "fault"), BROKEN, ids=lambda part: str(part)[:40])
def test_what_the_api_server_would_drop_or_refuse_is_seen(
    production: list[Manifest], name: str, path: str, value: Any, fault: str
) -> None:
    put(production, name, path, value)
    broken = [one for one in production if name == f"{one['kind']} {one['metadata']['name']}"]
    assert seen(schemas.faults(broken, "1.33"), fault)


def test_an_api_version_that_is_gone_is_seen(production: list[Manifest]) -> None:
    put(production, "Deployment catalog-serve", "apiVersion", "apps/v1beta1")
    assert seen(schemas.faults(of(production, "Deployment"), "1.31"), "knows no apps/v1beta1")


def test_words_and_names_are_those_that_the_api_server_takes(manifests: list[Manifest]) -> None:
    assert words.faults(manifests) == []


@pytest.mark.parametrize(("name", "path", "value", "fault"), MISSPELT, ids=lambda part: str(part)[:40])
def test_a_word_that_no_schema_checks_is_seen(
    production: list[Manifest], name: str, path: str, value: Any, fault: str
) -> None:
    put(production, name, path, value)
    assert seen(words.faults(production), fault)
