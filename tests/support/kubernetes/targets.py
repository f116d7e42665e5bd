"""Whatever points at something else points at something that is there."""

from collections.abc import Iterator, Sequence

from tests.support.kubernetes.manifests import Manifest, Pod, find, matches, named, of, pods

PHASES = ("foundation", "prepare", "services", "scaling")
"""Values of the label `phase`, in the order in which they are applied."""


def service_faults(manifests: Sequence[Manifest]) -> list[str]:
    found = []
    for service in of(manifests, "Service"):
        meant = [pod for pod in pods(manifests) if matches({"matchLabels": service["spec"]["selector"]}, pod.labels)]
        if len(meant) != 1:
            found.append(f"{named(service)} selects the pods of {[pod.owner for pod in meant]}")
        for port in service["spec"]["ports"]:
            target = port.get("targetPort", port["port"])
            found += [
                f"{named(service)}: {pod.owner} has no port {target}" for pod in meant if not has_port(pod, target)
            ]
    return found


def has_port(pod: Pod, port: str | int) -> bool:
    return port in pod.ports if isinstance(port, str) else port in pod.ports.values()


def ingress_faults(manifests: Sequence[Manifest]) -> list[str]:
    found = []
    for ingress in of(manifests, "Ingress"):
        covered = {host for tls in ingress["spec"].get("tls", []) for host in tls["hosts"]}
        for rule in ingress["spec"]["rules"]:
            if rule["host"] not in covered:
                found.append(f"{named(ingress)}: {rule['host']} has no TLS")
            for path in rule["http"]["paths"]:
                target = path["backend"]["service"]
                service = find(manifests, "Service", target["name"])
                ports = {port["name"] for port in service["spec"]["ports"]} if service else set()
                if target["port"].get("name") not in ports:
                    found.append(f"{named(ingress)}: no Service {target['name']} with this port")
    return found


def scaling_faults(manifests: Sequence[Manifest]) -> list[str]:
    """Autoscalers of nothing, two of one workload, and workloads whose fixed `replicas` undo what one decided."""
    scaled: list[str] = []
    found = []
    for scaler in of(manifests, "HorizontalPodAutoscaler", "ScaledObject"):
        target = scaler["spec"]["scaleTargetRef"]
        workload = find(manifests, target.get("kind", "Deployment"), target["name"])
        if workload is None:
            found.append(f"{named(scaler)} scales {target['name']}, which is not there")
            continue
        if "replicas" in workload["spec"]:
            found.append(f"{named(workload)} sets replicas, which {named(scaler)} decides")
        if named(workload) in scaled:
            found.append(f"{named(workload)} is scaled twice")
        scaled.append(named(workload))
        if scaler["kind"] == "HorizontalPodAutoscaler":
            found += _unmeasured(scaler, workload)
        if scaler["spec"].get("minReplicas", scaler["spec"].get("minReplicaCount", 0)) < 1:
            found.append(f"{named(scaler)} lets {named(workload)} come to nothing")
    return found


def _unmeasured(scaler: Manifest, workload: Manifest) -> Iterator[str]:
    """A share of the CPU request means nothing where there is no request."""
    for metric in scaler["spec"]["metrics"]:
        for container in workload["spec"]["template"]["spec"]["containers"]:
            if metric["resource"]["name"] not in container["resources"]["requests"]:
                yield f"{named(scaler)} measures what {named(workload)} does not request"


def disruption_faults(manifests: Sequence[Manifest]) -> list[str]:
    """Budgets of nothing or of two workloads, and Deployments without one."""
    found, covered = [], set()
    for budget in of(manifests, "PodDisruptionBudget"):
        meant = {pod.owner for pod in pods(manifests) if matches(budget["spec"]["selector"], pod.labels)}
        if len(meant) != 1:
            found.append(f"{named(budget)} is of {sorted(meant)}")
        covered |= meant
    return found + [
        f"{named(one)} has no budget" for one in of(manifests, "Deployment", "StatefulSet") if named(one) not in covered
    ]


def monitor_faults(manifests: Sequence[Manifest], paths: frozenset[str]) -> list[str]:
    """Monitors of nothing, of ports or of paths that are not there, and processes that nobody watches."""
    found, watched = [], set()
    for monitor in of(manifests, "ServiceMonitor", "PodMonitor"):
        meant = list(_monitored(manifests, monitor))
        watched |= {pod.owner for pod in meant}
        if not meant:
            found.append(f"{named(monitor)} watches nothing")
        for endpoint in monitor["spec"].get("endpoints", []) + monitor["spec"].get("podMetricsEndpoints", []):
            found += [
                f"{named(monitor)}: {pod.owner} has no port {endpoint['port']}"
                for pod in meant
                if endpoint["port"] not in pod.ports
            ]
            if endpoint.get("path", "/metrics") not in paths:
                found.append(f"{named(monitor)}: {endpoint['path']} is not served")
    if of(manifests, "ServiceMonitor", "PodMonitor"):
        found += [
            f"nobody watches {pod.owner}"
            for pod in pods(manifests)
            if not pod.owner.startswith("Job ") and pod.owner not in watched
        ]
    return found


def _monitored(manifests: Sequence[Manifest], monitor: Manifest) -> Iterator[Pod]:
    selector = monitor["spec"]["selector"]
    if monitor["kind"] == "PodMonitor":
        yield from (pod for pod in pods(manifests) if matches(selector, pod.labels))
        return
    for service in of(manifests, "Service"):
        if matches(selector, service["metadata"].get("labels", {})):
            means = {"matchLabels": service["spec"]["selector"]}
            yield from (pod for pod in pods(manifests) if matches(means, pod.labels))


def phase_faults(manifests: Sequence[Manifest]) -> list[str]:
    """Objects that no phase applies, in another namespace, or twice."""
    found, seen = [], set()
    for one in manifests:
        if one["metadata"].get("labels", {}).get("phase") not in PHASES:
            found.append(f"{named(one)} belongs to no phase")
        if one["kind"] != "Namespace" and one["metadata"].get("namespace") != "jingqiao":
            found.append(f"{named(one)} is in another namespace")
        if named(one) in seen:
            found.append(f"{named(one)} is there twice")
        seen.add(named(one))
    return found
