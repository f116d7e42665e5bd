"""Settings, secrets and names in the environment of a pod are those that the code reads."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import make_url

from tests.support.kubernetes import environment, secrets
from tests.support.kubernetes.broken import GONE, drop, put, seen
from tests.support.kubernetes.manifests import Manifest, Pod, find, of, pods, services_of
from tests.support.kubernetes.rendered import ROOT

Check = Callable[[list[Manifest]], list[str]]
CHECKS: list[Check] = [environment.faults, secrets.faults, secrets.login_faults]
CONTAINER = "spec.template.spec.containers.0"
WORK, MIGRATE = "Deployment catalog-work", "Job catalog-migrate-0-1-0"
BROKEN: list[tuple[Check, str, str, Any, str]] = [
    (
        environment.faults,
        "ConfigMap connections",
        "data.JINGQIAO_NATS_URI",
        "x",
        "no setting is called JINGQIAO_NATS_URI",
    ),
    (environment.faults, WORK, f"{CONTAINER}.env.2.name", "PASSWORD", "no setting is called PASSWORD"),
    (
        environment.faults,
        MIGRATE,
        f"{CONTAINER}.env.0.name",
        "PASSWORD",
        "CATALOG_DATABASE_OWNER_URL refers to nothing",
    ),
    (environment.faults, WORK, f"{CONTAINER}.env.3.name", "CATALOG_DATABASE", "database_url: Field required"),
    (environment.faults, WORK, f"{CONTAINER}.env.4.value", "always", "database_tls: Input should be"),
    (environment.faults, WORK, f"{CONTAINER}.ports.0.containerPort", 8101, "it listens on 0.0.0.0:8111"),
    (environment.faults, WORK, f"{CONTAINER}.volumeMounts.1.mountPath", "/etc/ca", "CATALOG_DATABASE_CA: nothing is"),
    (
        environment.faults,
        WORK,
        f"{CONTAINER}.volumeMounts.2.mountPath",
        "/etc/b",
        "CATALOG_NATS_CREDENTIALS: nothing is",
    ),
    (
        secrets.faults,
        WORK,
        f"{CONTAINER}.env.2.valueFrom.secretKeyRef.key",
        "pass",
        "nobody makes pass of Secret catalog",
    ),
    (
        secrets.faults,
        WORK,
        f"{CONTAINER}.env.2.valueFrom.secretKeyRef.name",
        "db",
        "nobody makes password of Secret db",
    ),
    (secrets.faults, "Ingress jingqiao", "metadata.annotations", {}, "nobody makes tls.crt of Secret jingqiao-tls"),
    (secrets.faults, "Cluster jingqiao-db", "metadata.name", "other", "nobody makes ca.crt of Secret jingqiao-db-ca"),
    (secrets.faults, "ExternalSecret scaler-database", "spec.target.name", "other", "nobody reads Secret other"),
    (secrets.faults, WORK, "spec.template.spec.volumes.2.secret.items", GONE, "mounts more of Secret jingqiao-db-ca"),
    (secrets.faults, WORK, "spec.template.spec.volumes.2.secret.items.0.key", "ca.key", "mounts more of Secret"),
    (secrets.faults, WORK, f"{CONTAINER}.envFrom.0.configMapRef.name", "common", "no ConfigMap common"),
    (secrets.login_faults, "Database jingqiao-notify", "spec.owner", "app", "belongs to app, who cannot log in"),
    (
        secrets.login_faults,
        "Cluster jingqiao-db",
        "spec.managed.roles.0.passwordSecret.name",
        "matcher-database",
        "Secret matcher-database is not of the role catalog_owner",
    ),
]


def _ours(manifests: list[Manifest]) -> list[Pod]:
    return [pod for pod in pods(manifests) if pod.labels.get("app.kubernetes.io/name") in environment.SETTINGS]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: f"{check.__module__}.{check.__name__}")
def test_what_is_set_is_read_and_what_is_read_is_there(manifests: list[Manifest], check: Check) -> None:
    assert check(manifests) == []


@pytest.mark.parametrize(("check", "name", "path", "value", "fault"), BROKEN, ids=[row[4] for row in BROKEN])
def test_what_does_not_fit_is_seen(
    production: list[Manifest], check: Check, name: str, path: str, value: Any, fault: str
) -> None:
    put(production, name, path, value)
    assert seen(check(production), fault)


def test_a_secret_that_nobody_makes_is_seen(local: list[Manifest]) -> None:
    drop(local, "Secret notify-sealing")
    assert seen(secrets.faults(local), "nobody makes keys of Secret notify-sealing")


def test_databases_and_broker_are_where_the_addresses_say(manifests: list[Manifest]) -> None:
    for pod in _ours(manifests):
        read = environment.settings(manifests, pod)
        url, broker = make_url(read.database_url), urlsplit(read.platform.nats_url)
        assert {url.host, broker.hostname} <= services_of(manifests)
        assert (url.port, url.password) == (5432, environment.SECRET)
        assert url.database == url.username == environment.service_of(pod)
        ports = {port["port"] for port in (find(manifests, "Service", str(broker.hostname)) or {})["spec"]["ports"]}
        assert broker.port in ports


def test_migrations_alone_run_as_the_owner_of_the_database(manifests: list[Manifest]) -> None:
    owners = {one["spec"]["name"]: one["spec"]["owner"] for one in of(manifests, "Database")}
    assert owners == {name: f"{name}_owner" for name in environment.SETTINGS}
    for pod in _ours(manifests):
        url = environment.settings(manifests, pod).database_owner_url
        is_migration = pod.labels["app.kubernetes.io/component"] == "migrate"
        owner = owners[environment.service_of(pod)] if is_migration else None
        assert (make_url(url).username if url else None) == owner


def test_the_database_is_reached_over_verified_tls_alone(manifests: list[Manifest]) -> None:
    assert {environment.settings(manifests, pod).database_tls for pod in _ours(manifests)} == {"verify-full"}


def _first_rule(rules: list[str], kind: str, database: str, role: str) -> str:
    """The method of the rule of pg_hba.conf that decides."""
    for rule in rules:
        its_kind, databases, roles, _, method = rule.split()
        if its_kind == kind and {database, "all"} & set(databases.split(",")) and {role, "all"} & set(roles.split(",")):
            return method
    return "whatever comes after"


def test_each_role_reaches_its_own_database_alone(manifests: list[Manifest]) -> None:
    cluster = of(manifests, "Cluster")[0]["spec"]
    rules = cluster["postgresql"]["pg_hba"]
    for role in (one["name"] for one in cluster["managed"]["roles"]):
        for database in (*environment.SETTINGS, "postgres"):
            is_own = role.removesuffix("_owner") == database or (role == "scaler" and database != "postgres")
            assert _first_rule(rules, "hostssl", database, role) == ("scram-sha-256" if is_own else "reject")
            assert _first_rule(rules, "hostnossl", database, role) == "reject"


def test_no_role_has_rights_over_others(manifests: list[Manifest]) -> None:
    for role in of(manifests, "Cluster")[0]["spec"]["managed"]["roles"]:
        assert role["superuser"] is False
        # What a member may become it must not be all the time.
        assert not role.get("inRoles") or role["inherit"] is False


def test_the_address_of_reviews_is_the_matchers_own(production: list[Manifest]) -> None:
    serve = next(pod for pod in _ours(production) if pod.owner == "Deployment catalog-serve")
    review = urlsplit(environment.variables(production, serve.containers[0])["CATALOG_REVIEW_URL"])
    rules = (find(production, "Ingress", "jingqiao") or {})["spec"]["rules"]
    hosts = {rule["host"]: rule["http"]["paths"][0]["backend"]["service"]["name"] for rule in rules}
    assert hosts[str(review.hostname)] == "matcher-api"
    routes = json.loads((ROOT / "tests" / "contract" / "openapi" / "matcher.json").read_text())["paths"]
    assert review.path in routes
    assert {path.split("/")[1] for path in routes} == {"v1"}


def test_a_variable_takes_the_place_of_its_name() -> None:
    container = {"env": [{"name": "A", "value": "1"}, {"name": "B", "value": "$(A)-$(C)"}, {"name": "C", "value": "2"}]}
    assert environment.variables([], container)["B"] == "1-$(C)"
