"""In production nothing goes between pods in the clear, save figures of the broker's own."""

import re
from typing import Any

import pytest

from tests.support.kubernetes import secrets, tls
from tests.support.kubernetes.broken import GONE, put, seen
from tests.support.kubernetes.manifests import Manifest, find

POD = "spec.template.spec"
BROKEN: list[tuple[str, str, Any, str]] = [
    ("Deployment catalog-work", f"{POD}.containers.0.livenessProbe.httpGet.scheme", GONE, "livenessProbe asks without"),
    (
        "ConfigMap connections",
        "data.JINGQIAO_NATS_URL",
        "nats://nats:4222",
        "streams-0-1-0 talks to the broker without",
    ),
    ("ConfigMap connections", "data.JINGQIAO_NATS_CA", GONE, "talks to the broker without"),
    ("ConfigMap connections", "data.JINGQIAO_NATS_URL", "tls://broker:4222", "looks for broker, which is not in"),
    ("Service notify-api", "metadata.annotations", {}, "Service notify-api is asked without TLS"),
    ("Service notify-api", "spec.ports.0.appProtocol", "http", "Service notify-api is asked without TLS"),
    ("ServersTransport services", "metadata.name", "other", "there is no transport jingqiao-services"),
    ("ServersTransport services", "spec.serverName", "x", "Service catalog-api: x is in no certificate"),
    ("PodMonitor work", "spec.podMetricsEndpoints.0.scheme", GONE, "PodMonitor work asks for"),
    ("ServiceMonitor api", "spec.endpoints.0.tlsConfig.serverName", "catalog-api.jingqiao.svc", "ServiceMonitor api"),
]


def test_everything_between_pods_is_encrypted_to_a_name_that_is_certified(production: list[Manifest]) -> None:
    assert tls.faults(production) == []


@pytest.mark.parametrize(("name", "path", "value", "fault"), BROKEN, ids=[f"{row[1]}-{row[3]}" for row in BROKEN])
def test_what_is_in_the_clear_is_seen(production: list[Manifest], name: str, path: str, value: Any, fault: str) -> None:
    put(production, name, path, value)
    assert seen(tls.faults(production), fault)


def test_a_service_without_a_certificate_is_seen(production: list[Manifest]) -> None:
    settings = next(one for one in production if one["metadata"]["name"].startswith("matcher-settings"))
    del settings["data"]["MATCHER_TLS_CERTIFICATE"], settings["data"]["MATCHER_TLS_KEY"]
    assert seen(tls.faults(production), "Deployment matcher-serve answers without TLS")


def test_nobody_holds_the_key_of_another(production: list[Manifest]) -> None:
    put(production, "Deployment catalog-work", f"{POD}.volumes.4.secret.secretName", "nats-tls")
    assert seen(secrets.faults(production), "Deployment catalog-work mounts more of Secret nats-tls than it reads")


def test_servers_of_the_broker_meet_each_other_by_certified_names_alone(production: list[Manifest]) -> None:
    written = (find(production, "ConfigMap", "nats-config") or {})["data"]["nats.conf"]
    assert re.search(r'"cluster": \{.*?"tls": \{[^}]*"verify": true', written, re.DOTALL)
    domains = re.findall(r'"tls://nats-\d\.([\w.-]+):6222"', written)
    assert len(domains) == 3
    assert {f"*.{domain}" for domain in domains} <= tls.names(production, "nats-tls")
