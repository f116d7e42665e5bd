"""Who may open a connection to whom: what the platform needs, and nothing beside it."""

import re
from collections.abc import Callable
from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from notify import addresses
from notify.settings import NotifySettings
from tests.support.kubernetes import network
from tests.support.kubernetes.broken import drop, put, seen
from tests.support.kubernetes.manifests import Manifest, find
from tests.support.kubernetes.rendered import ROOT

SERVICES = ("catalog", "matcher", "notify")
DATABASE, BROKER = "Cluster jingqiao-db", "StatefulSet nats"
EVERYWHERE = [
    *((f"Deployment {name}-{verb}", DATABASE, 5432) for name in SERVICES for verb in ("serve", "work")),
    *((f"Deployment {name}-{verb}", BROKER, 4222) for name in SERVICES for verb in ("serve", "work")),
    *((f"Job {name}-migrate-0-1-0", DATABASE, 5432) for name in SERVICES),
    *((f"Job {name}-streams-0-1-0", BROKER, 4222) for name in SERVICES),
    (DATABASE, DATABASE, 5432),
    (DATABASE, DATABASE, 8000),
    ("operator of PostgreSQL", DATABASE, 8000),
    ("Deployment notify-work", "internet", 443),
    ("Deployment notify-work", "internet", 8443),
    ("Deployment notify-work", "internet by IPv6", 443),
]
IN_PRODUCTION = [
    (BROKER, BROKER, 6222),
    *(
        ("ingress controller", f"Deployment {name}-serve", port)
        for name, port in zip(SERVICES, (8101, 8102, 8103), strict=True)
    ),
    ("ingress controller", "solver of ACME", 8089),
    *(("Prometheus", f"Deployment {name}-work", port) for name, port in zip(SERVICES, (8111, 8112, 8113), strict=True)),
    ("Prometheus", "Deployment catalog-serve", 8101),
    *((f"Deployment {name}-{verb}", "collector", 4318) for name in SERVICES for verb in ("serve", "work")),
    ("Prometheus", DATABASE, 9187),
    ("Prometheus", BROKER, 7777),
    ("KEDA", DATABASE, 5432),
    ("KEDA", BROKER, 8222),
]
NOWHERE = [
    ("Deployment catalog-serve", "Deployment matcher-serve", 8102),
    ("Deployment catalog-work", "internet", 443),
    ("Deployment matcher-work", "internet", 443),
    ("Deployment notify-work", "internet", 80),
    ("Deployment notify-work", "private address", 443),
    ("Deployment notify-work", "metadata of the cloud", 443),
    ("Deployment notify-serve", "internet", 8443),
    ("Job catalog-migrate-0-1-0", BROKER, 4222),
    ("Job catalog-migrate-0-1-0", "internet", 443),
    ("Job catalog-streams-0-1-0", DATABASE, 5432),
    ("Deployment catalog-serve", BROKER, 8222),
    ("Deployment catalog-serve", "collector", 4317),
    ("Job catalog-migrate-0-1-0", "collector", 4318),
    ("Deployment catalog-serve", "Prometheus", 4318),
    ("Deployment catalog-serve", BROKER, 6222),
    ("Deployment catalog-serve", DATABASE, 8000),
    (BROKER, DATABASE, 5432),
    (BROKER, "internet", 443),
    ("another namespace", "Deployment catalog-serve", 8101),
    ("another namespace", DATABASE, 5432),
    ("another namespace", BROKER, 4222),
    ("ingress controller", "Deployment catalog-work", 8111),
    ("ingress controller", DATABASE, 5432),
    ("another namespace", "solver of ACME", 8089),
    ("solver of ACME", DATABASE, 5432),
    ("solver of ACME", "internet", 443),
    ("KEDA", BROKER, 4222),
    ("Prometheus", DATABASE, 5432),
]
Flow = tuple[str, str, int]
Break = Callable[[list[Manifest]], None]


def _allowed(manifests: list[Manifest], flow: Flow) -> bool:
    known = network.parties(manifests)
    return network.allowed(manifests, known[flow[0]], known[flow[1]], flow[2])


@pytest.mark.parametrize("flow", EVERYWHERE, ids=str)
def test_what_the_platform_needs_is_open(manifests: list[Manifest], flow: Flow) -> None:
    assert _allowed(manifests, flow)


@pytest.mark.parametrize("flow", IN_PRODUCTION, ids=str)
def test_what_stands_around_it_in_production_reaches_it(production: list[Manifest], flow: Flow) -> None:
    assert _allowed(production, flow)


@pytest.mark.parametrize("flow", NOWHERE, ids=str)
def test_what_nobody_needs_is_shut(manifests: list[Manifest], flow: Flow) -> None:
    assert not _allowed(manifests, flow)


