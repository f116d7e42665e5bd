"""Whether PostgreSQL has a connection for every process that the autoscalers may start."""

from collections.abc import Sequence

from tests.support.kubernetes import environment
from tests.support.kubernetes.manifests import Manifest, find, of, pods

LISTENING = 6
"""Connections beside the pool that one `work` holds at most: relay, three lanes of the matcher, upkeep, one spare."""
RESERVED = 30
"""For superusers, the operator, replication and people."""


def most_processes(manifests: Sequence[Manifest], deployment: Manifest) -> int:
    """As many as the autoscaler may start, and those that a rollout adds."""
    name, most = deployment["metadata"]["name"], deployment["spec"].get("replicas", 1)
    for scaler in of(manifests, "HorizontalPodAutoscaler", "ScaledObject"):
        if scaler["spec"]["scaleTargetRef"]["name"] == name:
            most = scaler["spec"].get("maxReplicas") or scaler["spec"]["maxReplicaCount"]
    return int(most + deployment["spec"]["strategy"]["rollingUpdate"]["maxSurge"])


def needed(manifests: Sequence[Manifest]) -> dict[str, int]:
    """Connections by login role."""
    counted: dict[str, int] = {}
    for pod in pods(manifests):
        kind, _, name = pod.owner.partition(" ")
        service = pod.labels.get("app.kubernetes.io/name", "")
        deployment = find(manifests, kind, name)
        if kind != "Deployment" or deployment is None or service not in environment.SETTINGS:
            continue
        each = environment.settings(manifests, pod).database_pool + (LISTENING if name.endswith("-work") else 0)
        counted[service] = counted.get(service, 0) + each * most_processes(manifests, deployment)
    return counted


def faults(manifests: Sequence[Manifest]) -> list[str]:
    found = []
    for cluster in of(manifests, "Cluster"):
        limits = {role["name"]: role["connectionLimit"] for role in cluster["spec"]["managed"]["roles"]}
        found += [
            f"{role} may need {count} connections and gets {limits.get(role, 0)}"
            for role, count in needed(manifests).items()
            if count > limits.get(role, 0)
        ]
        most = int(cluster["spec"]["postgresql"]["parameters"]["max_connections"])
        if sum(limits.values()) + RESERVED > most:
            found.append(f"{sum(limits.values())} connections are promised, and there are {most}")
    return found
