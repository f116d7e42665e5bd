"""Manifests as Kubernetes reads them: which pods there will be, and which of them a selector means."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Manifest = dict[str, Any]
Labels = Mapping[str, str]
POD_OWNERS = ("Deployment", "StatefulSet", "DaemonSet", "Job")


@dataclass(frozen=True)
class Pod:
    """One kind of pod. `spec` is empty where an operator makes it; `ports` are numbers by name."""

    owner: str
    labels: Labels
    ports: Mapping[str, int]
    spec: Manifest = field(default_factory=dict)
    namespace: str = "jingqiao"

    @property
    def containers(self) -> list[Manifest]:
        return [*self.spec.get("initContainers", []), *self.spec.get("containers", [])]


def named(manifest: Manifest) -> str:
    return f"{manifest['kind']} {manifest['metadata']['name']}"


def of(manifests: Sequence[Manifest], *kinds: str) -> list[Manifest]:
    return [manifest for manifest in manifests if manifest["kind"] in kinds]


def find(manifests: Sequence[Manifest], kind: str, name: str) -> Manifest | None:
    return next((one for one in of(manifests, kind) if one["metadata"]["name"] == name), None)


def pods(manifests: Sequence[Manifest]) -> list[Pod]:
    """Of our own workloads, of the chart of NATS, and those that CloudNativePG makes of a Cluster."""
    return [*map(_pod, of(manifests, *POD_OWNERS)), *map(_instance, of(manifests, "Cluster"))]


def _pod(manifest: Manifest) -> Pod:
    template = manifest["spec"]["template"]
    ports = {
        port["name"]: port["containerPort"]
        for container in template["spec"]["containers"]
        for port in container.get("ports", [])
    }
    return Pod(named(manifest), template["metadata"]["labels"], ports, template["spec"])


def _instance(cluster: Manifest) -> Pod:
    """Labels and ports as the operator's documentation gives them (labels and annotations; networking; monitoring)."""
    labels = {"cnpg.io/cluster": cluster["metadata"]["name"], "cnpg.io/podRole": "instance"}
    return Pod(named(cluster), labels, {"postgresql": 5432, "status": 8000, "metrics": 9187})


def services_of(manifests: Sequence[Manifest]) -> set[str]:
    """Names of Services, with the three that CloudNativePG makes for a Cluster."""
    own = {service["metadata"]["name"] for service in of(manifests, "Service")}
    made = {f"{one['metadata']['name']}-{which}" for one in of(manifests, "Cluster") for which in ("rw", "ro", "r")}
    return own | made


def matches(selector: Manifest, labels: Labels) -> bool:
    """Whether a label selector, with matchLabels and matchExpressions, means what carries these labels."""
    unknown = selector.keys() - {"matchLabels", "matchExpressions"}
    assert not unknown, f"unknown part of a selector: {sorted(unknown)}"
    plain = all(labels.get(key) == value for key, value in (selector.get("matchLabels") or {}).items())
    return plain and all(_holds(rule, labels) for rule in selector.get("matchExpressions") or [])


def _holds(rule: Manifest, labels: Labels) -> bool:
    value = labels.get(rule["key"])
    match rule["operator"]:
        case "In":
            return value in rule["values"]
        case "NotIn":
            return value not in rule["values"]
        case "Exists":
            return value is not None
        case "DoesNotExist":
            return value is None
    raise ValueError(f"unknown operator {rule['operator']}")


def container_faults(pod: Pod) -> Iterator[tuple[Manifest, str]]:
    """Each container with the words that a fault of it begins with."""
    for container in pod.containers:
        yield container, f"{pod.owner}, container {container['name']}"
