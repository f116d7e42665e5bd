"""What a pod of ours needs: probes that exist, limits, time to end, and the restricted profile."""

import re
from collections.abc import Iterator, Mapping, Sequence

from tests.support.kubernetes.manifests import Manifest, Pod, container_faults, matches, named, of, pods

OURS = "jingqiao/"
RESERVED = {"emptyDir", "configMap", "secret", "projected", "persistentVolumeClaim", "downwardAPI", "csi", "ephemeral"}
"""Kinds of volume that the restricted profile allows."""
HEADROOM = 1.25
"""A limit leaves a quarter above the most that was seen."""
_UNITS = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "": 1}


def selector_faults(manifests: Sequence[Manifest]) -> list[str]:
    """A workload that does not select its own pods, or two that select each other's."""
    workloads, found = of(manifests, "Deployment", "StatefulSet"), []
    for workload in workloads:
        selector = workload["spec"]["selector"]
        meant = {pod.owner for pod in pods(manifests) if matches(selector, pod.labels)}
        if meant != {named(workload)}:
            found.append(f"{named(workload)} selects the pods of {sorted(meant)}")
    for workload in workloads:
        spec = workload["spec"]["template"]["spec"]
        own = workload["spec"]["template"]["metadata"]["labels"]
        for spread in spec.get("topologySpreadConstraints", []):
            if not matches(spread["labelSelector"], own):
                found.append(f"{named(workload)} spreads pods that are not its own")
    return found


def probe_faults(manifests: Sequence[Manifest], paths: frozenset[str]) -> list[str]:
    """Deployments of ours without all three probes, or with one of a path or port that is not served."""
    return [fault for pod in _ours(manifests) if not _runs_once(pod) for fault in _probe_faults(pod, paths)]


def _probe_faults(pod: Pod, paths: frozenset[str]) -> Iterator[str]:
    for container, where in container_faults(pod):
        for kind in ("startupProbe", "livenessProbe", "readinessProbe"):
            probe = container.get(kind, {}).get("httpGet")
            if probe is None:
                yield f"{where} has no {kind}"
            elif probe["path"].partition("?")[0] not in paths or probe["port"] not in pod.ports:
                yield f"{where}: {kind} asks {probe['port']}{probe['path']}, which is not served"
        liveness = container.get("livenessProbe", {}).get("httpGet", {}).get("path")
        if liveness is not None and liveness != "/healthz":
            yield f"{where}: a livenessProbe that asks for more than /healthz restarts pods when something else fails"


def restricted_faults(manifests: Sequence[Manifest]) -> list[str]:
    """The profile `restricted` of the Pod Security Standards, and a root file system that is read-only."""
    return [fault for pod in pods(manifests) if pod.spec for fault in [*_pod_security(pod), *_container_security(pod)]]


def _pod_security(pod: Pod) -> Iterator[str]:
    spec, context = pod.spec, pod.spec.get("securityContext", {})
    yield from (f"{pod.owner}: {key}" for key in ("hostNetwork", "hostPID", "hostIPC") if spec.get(key))
    if context.get("runAsNonRoot") is not True or not context.get("runAsUser"):
        yield f"{pod.owner} may run as root"
    if context.get("seccompProfile", {}).get("type") not in ("RuntimeDefault", "Localhost"):
        yield f"{pod.owner} has no seccomp profile"
    if context.get("sysctls") or context.get("windowsOptions") or context.get("seLinuxOptions"):
        yield f"{pod.owner} changes sysctls or SELinux"
    for volume in spec.get("volumes", []):
        if not volume.keys() - {"name"} <= RESERVED:
            yield f"{pod.owner}: volume {volume['name']} is of a kind that is not allowed"
    if spec.get("automountServiceAccountToken") is not False:
        yield f"{pod.owner} gets a token for the API server"


def _container_security(pod: Pod) -> Iterator[str]:
    for container, where in container_faults(pod):
        context = container.get("securityContext", {})
        if context.get("allowPrivilegeEscalation") is not False or context.get("privileged"):
            yield f"{where} may gain privileges"
        if context.get("capabilities") != {"drop": ["ALL"]}:
            yield f"{where} keeps capabilities"
        if context.get("readOnlyRootFilesystem") is not True:
            yield f"{where} may write to its image"
        if context.keys() - {"allowPrivilegeEscalation", "capabilities", "readOnlyRootFilesystem"}:
            yield f"{where} overrides its pod's security context"
        if any("hostPort" in port for port in container.get("ports", [])):
            yield f"{where} takes a port of the node"


def resource_faults(manifests: Sequence[Manifest], measured_mib: Mapping[str, int]) -> list[str]:
    """No requests, no memory limit, or one too near to what was measured of `<service> <verb>`."""
    found = []
    for pod in pods(manifests):
        for container, where in container_faults(pod):
            resources = container.get("resources", {})
            limit, requests = resources.get("limits", {}).get("memory"), resources.get("requests", {})
            if limit is None or not {"cpu", "memory"} <= requests.keys():
                found.append(f"{where} has no memory limit, or does not request both CPU and memory")
                continue
            if size(requests["memory"]) > size(limit):
                found.append(f"{where} requests more memory than its limit")
            if OURS in container["image"]:
                seen = measured_mib[f"{pod.labels['app.kubernetes.io/name']} {container['args'][0]}"]
                if size(limit) < seen * HEADROOM * 2**20:
                    found.append(f"{where}: limit {limit}, but {seen} MiB were seen")
    return found


def size(quantity: str) -> int:
    """Bytes of a memory quantity such as 512Mi."""
    number, unit = re.fullmatch(r"(\d+)([KMGT]i)?", str(quantity)).groups(default="")  # type: ignore[union-attr]
    return int(number) * _UNITS[unit]


def writing_faults(manifests: Sequence[Manifest]) -> list[str]:
    """Containers of ours without a bounded folder to write to, or with mounts of volumes that are not there."""
    found = []
    for pod in _ours(manifests):
        volumes = {volume["name"]: volume for volume in pod.spec.get("volumes", [])}
        for container, where in container_faults(pod):
            mounts = {mount["mountPath"]: mount["name"] for mount in container.get("volumeMounts", [])}
            found += [f"{where} mounts {name}, which is no volume" for name in mounts.values() if name not in volumes]
            if "sizeLimit" not in volumes.get(mounts.get("/tmp", ""), {}).get("emptyDir", {}):
                found.append(f"{where} has no bounded /tmp")
    return found


def link_faults(manifests: Sequence[Manifest]) -> list[str]:
    """Pods that get CATALOG_PORT=tcp://… from Kubernetes for a Service called catalog."""
    return [
        f"{pod.owner} gets variables for Services"
        for pod in _ours(manifests)
        if pod.spec.get("enableServiceLinks") is not False
    ]


def _ours(manifests: Sequence[Manifest]) -> list[Pod]:
    return [pod for pod in pods(manifests) if any(OURS in container["image"] for container in pod.containers)]


def _runs_once(pod: Pod) -> bool:
    return pod.owner.startswith("Job ")
