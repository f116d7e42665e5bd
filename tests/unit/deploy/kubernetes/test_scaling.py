"""Background work is scaled by streams, consumers, databases and queries that are there when they are asked for."""

from typing import Any

import pytest

from matcher.consumers import DEMANDS
from notify.consumers import MATCHES
from tests.support.kubernetes import connections, scaling
from tests.support.kubernetes.broken import drop, put, seen
from tests.support.kubernetes.manifests import Manifest, find, of

CONSUMERS = [DEMANDS, MATCHES]
BROKEN: list[tuple[str, str, Any, str]] = [
    ("ScaledObject matcher-work", "spec.triggers.0.metadata.stream", "DEMANDS", "no code reads DEMANDS as matcher"),
    ("ScaledObject matcher-work", "spec.triggers.0.metadata.consumer", "ranker", "no code reads CATALOG as ranker"),
    ("ScaledObject matcher-work", "spec.scaleTargetRef.name", "catalog-work", "by the consumer of matcher-work"),
    ("ScaledObject matcher-work", "spec.scaleTargetRef.name", "catalog-work", "by the database of matcher"),
    ("ScaledObject matcher-work", "spec.triggers.0.metadata.lag", "5", "has other metadata: lag"),
    (
        "ScaledObject matcher-work",
        "spec.triggers.0.metadata.natsServerMonitoringEndpoint",
        "nats.jingqiao.svc.cluster.local:4222",
        "does not lead to single servers",
    ),
    (
        "ScaledObject matcher-work",
        "spec.triggers.0.metadata.natsServerMonitoringEndpoint",
        "nats-headless:8222",
        "nothing monitors at nats-headless:8222",
    ),
    ("ScaledObject matcher-work", "spec.triggers.1.metadata.host", "db.jingqiao.svc", "no database server db"),
    ("ScaledObject matcher-work", "spec.triggers.1.metadata.dbName", "match", "no database match"),
    ("ScaledObject matcher-work", "spec.triggers.1.authenticationRef.name", "x", "no TriggerAuthentication x"),
    (
        "ScaledObject matcher-work",
        "spec.triggers.0.authenticationRef.name",
        "stream-matcher",
        "in which account CATALOG",
    ),
    ("TriggerAuthentication stream-catalog", "spec.configMapTargetRef.0.key", "a", "nobody makes a of ConfigMap"),
    ("ConfigMap broker-accounts", "data", {}, "nobody makes catalog of ConfigMap broker-accounts"),
    ("ScaledObject matcher-work", "metadata.labels.phase", "services", "before it is made"),
    ("Job matcher-streams-0-1-0", "metadata.labels.phase", "services", "before it is made"),
    ("Job matcher-streams-0-1-0", "spec.template.spec.containers.0.args", ["migrate"], "before it is made"),
]


def test_triggers_ask_for_what_is_there(manifests: list[Manifest]) -> None:
    assert scaling.faults(manifests, CONSUMERS) == []


def test_every_consumer_of_the_code_scales_its_reader(production: list[Manifest]) -> None:
    asked = {
        (trigger["metadata"]["stream"], trigger["metadata"]["consumer"])
        for _, trigger in scaling.triggers(production, "nats-jetstream")
    }
    assert asked == {(one.stream, one.durable) for one in CONSUMERS}


def test_every_work_is_scaled_by_what_its_database_holds_too(production: list[Manifest]) -> None:
    for scaled in of(production, "ScaledObject"):
        assert "outbox" in {one["name"] for one in scaled["spec"]["triggers"] if one["type"] == "postgresql"}
    for name in ("matcher-work", "notify-work"):
        triggers = (find(production, "ScaledObject", name) or {})["spec"]["triggers"]
        assert {"lag", "queue", "inbox", "outbox"} == {one["name"] for one in triggers}


@pytest.mark.parametrize(("name", "path", "value", "fault"), BROKEN, ids=[row[3] for row in BROKEN])
def test_a_trigger_about_nothing_is_seen(
    production: list[Manifest], name: str, path: str, value: Any, fault: str
) -> None:
    put(production, name, path, value)
    assert seen(scaling.faults(production, CONSUMERS), fault)


def test_a_service_of_the_broker_that_is_gone_is_seen(production: list[Manifest]) -> None:
    drop(production, "Service nats-headless")
    assert seen(scaling.faults(production, CONSUMERS), "nothing monitors at nats-headless")


def test_postgresql_has_a_connection_for_every_process_there_may_be(manifests: list[Manifest]) -> None:
    assert connections.faults(manifests) == []


@pytest.mark.parametrize(
    ("name", "path", "value", "fault"),
    [
        ("ScaledObject matcher-work", "spec.maxReplicaCount", 30, "matcher may need"),
        ("HorizontalPodAutoscaler catalog-serve", "spec.maxReplicas", 20, "catalog may need"),
        ("Cluster jingqiao-db", "spec.postgresql.parameters.max_connections", "400", "are promised, and there are 400"),
    ],
    ids=lambda part: str(part)[:30],
)
def test_too_few_connections_are_seen(production: list[Manifest], name: str, path: str, value: Any, fault: str) -> None:
    put(production, name, path, value)
    assert seen(connections.faults(production), fault)
