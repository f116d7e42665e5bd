"""Words, names and label values that the published schemas leave open; the API server refuses others."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from tests.support.kubernetes.manifests import Manifest, named

# From the API references of 1.31 to 1.36, for the members that the manifests use.
WORDS = {
    "restartPolicy": {"Always", "OnFailure", "Never"},
    "whenUnsatisfiable": {"DoNotSchedule", "ScheduleAnyway"},
    "pathType": {"Exact", "Prefix", "ImplementationSpecific"},
    "protocol": {"TCP", "UDP", "SCTP"},
    "imagePullPolicy": {"Always", "IfNotPresent", "Never"},
    "unhealthyPodEvictionPolicy": {"IfHealthyBudget", "AlwaysAllow"},
    "podManagementPolicy": {"OrderedReady", "Parallel"},
    "operator": {"In", "NotIn", "Exists", "DoesNotExist"},
    "policyTypes": {"Ingress", "Egress"},
    "accessModes": {"ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"},
}
TYPES = {
    "strategy": {"RollingUpdate", "Recreate"},
    "seccompProfile": {"RuntimeDefault", "Localhost", "Unconfined"},
    "metrics": {"Resource", "Pods", "Object", "External", "ContainerResource"},
    "target": {"Utilization", "Value", "AverageValue"},
}
"""What `type` may be, by the member that holds it."""
CUSTOM = (
    "postgresql.cnpg.io/",
    "keda.sh/",
    "monitoring.coreos.com/",
    "external-secrets.io/",
    "cert-manager.io/",
    "traefik.io/",
)
_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_VALUE = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?")


def faults(manifests: Sequence[Manifest]) -> list[str]:
    found = []
    for manifest in manifests:
        name = named(manifest)
        if not _LABEL.fullmatch(manifest["metadata"]["name"]):
            found.append(f"{name}: a name has small letters, digits and dashes, 63 at most")
        if not manifest["apiVersion"].startswith(CUSTOM):
            found += [f"{name}: {fault}" for fault in _open_words(manifest, "")]
    return found


def _open_words(value: Any, within: str) -> Iterator[str]:
    if isinstance(value, list):
        for inner in value:
            yield from _open_words(inner, within)
    elif isinstance(value, dict):
        for key, inner in value.items():
            allowed = TYPES.get(within) if key == "type" else WORDS.get(key)
            said = inner if isinstance(inner, list) else [inner]
            if allowed is not None and not allowed.issuperset(said):
                yield f"{key} {inner!r} is none of {', '.join(sorted(allowed))}"
            if key in ("labels", "matchLabels") and isinstance(inner, dict):
                yield from (f"label value {text!r}" for text in inner.values() if not _VALUE.fullmatch(text))
            yield from _open_words(inner, key)
