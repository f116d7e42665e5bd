"""What a container of ours finds in its environment and files, and whether the service's settings accept it."""

import os
import re
from collections.abc import Iterator, Sequence
from typing import Any
from unittest.mock import patch

from pydantic import ValidationError
from pydantic_settings import BaseSettings

from catalog.settings import CatalogSettings
from common.settings import PlatformSettings, ServiceSettings
from matcher.settings import MatcherSettings
from notify.settings import NotifySettings
from tests.support.kubernetes.manifests import Manifest, Pod, container_faults, find, pods
from tests.support.kubernetes.workloads import OURS

SETTINGS: dict[str, type[ServiceSettings]] = {
    "catalog": CatalogSettings,
    "matcher": MatcherSettings,
    "notify": NotifySettings,
}
FOR_EXPANSION = {"OWNER_PASSWORD"}
"""Read by nobody: it stands as $(NAME) in others."""
SECRET = "secret-0_~"
"""Stands for what is in a Secret; a JSON list stands in those that hold one."""
MOUNTED = "/etc/jingqiao/"
LISTS = dict.fromkeys(
    ("CATALOG_SECRET_KEYS", "MATCHER_SECRET_KEYS", "NOTIFY_SECRET_KEYS"),
    '["bmV2ZXItdXNlZC1hcy1hLWtleS0tLS0tLS0tLS0tLS0="]',
)


def service_of(pod: Pod) -> str:
    return pod.labels.get("app.kubernetes.io/name", "")


def variables(manifests: Sequence[Manifest], container: Manifest) -> dict[str, str]:
    """As Kubernetes sets them: maps first, in their order, then single ones, with $(NAME) put in place."""
    found: dict[str, str] = {}
    for source in container.get("envFrom", []):
        config = find(manifests, "ConfigMap", source["configMapRef"]["name"])
        found |= (config or {}).get("data", {})
    for variable in container.get("env", []):
        value = variable.get("value", LISTS.get(variable["name"], SECRET))
        found[variable["name"]] = re.sub(r"\$\((\w+)\)", lambda name: found.get(name[1], name[0]), value)
    return found


def settings(manifests: Sequence[Manifest], pod: Pod) -> ServiceSettings:
    """What the service reads; raises ValidationError as the service would."""
    with patch.dict(os.environ, variables(manifests, pod.containers[0]), clear=True):
        return SETTINGS[service_of(pod)]()


def known_variables(service: str) -> set[str]:
    kinds: tuple[type[BaseSettings], ...] = (PlatformSettings, SETTINGS[service])
    return {
        str(field.validation_alias or kind.model_config["env_prefix"] + name.upper())
        for kind in kinds
        for name, field in kind.model_fields.items()
        if name != "platform"
    }


def faults(manifests: Sequence[Manifest]) -> list[str]:
    """Variables that no setting reads, values that one refuses, ports that differ, files that are not mounted."""
    found = []
    for pod in pods(manifests):
        for container, where in container_faults(pod):
            if container["image"].rpartition("/")[0].endswith(OURS.rstrip("/")):
                found += [f"{where}: {fault}" for fault in _faults_of(manifests, pod, container)]
    return found


def ending_faults(manifests: Sequence[Manifest]) -> list[str]:
    """Pods killed before they have drained, with five seconds to spare; servers that go while requests still come."""
    found = []
    for pod in pods(manifests):
        if service_of(pod) not in SETTINGS or pod.owner.startswith("Job "):
            continue
        read, is_server = settings(manifests, pod), pod.labels["app.kubernetes.io/component"] == "serve"
        takes_s = read.drain_s + (read.shutdown_delay_s if is_server else 0)
        if pod.spec.get("terminationGracePeriodSeconds", 30) < takes_s + 5:
            found.append(f"{pod.owner} is killed before it has drained")
        if is_server and read.shutdown_delay_s < 3:
            found.append(f"{pod.owner} goes while load balancers still send requests")
    return found


def _faults_of(manifests: Sequence[Manifest], pod: Pod, container: Manifest) -> Iterator[str]:
    there = variables(manifests, container)
    unread = there.keys() - known_variables(service_of(pod)) - FOR_EXPANSION
    yield from (f"no setting is called {name}" for name in sorted(unread))
    yield from (f"{name} refers to nothing" for name, value in there.items() if "$(" in value)
    try:
        read = settings(manifests, pod)
    except ValidationError as error:
        yield from (f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        return
    mounted = set(_mounted_files(manifests, pod, container))
    yield from (
        f"{name}: nothing is mounted at {value}"
        for name, value in there.items()
        if value.startswith(MOUNTED) and value not in mounted
    )
    listens = {"serve": read.port, "work": read.work_port}.get(container["args"][0])
    if listens is not None and (read.host, listens) != ("0.0.0.0", pod.ports.get("http")):
        yield f"it listens on {read.host}:{listens}, and the port http is {pod.ports.get('http')}"


def _mounted_files(manifests: Sequence[Manifest], pod: Pod, container: Manifest) -> Iterator[str]:
    volumes: dict[str, Any] = {volume["name"]: volume for volume in pod.spec.get("volumes", [])}
    for mount in container.get("volumeMounts", []):
        volume = volumes.get(mount["name"], {})
        for item in volume.get("secret", {}).get("items", []):
            yield f"{mount['mountPath']}/{item['path']}"
        config = find(manifests, "ConfigMap", volume.get("configMap", {}).get("name", ""))
        yield from (f"{mount['mountPath']}/{key}" for key in (config or {}).get("data", {}))
