"""Whether everything between pods is encrypted, and every name that is looked for stands in a certificate."""

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from tests.support.kubernetes import environment
from tests.support.kubernetes.manifests import Manifest, Pod, find, matches, of, pods

SCHEME = "traefik.ingress.kubernetes.io/service.serversscheme"
TRANSPORT = "traefik.ingress.kubernetes.io/service.serverstransport"
PROBES = ("startupProbe", "livenessProbe", "readinessProbe")


def names(manifests: Sequence[Manifest], secret: str) -> set[str]:
    """The host names of the certificate that is kept in a Secret; none where nobody makes it."""
    found = [one["spec"] for one in of(manifests, "Certificate") if one["spec"]["secretName"] == secret]
    return {name for spec in found for name in spec.get("dnsNames", [])}


def is_of(manifests: Sequence[Manifest], secret: str, pod: Pod) -> bool:
    """Whether the certificate in a Secret is the pod's own: it names the pod's workload or a Service before it."""
    own = {pod.owner.partition(" ")[2]} | {
        service["metadata"]["name"]
        for service in of(manifests, "Service")
        if matches({"matchLabels": service["spec"]["selector"]}, pod.labels)
    }
    return bool(own & names(manifests, secret))


def faults(manifests: Sequence[Manifest]) -> list[str]:
    ours = [pod for pod in pods(manifests) if environment.service_of(pod) in environment.SETTINGS]
    serving = [pod for pod in ours if not pod.owner.startswith("Job ")]
    return [
        *(fault for pod in serving for fault in _listening(manifests, pod)),
        *(fault for pod in ours for fault in _to_the_broker(manifests, pod)),
        *(fault for service in of(manifests, "Service") for fault in _from_the_ingress(manifests, service, serving)),
        *(fault for one in of(manifests, "ServiceMonitor", "PodMonitor") for fault in _asked(manifests, one, serving)),
    ]


def _listening(manifests: Sequence[Manifest], pod: Pod) -> Iterator[str]:
    if environment.settings(manifests, pod).tls_certificate is None:
        yield f"{pod.owner} answers without TLS"
    for probe in PROBES:
        if pod.containers[0][probe]["httpGet"].get("scheme") != "HTTPS":
            yield f"{pod.owner}: {probe} asks without TLS"


def _to_the_broker(manifests: Sequence[Manifest], pod: Pod) -> Iterator[str]:
    platform = environment.settings(manifests, pod).platform
    address = urlsplit(platform.nats_url)
    if (address.scheme, platform.nats_ca is None) != ("tls", False):
        yield f"{pod.owner} talks to the broker without TLS"
    if str(address.hostname) not in names(manifests, "nats-tls"):
        yield f"{pod.owner} looks for {address.hostname}, which is not in the broker's certificate"


def _from_the_ingress(manifests: Sequence[Manifest], service: Manifest, serving: Sequence[Pod]) -> Iterator[str]:
    name, labels = service["metadata"]["name"], {"matchLabels": service["spec"]["selector"]}
    if not any(matches(labels, pod.labels) for pod in serving):
        return
    said = service["metadata"].get("annotations", {})
    if (said.get(SCHEME), service["spec"]["ports"][0]["appProtocol"]) != ("https", "https"):
        yield f"Service {name} is asked without TLS"
    namespace, _, transport = said.get(TRANSPORT, "").removesuffix("@kubernetescrd").partition("-")
    how = find(manifests, "ServersTransport", transport)
    if how is None or how["metadata"]["namespace"] != namespace:
        yield f"Service {name}: there is no transport {namespace}-{transport}"
    elif not any(how["spec"]["serverName"] in names(manifests, root["secret"]) for root in how["spec"]["rootCAs"]):
        yield f"Service {name}: {how['spec']['serverName']} is in no certificate"


def _asked(manifests: Sequence[Manifest], monitor: Manifest, serving: Sequence[Pod]) -> Iterator[str]:
    if not any(matches(monitor["spec"]["selector"], pod.labels) for pod in serving):
        return
    for endpoint in monitor["spec"].get("endpoints", []) + monitor["spec"].get("podMetricsEndpoints", []):
        how = endpoint.get("tlsConfig", {})
        secret = how.get("ca", {}).get("secret", {}).get("name", "")
        if endpoint.get("scheme") != "https" or how.get("serverName") not in names(manifests, secret):
            yield f"{monitor['kind']} {monitor['metadata']['name']} asks for what is in no certificate"