def test_everybody_resolves_names(manifests: list[Manifest]) -> None:
    everybody = [one for name, one in network.parties(manifests).items() if name not in network.ELSEWHERE]
    assert all(network.allowed(manifests, one, network.DNS, 53, way) for one in everybody for way in ("TCP", "UDP"))


def test_policies_name_pods_and_ports_that_are_there(manifests: list[Manifest]) -> None:
    assert network.faults(manifests) == []


BROKEN: list[tuple[str, str, Any, str]] = [
    ("NetworkPolicy dns", "spec.podSelector.matchLabels", {"app": "none"}, "is of no pod"),
    ("NetworkPolicy default-deny", "spec.policyTypes", ["Ingress"], "nothing denies everything"),
    ("NetworkPolicy services-to-broker", "spec.egress.0.to.0.podSelector.matchLabels.a", "b", "is nobody"),
    ("NetworkPolicy services-to-broker", "spec.egress.0.ports.0.port", 4223, "has no port 4223"),
    ("NetworkPolicy api-from-ingress", "spec.ingress.0.ports.0.port", "web", "has no port web"),
    ("NetworkPolicy database-from-scaler", "spec.ingress.0.from.0.namespaceSelector.matchLabels.a", "b", "is nobody"),
]


@pytest.mark.parametrize(("name", "path", "value", "fault"), BROKEN, ids=[row[3] for row in BROKEN])
def test_a_policy_about_nothing_is_seen(
    production: list[Manifest], name: str, path: str, value: Any, fault: str
) -> None:
    put(production, name, path, value)
    assert seen(network.faults(production), fault)


OPENED: list[tuple[Flow, Break]] = [
    (
        ("Deployment notify-work", "private address", 443),
        lambda all_: put(all_, "NetworkPolicy webhooks", "spec.egress.0.to.0.ipBlock.except", []),
    ),
    (
        ("another namespace", "Deployment catalog-serve", 8101),
        lambda all_: put(all_, "NetworkPolicy api-from-ingress", "spec.ingress.0.from.0.namespaceSelector", {}),
    ),
    (
        ("KEDA", BROKER, 4222),
        lambda all_: put(all_, "NetworkPolicy broker-from-scaler", "spec.ingress.0.ports.0.port", 4222),
    ),
]


@pytest.mark.parametrize(("flow", "open_"), OPENED, ids=lambda part: "" if callable(part) else str(part)[:60])
def test_a_policy_that_lets_too_much_is_seen(production: list[Manifest], flow: Flow, open_: Break) -> None:
    open_(production)
    assert _allowed(production, flow)


def test_what_holds_without_a_policy_of_its_own_is_the_denial_of_all(local: list[Manifest]) -> None:
    drop(local, "NetworkPolicy default-deny")
    assert _allowed(local, ("another namespace", "Deployment catalog-work", 8111))


@pytest.mark.parametrize("name", ["dns", "services-to-database", "database-from-services", "broker-from-services"])
def test_a_policy_that_is_gone_stops_somebody(production: list[Manifest], name: str) -> None:
    drop(production, f"NetworkPolicy {name}")
    catalog, known = network.parties(production)["Deployment catalog-serve"], network.parties(production)
    needed = ((known[DATABASE], 5432), (known[BROKER], 4222), (network.DNS, 53))
    assert not all(network.allowed(production, catalog, target, port) for target, port in needed)


def test_webhooks_leave_for_the_addresses_that_notify_itself_takes_for_public(manifests: list[Manifest]) -> None:
    blocks = (find(manifests, "NetworkPolicy", "webhooks") or {})["spec"]["egress"][0]["to"]
    refused = [ip_network(one) for block in blocks for one in block["ipBlock"]["except"]]
    assert set(refused) == {*addresses._REFUSED_V4, *addresses._REFUSED_V6}
    edges = [end for one in refused for end in (one[0], one[-1])]
    open_ = [
        any(edge in ip_network(b["ipBlock"]["cidr"]) for b in blocks) and not any(edge in r for r in refused)
        for edge in edges
    ]
    assert open_ == [addresses.is_public(edge) for edge in edges]
    assert not any(ip_address("fc00::1") in ip_network(block["ipBlock"]["cidr"]) for block in blocks)


def test_webhooks_leave_by_the_ports_that_notify_takes(manifests: list[Manifest]) -> None:
    rule = (find(manifests, "NetworkPolicy", "webhooks") or {})["spec"]["egress"][0]
    assert [port["port"] for port in rule["ports"]] == list(NotifySettings.model_fields["webhook_ports"].default)


def test_the_guide_names_every_namespace_that_policies_expect(production: list[Manifest]) -> None:
    guide = (ROOT / "docs" / "kubernetes.md").read_text()
    expected = {one.namespace for one in network.ELSEWHERE.values() if one.labels} - {
        "default",
        "jingqiao",
        "kube-system",
    }
    assert [name for name in sorted(expected) if not re.search(rf"`{name}`", guide)] == []
