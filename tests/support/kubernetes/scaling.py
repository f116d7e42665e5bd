"""What the autoscaler of background work asks for: streams, consumers, databases and logins that are there."""

import tempfile
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from common.consumption import Consumption
from tests.support.kubernetes import rendered
from tests.support.kubernetes.manifests import Manifest, find, named, of, services_of

Trigger = Manifest
FIELDS = {
    "nats-jetstream": {
        "natsServerMonitoringEndpoint",
        "stream",
        "consumer",
        "lagThreshold",
        "activationLagThreshold",
    },
    "postgresql": {"host", "port", "dbName", "sslmode", "query", "targetQueryValue"},
}
"""Metadata that KEDA 2.20 reads of each kind of trigger; it passes over what it does not know."""


def triggers(manifests: Sequence[Manifest], kind: str) -> Iterator[tuple[Manifest, Trigger]]:
    for scaled in of(manifests, "ScaledObject"):
        yield from ((scaled, one) for one in scaled["spec"]["triggers"] if one["type"] == kind)


@cache
def queries() -> dict[str, str]:
    """SQL of the overlay `production`, by `<database> <name of the trigger>`."""
    with tempfile.TemporaryDirectory(prefix="jingqiao-manifests-") as folder:
        manifests = rendered.overlay(rendered.copied(Path(folder)), "production")
    asked = [(one["metadata"], one["name"]) for _, one in triggers(manifests, "postgresql")]
    return {f"{metadata['dbName']} {name}": metadata["query"] for metadata, name in asked}


def faults(manifests: Sequence[Manifest], consumers: Sequence[Consumption]) -> list[str]:
    found = []
    known = {(one.stream, one.durable): f"{one.durable}-work" for one in consumers}
    for scaled, trigger in triggers(manifests, "nats-jetstream"):
        asked = trigger["metadata"]
        reader = known.get((asked["stream"], asked["consumer"]))
        if reader is None:
            found.append(f"{named(scaled)}: no code reads {asked['stream']} as {asked['consumer']}")
        elif reader != scaled["spec"]["scaleTargetRef"]["name"]:
            found.append(f"{named(scaled)} scales by the consumer of {reader}")
        found += _account_faults(manifests, scaled, trigger)
        found += _endpoint_faults(manifests, scaled, asked["natsServerMonitoringEndpoint"])
    for scaled, trigger in triggers(manifests, "postgresql"):
        found += _database_faults(manifests, scaled, trigger)
    return [*found, *_unknown_fields(manifests), *_late_consumers(manifests)]


def _account_faults(manifests: Sequence[Manifest], scaled: Manifest, trigger: Trigger) -> Iterator[str]:
    """The account that holds a stream is the one of the service that the stream is called after."""
    name, stream = trigger["authenticationRef"]["name"], trigger["metadata"]["stream"]
    access = find(manifests, "TriggerAuthentication", name)
    asked = (access or {"spec": {}})["spec"].get("configMapTargetRef", [])
    if [(one["parameter"], one["key"]) for one in asked] != [("accountID", stream.lower())]:
        yield f"{named(scaled)}: {name} does not say in which account {stream} is"
    for one in asked:
        kept = find(manifests, "ConfigMap", one["name"])
        if one["key"] not in (kept or {}).get("data", {}):
            yield f"{named(scaled)}: nobody makes {one['key']} of ConfigMap {one['name']}"


def _endpoint_faults(manifests: Sequence[Manifest], scaled: Manifest, endpoint: str) -> Iterator[str]:
    host, _, port = endpoint.partition(":")
    service = find(manifests, "Service", host.partition(".")[0])
    numbers = {str(one["port"]) for one in service["spec"]["ports"]} if service else set()
    if host.split(".")[1:2] != ["jingqiao"] or port not in numbers:
        yield f"{named(scaled)}: nothing monitors at {endpoint}"
    # KEDA asks the leader of a consumer at <server>.<endpoint>, which only a headless Service answers.
    elif service and service["spec"].get("clusterIP") != "None":
        yield f"{named(scaled)}: {endpoint} does not lead to single servers"


def _database_faults(manifests: Sequence[Manifest], scaled: Manifest, trigger: Trigger) -> Iterator[str]:
    asked = trigger["metadata"]
    host, _, rest = asked["host"].partition(".")
    if host not in services_of(manifests) or not rest.startswith("jingqiao."):
        yield f"{named(scaled)}: no database server {asked['host']}"
    if asked["dbName"] not in {one["spec"]["name"] for one in of(manifests, "Database")}:
        yield f"{named(scaled)}: no database {asked['dbName']}"
    if asked["dbName"] != scaled["spec"]["scaleTargetRef"]["name"].removesuffix("-work"):
        yield f"{named(scaled)} scales by the database of {asked['dbName']}"
    if find(manifests, "TriggerAuthentication", trigger["authenticationRef"]["name"]) is None:
        yield f"{named(scaled)}: no TriggerAuthentication {trigger['authenticationRef']['name']}"


def _unknown_fields(manifests: Sequence[Manifest]) -> Iterator[str]:
    for scaled in of(manifests, "ScaledObject"):
        for trigger in scaled["spec"]["triggers"]:
            fields = FIELDS.get(trigger["type"], set())
            if trigger["metadata"].keys() != fields:
                odd = sorted(trigger["metadata"].keys() ^ fields)
                yield f"{named(scaled)}: {trigger['type']} has other metadata: {', '.join(odd)}"


def _late_consumers(manifests: Sequence[Manifest]) -> Iterator[str]:
    """Consumers that no Job has made when the autoscaler first asks."""
    makers = {
        job["metadata"]["labels"]["app.kubernetes.io/name"]
        for job in of(manifests, "Job")
        if job["spec"]["template"]["spec"]["containers"][0]["args"][0] == "streams"
        and job["metadata"]["labels"]["phase"] == "prepare"
    }
    for scaled, trigger in triggers(manifests, "nats-jetstream"):
        if trigger["metadata"]["consumer"] not in makers or scaled["metadata"]["labels"]["phase"] != "scaling":
            yield f"{named(scaled)} asks for a consumer before it is made"
