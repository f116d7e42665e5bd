"""What is watched on Kubernetes is what is watched elsewhere: the same rules, the same jobs, the same spans."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from tests.contract.observability import alerts, groups
from tests.support.kubernetes import environment, network
from tests.support.kubernetes.broken import put, seen
from tests.support.kubernetes.manifests import Manifest, find, matches, of, pods

COLLECTOR = "opentelemetry-collector.monitoring.svc.cluster.local"


def test_the_operator_gets_the_very_rules_that_prometheus_reads(production: list[Manifest]) -> None:
    assert [one["spec"]["groups"] for one in of(production, "PrometheusRule")] == [groups()]


def _job_faults(manifests: list[Manifest]) -> Iterator[str]:
    """Rules know the services by their job: each monitor of ours must give it, and the rules must name no other."""
    named = {
        job for rule in alerts() for jobs in re.findall(r'job=~"([^"]*)"', rule["expr"]) for job in jobs.split("|")
    }
    given: set[str] = set()
    for monitor in of(manifests, "ServiceMonitor", "PodMonitor"):
        label = monitor["spec"].get("jobLabel")
        meant = [pod for pod in pods(manifests) if matches(monitor["spec"]["selector"], pod.labels)]
        given |= {pod.labels[label] for pod in meant if label in pod.labels}
    if given != named:
        yield f"the rules ask for the jobs {sorted(named)}, and there are {sorted(given)}"


def test_the_rules_know_the_services_by_the_jobs_that_they_get_here(production: list[Manifest]) -> None:
    assert list(_job_faults(production)) == []


def test_a_job_of_another_name_is_seen(production: list[Manifest]) -> None:
    for name in ("ServiceMonitor api", "PodMonitor work"):
        put(production, name, "spec.jobLabel", "app.kubernetes.io/component")
    assert seen(list(_job_faults(production)), "there are ['serve', 'work']")


def test_spans_go_where_the_policies_let_them(production: list[Manifest]) -> None:
    known = network.parties(production)
    for pod in pods(production):
        if environment.service_of(pod) not in environment.SETTINGS or pod.owner.startswith("Job "):
            continue
        endpoint = urlsplit(environment.settings(production, pod).platform.otlp_endpoint)
        assert (endpoint.scheme, endpoint.hostname) == ("http", COLLECTOR)
        assert network.allowed(production, known[pod.owner], known["collector"], endpoint.port or 0)


def test_nothing_is_recorded_where_nobody_takes_it(local: list[Manifest]) -> None:
    assert find(local, "NetworkPolicy", "services-to-collector") is None
    for pod in pods(local):
        if environment.service_of(pod) in environment.SETTINGS:
            assert environment.settings(local, pod).platform.otlp_endpoint == ""
