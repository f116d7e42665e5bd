"""What deploy/compose/compose.yaml promises, read without an engine."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from catalog.settings import CatalogSettings
from common.settings import PlatformSettings, ServerSettings
from deploy.compose.secret_files import MADE
from deploy.embedded.plan import DEFAULT_PORTS
from matcher.settings import MatcherSettings
from notify.settings import NotifySettings
from portal.settings import PortalSettings
from tests.support.dockerfile import IMAGES, stages

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "deploy" / "compose"
TEXT = (FOLDER / "compose.yaml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
ONCE = {"postgres-setup", "catalog-migrate", "matcher-migrate", "notify-migrate", "tools"}
PUBLISHED = {
    "portal": 8100,
    "nats": 8104,
    "catalog": 8101,
    "matcher": 8102,
    "notify": 8103,
    "prometheus": 8130,
    "grafana": 8131,
}
WITHOUT_CHECK = {"collector"}
"""Its image holds one program and nothing to ask it with."""
VARIABLES = dict(re.findall(r"\$\{(\w+):-([^}]*)\}", TEXT))

service = pytest.mark.parametrize("service", SERVICES)


def put_in(text: str) -> str:
    return re.sub(r"\$\{(\w+):-([^}]*)\}", r"\2", text)


@service
def test_every_service_is_limited(service: str) -> None:
    limits = SERVICES[service]["deploy"]["resources"]["limits"]
    assert limits.keys() == {"cpus", "memory", "pids"}
    # An engine refuses to start what may use more processors than the machine has.
    assert float(put_in(limits["cpus"])) <= 1


@service
def test_every_service_is_hardened(service: str) -> None:
    found = SERVICES[service]
    assert found["read_only"] is True
    assert found["cap_drop"] == ["ALL"]
    assert found["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in found
    assert ("cap_add" in found) == (service == "postgres")


@service
def test_logs_are_bounded(service: str) -> None:
    assert SERVICES[service]["logging"]["options"].keys() == {"max-size", "max-file"}


@service
def test_whatever_goes_on_says_how_it_is(service: str) -> None:
    found = SERVICES[service]
    own = found.get("healthcheck", {})
    if service in ONCE | WITHOUT_CHECK:
        assert own == {"disable": True} or service == "postgres-setup"
    elif found["image"].startswith("jingqiao/"):
        assert own == {}  # the image's own
    else:
        assert own["test"][0] == "CMD"
        assert own.keys() >= {"interval", "timeout", "start_period", "retries"}


@service
def test_what_runs_once_is_not_restarted_and_the_rest_is(service: str) -> None:
    assert SERVICES[service]["restart"] == ("no" if service in ONCE else "unless-stopped")


def test_nothing_else_is_published_and_nothing_beyond_this_machine() -> None:
    ports = {name: found["ports"] for name, found in SERVICES.items() if found.get("ports")}
    assert ports.keys() == PUBLISHED.keys()
    for name, given in ports.items():
        assert [put_in(port).rpartition(":")[0] for port in given] == [f"127.0.0.1:{PUBLISHED[name]}"]
    assert {
        name: PUBLISHED[name] for name in ("portal", "catalog", "matcher", "notify", "nats")
    }.items() <= DEFAULT_PORTS.items()


def test_the_database_is_out_of_reach_from_outside() -> None:
    assert COMPOSE["networks"]["backend"] == {"internal": True}
    assert SERVICES["postgres"]["networks"] == ["backend"]


def secrets_of(service: str) -> dict[str, str]:
    """Source by target."""
    given = [{"source": each} if isinstance(each, str) else each for each in SERVICES[service].get("secrets", [])]
    return {each.get("target", each["source"]): each["source"] for each in given}


def test_every_secret_is_made_and_used() -> None:
    used = {source for service in SERVICES for source in secrets_of(service).values()}
    files = {name: put_in(given["file"]) for name, given in COMPOSE["secrets"].items()}
    made = {name: f"./secrets/{name}" for name in MADE}
    made |= {
        f"{name}_nats_credentials": f"./secrets/nats/identities/credentials/{name}.creds"
        for name in ("catalog", "matcher", "notify")
    }
    assert used == files.keys()
    assert files == made


@pytest.mark.parametrize("name", ["catalog", "matcher", "notify"])
def test_a_service_has_its_own_secrets_alone(name: str) -> None:
    own = {
        f"{name}_database_password": f"{name}_database_password",
        "/etc/jingqiao/nats.creds": f"{name}_nats_credentials",
    }
    of_notify = {each: each for each in ("notify_secret_keys", "notify_smtp_password")}
    more = of_notify if name == "notify" else {f"{name}_secret_keys": "contact_keys"}
    assert secrets_of(name) == secrets_of(f"{name}-work") == own | more
    assert secrets_of(f"{name}-migrate") == own | {f"{name}_database_password": f"{name}_owner_password"}


@pytest.mark.parametrize("name", ["catalog", "matcher", "notify"])
def test_only_the_migration_connects_as_the_owner(name: str) -> None:
    url = f"{name.upper()}_DATABASE_URL"
    users = {
        part: SERVICES[part]["environment"][url].split("//")[1].split("@")[0]
        for part in (name, f"{name}-work", f"{name}-migrate")
    }
    assert users == {name: name, f"{name}-work": name, f"{name}-migrate": f"{name}_owner"}


def test_the_portal_has_what_it_seals_and_proves_itself_with_and_knows_no_database() -> None:
    assert secrets_of("portal").keys() == {"portal_session_keys", "portal_client_secret"}
    assert [key for key in SERVICES["portal"]["environment"] if "DATABASE" in key or "CREDENTIALS" in key] == []


def test_no_secret_is_a_variable() -> None:
    written = [f"{key}={value}" for found in SERVICES.values() for key, value in found.get("environment", {}).items()]
    assert [line for line in written if re.search(r"(PASSWORD|SECRET|KEYS?)=(?!/)", line)] == []
    assert [line for line in written if re.search(r"://\w+:[^/@]+@", line)] == []


@pytest.mark.parametrize("name", ["catalog", "matcher", "notify", "portal"])
def test_variables_are_settings(name: str) -> None:
    services: dict[str, type[ServerSettings]]
    services = {"catalog": CatalogSettings, "matcher": MatcherSettings, "notify": NotifySettings}
    settings = (services | {"portal": PortalSettings})[name]
    known = {f"{name}_{field}".upper() for field in settings.model_fields}
    known |= {f"JINGQIAO_{field}".upper() for field in PlatformSettings.model_fields} | {"OTEL_EXPORTER_OTLP_ENDPOINT"}
    assert set(SERVICES[name]["environment"]) <= known


@pytest.mark.parametrize("name", ["catalog", "matcher", "notify"])
def test_serve_and_work_wait_for_the_migration_and_that_for_the_roles(name: str) -> None:
    done = {"condition": "service_completed_successfully"}
    assert SERVICES[f"{name}-migrate"]["depends_on"] == {"postgres-setup": done}
    assert SERVICES[name]["depends_on"] == SERVICES[f"{name}-work"]["depends_on"] == {f"{name}-migrate": done}
    assert [SERVICES[part]["command"] for part in (name, f"{name}-work", f"{name}-migrate")] == [
        ["serve"],
        ["work"],
        ["migrate"],
    ]


def test_images_are_built_from_targets_that_exist() -> None:
    for name, found in SERVICES.items():
        if "build" in found:
            target = put_in(found["build"]["target"])
            assert target in IMAGES
            assert target in stages()
            assert put_in(found["image"]).startswith(f"jingqiao/{target}:"), name
            assert (FOLDER / found["build"]["context"] / found["build"]["dockerfile"]).resolve().is_file()


def test_images_carry_the_version_of_the_project() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert VARIABLES["VERSION"] == version


def test_what_is_mounted_exists() -> None:
    sources = {volume.split(":")[0] for found in SERVICES.values() for volume in found.get("volumes", [])}
    named = {source for source in sources if not source.startswith((".", "$"))}
    folders = {source for source in sources if source.startswith(".")}
    assert [source for source in sorted(folders) if not (FOLDER / source).exists()] == []
    assert named == COMPOSE["volumes"].keys()


def test_every_variable_is_explained_with_its_default() -> None:
    example = dict(re.findall(r"^(\w+)=(.*)$", (FOLDER / "env.example").read_text(), re.MULTILINE))
    assert example == VARIABLES


def test_no_variable_is_one_of_the_stack_on_one_machine() -> None:
    assert [name for name in VARIABLES if name.startswith(("JINGQIAO", "CATALOG_", "NOTIFY_"))] == []
