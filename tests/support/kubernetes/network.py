"""NetworkPolicies as a network plug-in applies them: what may open a connection to what, and what must not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from tests.support.kubernetes.manifests import Labels, Manifest, Pod, matches, named, of, pods

Address = IPv4Address | IPv6Address


@dataclass(frozen=True)
class Party:
    """One end of a connection: a pod in some namespace, or an address outside the cluster."""

    name: str
    labels: Labels = field(default_factory=dict)
    namespace: str = "jingqiao"
    address: Address | None = None
    ports: tuple[tuple[str, int], ...] = ()


DNS = Party("DNS", {"k8s-app": "kube-dns"}, "kube-system")
ELSEWHERE = {
    "DNS": DNS,
    "ingress controller": Party("ingress controller", {"app": "any"}, "traefik"),
    "Prometheus": Party("Prometheus", {"app": "any"}, "monitoring"),
    "collector": Party(
        "collector", {"app.kubernetes.io/name": "opentelemetry-collector"}, "monitoring", ports=(("otlp-http", 4318),)
    ),
    # A pod that cert-manager starts beside an Ingress while a certificate authority asks for its proof over HTTP.
    "solver of ACME": Party("solver of ACME", {"acme.cert-manager.io/http01-solver": "true"}, ports=(("http", 8089),)),
    "KEDA": Party("KEDA", {"app": "keda-operator"}, "keda"),
    "operator of PostgreSQL": Party("operator", {"app.kubernetes.io/name": "cloudnative-pg"}, "cnpg-system"),
    "another namespace": Party("another namespace", {"app.kubernetes.io/name": "catalog"}, "default"),
    "internet": Party("internet", address=ip_address("93.184.216.34")),
    "internet by IPv6": Party("internet by IPv6", address=ip_address("2606:2800:220:1::1")),
    "private address": Party("private address", address=ip_address("10.1.2.3")),
    "metadata of the cloud": Party("metadata of the cloud", address=ip_address("169.254.169.254")),
}
"""Who is not of these manifests, by name."""


def party(pod: Pod) -> Party:
    return Party(pod.owner, pod.labels, pod.namespace, ports=tuple(pod.ports.items()))


def parties(manifests: Sequence[Manifest]) -> dict[str, Party]:
    return ELSEWHERE | {pod.owner: party(pod) for pod in pods(manifests)}


def allowed(manifests: Sequence[Manifest], source: Party, target: Party, port: int, protocol: str = "TCP") -> bool:
    """Whether `source` may open a connection: its egress and the target's ingress must both let it."""
    policies = of(manifests, "NetworkPolicy")
    leaves = _lets(policies, source, target, "Egress", (target, port, protocol))
    return leaves and _lets(policies, target, source, "Ingress", (target, port, protocol))


def _lets(policies: Sequence[Manifest], own: Party, other: Party, way: str, at: tuple[Party, int, str]) -> bool:
    """Only pods of the namespace of the policies are held by them; one that no policy holds may do everything."""
    holding = [
        policy["spec"]
        for policy in policies
        if own.address is None
        and own.namespace == policy["metadata"]["namespace"]
        and matches(policy["spec"]["podSelector"], own.labels)
        and way in policy["spec"]["policyTypes"]
    ]
    side = "to" if way == "Egress" else "from"
    rules = [rule for spec in holding for rule in spec.get(way.lower(), [])]
    return not holding or any(
        _peer_fits(rule.get(side), other) and _port_fits(rule.get("ports"), *at) for rule in rules
    )


def _peer_fits(peers: list[Manifest] | None, other: Party) -> bool:
    return peers is None or any(_is_meant(peer, other) for peer in peers)


def _is_meant(peer: Manifest, other: Party) -> bool:
    if "ipBlock" in peer:
        block = peer["ipBlock"]
        # Addresses of pods are nobody's business here: plug-ins differ on whether an ipBlock means them.
        return other.address is not None and (
            other.address in ip_network(block["cidr"])
            and not any(other.address in ip_network(inner) for inner in block.get("except", []))
        )
    if other.address is not None:
        return False
    home = {"kubernetes.io/metadata.name": other.namespace}
    is_there = (
        matches(peer["namespaceSelector"], home) if "namespaceSelector" in peer else other.namespace == "jingqiao"
    )
    return is_there and matches(peer.get("podSelector", {}), other.labels)


def _port_fits(ports: list[Manifest] | None, target: Party, port: int, protocol: str) -> bool:
    if ports is None:
        return True
    by_name = dict(target.ports)
    return any(one["protocol"] == protocol and by_name.get(str(one["port"]), one["port"]) == port for one in ports)


def faults(manifests: Sequence[Manifest]) -> list[str]:
    """No policy that denies all, policies of no pod, peers that are nobody, ports that their target does not have."""
    policies = of(manifests, "NetworkPolicy")
    found = [] if any(_denies_all(policy) for policy in policies) else ["nothing denies everything else"]
    for policy in policies:
        if not _held(manifests, policy["spec"]):
            found.append(f"{named(policy)} is of no pod")
        found += [f"{named(policy)}: {fault}" for fault in _peer_faults(manifests, policy["spec"])]
    return found


def _held(manifests: Sequence[Manifest], spec: Manifest) -> list[Party]:
    """Pods of the namespace that a policy is of, those of others' making included."""
    inside = [one for one in parties(manifests).values() if one.namespace == "jingqiao" and one.address is None]
    return [one for one in inside if matches(spec["podSelector"], one.labels)]


def _denies_all(policy: Manifest) -> bool:
    return bool(policy["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]})


def _peer_faults(manifests: Sequence[Manifest], spec: Manifest) -> Iterator[str]:
    known = parties(manifests)
    own = _held(manifests, spec)
    for way, side in (("ingress", "from"), ("egress", "to")):
        for rule in spec.get(way, []):
            for peer in rule.get(side, []):
                meant = [one for one in known.values() if _is_meant(peer, one)]
                if not meant and "ipBlock" not in peer:
                    yield f"{side} {peer} is nobody"
            targets = own if way == "ingress" else [one for one in known.values() if one.ports and _fits_any(rule, one)]
            for port in rule.get("ports", []):
                if targets and not any(_has(one, port["port"]) for one in targets):
                    yield f"{', '.join(one.name for one in targets)} has no port {port['port']}"


def _fits_any(rule: Manifest, one: Party) -> bool:
    return "to" in rule and _peer_fits(rule["to"], one)


def _has(one: Party, port: str | int) -> bool:
    return port in dict(one.ports) or port in dict(one.ports).values()
