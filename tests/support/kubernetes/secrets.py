"""Every Secret and ConfigMap that is named has somebody who makes it, with every key that is read."""

import base64
from collections import defaultdict
from collections.abc import Iterator, Sequence

from tests.support.kubernetes import tls
from tests.support.kubernetes.manifests import Manifest, find, named, of, pods

Keys = dict[str, set[str]]
OF_A_CLUSTER = {"ca": {"ca.crt", "ca.key"}, "server": {"tls.crt", "tls.key"}, "replication": {"tls.crt", "tls.key"}}
"""What CloudNativePG makes beside a Cluster, as `<cluster>-<suffix>`."""
OF_A_CERTIFICATE = {"ca.crt", "tls.crt", "tls.key"}
NEVER_MOUNTED = {"ca.key", "tls.key"}
"""Unless the certificate is the pod's own."""


def defined(manifests: Sequence[Manifest]) -> Keys:
    """Keys of each Secret that the manifests make or have made."""
    made: Keys = {
        one["metadata"]["name"]: {*one.get("data", {}), *one.get("stringData", {})} for one in of(manifests, "Secret")
    }
    for outside in of(manifests, "ExternalSecret"):
        spec = outside["spec"]
        fetched = {entry["secretKey"] for entry in spec["data"]}
        made[spec["target"]["name"]] = set(spec["target"].get("template", {}).get("data", {})) or fetched
    for cluster in of(manifests, "Cluster"):
        made |= {f"{cluster['metadata']['name']}-{suffix}": keys for suffix, keys in OF_A_CLUSTER.items()}
    made |= {one["spec"]["secretName"]: OF_A_CERTIFICATE for one in of(manifests, "Certificate")}
    for ingress in of(manifests, "Ingress"):
        if "cert-manager.io/cluster-issuer" in ingress["metadata"].get("annotations", {}):
            made |= {one["secretName"]: {"tls.crt", "tls.key"} for one in ingress["spec"]["tls"]}
    return made


def read(manifests: Sequence[Manifest]) -> Keys:
    """Keys of each Secret that something reads."""
    wanted: Keys = defaultdict(set)
    for name, key in _reads(manifests):
        wanted[name].add(key)
    return wanted


def _reads(manifests: Sequence[Manifest]) -> Iterator[tuple[str, str]]:
    yield from _reads_of_pods(manifests)
    for cluster in of(manifests, "Cluster"):
        for role in cluster["spec"]["managed"]["roles"]:
            yield from ((role["passwordSecret"]["name"], key) for key in ("username", "password"))
    for access in of(manifests, "TriggerAuthentication"):
        yield from ((one["name"], one["key"]) for one in access["spec"].get("secretTargetRef", []))
    for ingress in of(manifests, "Ingress"):
        yield from ((one["secretName"], "tls.crt") for one in ingress["spec"].get("tls", []))
    yield from _reads_for_tls(manifests)


def _reads_for_tls(manifests: Sequence[Manifest]) -> Iterator[tuple[str, str]]:
    for issuer in of(manifests, "Issuer"):
        if "ca" in issuer["spec"]:
            yield from ((issuer["spec"]["ca"]["secretName"], key) for key in ("tls.crt", "tls.key"))
    for transport in of(manifests, "ServersTransport"):
        yield from ((root["secret"], "ca.crt") for root in transport["spec"]["rootCAs"])
    for monitor in of(manifests, "ServiceMonitor", "PodMonitor"):
        for endpoint in monitor["spec"].get("endpoints", []) + monitor["spec"].get("podMetricsEndpoints", []):
            if (one := endpoint.get("tlsConfig", {}).get("ca", {}).get("secret")) is not None:
                yield one["name"], one["key"]


def _reads_of_pods(manifests: Sequence[Manifest]) -> Iterator[tuple[str, str]]:
    for pod in pods(manifests):
        for container in pod.containers:
            for variable in container.get("env", []):
                if (one := variable.get("valueFrom", {}).get("secretKeyRef")) is not None:
                    yield one["name"], one["key"]
        for volume in pod.spec.get("volumes", []):
            if "secret" in volume:
                yield from ((volume["secret"]["secretName"], item["key"]) for item in volume["secret"].get("items", []))


def faults(manifests: Sequence[Manifest]) -> list[str]:
    made, wanted = defined(manifests), read(manifests)
    found = [
        f"nobody makes {key} of Secret {name}"
        for name, keys in wanted.items()
        for key in sorted(keys - made.get(name, set()))
    ]
    own = {one["metadata"]["name"] for one in of(manifests, "Secret")} | {
        one["spec"]["target"]["name"] for one in of(manifests, "ExternalSecret")
    }
    found += [f"nobody reads Secret {name}" for name in sorted(own - wanted.keys())]
    return [*found, *_whole_secrets(manifests), *_missing_maps(manifests)]


def _whole_secrets(manifests: Sequence[Manifest]) -> Iterator[str]:
    """A Secret mounted whole, or with a private key in it: the operator keeps the key beside the certificate."""
    for pod in pods(manifests):
        for volume in pod.spec.get("volumes", []):
            if "secret" in volume and not tls.is_of(manifests, volume["secret"]["secretName"], pod):
                keys = {item["key"] for item in volume["secret"].get("items", [])}
                if not keys or keys & NEVER_MOUNTED:
                    yield f"{pod.owner} mounts more of Secret {volume['secret']['secretName']} than it reads"


def _missing_maps(manifests: Sequence[Manifest]) -> Iterator[str]:
    for pod in pods(manifests):
        maps = {volume["configMap"]["name"] for volume in pod.spec.get("volumes", []) if "configMap" in volume}
        for container in pod.containers:
            maps |= {source["configMapRef"]["name"] for source in container.get("envFrom", [])}
        yield from (
            f"{pod.owner}: no ConfigMap {name}" for name in sorted(maps) if not find(manifests, "ConfigMap", name)
        )


def login_faults(manifests: Sequence[Manifest]) -> list[str]:
    """Roles whose Secret holds another user name, and databases whose owner cannot log in."""
    found = []
    for cluster in of(manifests, "Cluster"):
        roles = {role["name"]: role["passwordSecret"]["name"] for role in cluster["spec"]["managed"]["roles"]}
        for role, secret in roles.items():
            if _user_name(manifests, secret) != role:
                found.append(f"{named(cluster)}: Secret {secret} is not of the role {role}")
        for database in of(manifests, "Database"):
            if database["spec"]["owner"] not in roles:
                found.append(f"{named(database)} belongs to {database['spec']['owner']}, who cannot log in")
    return found


def _user_name(manifests: Sequence[Manifest], secret: str) -> str | None:
    plain = find(manifests, "Secret", secret)
    if plain is not None:
        return base64.b64decode(plain["data"].get("username", "")).decode()
    outside = find(manifests, "ExternalSecret", secret)
    name: str | None = (
        (outside or {}).get("spec", {}).get("target", {}).get("template", {}).get("data", {}).get("username")
    )
    return name
