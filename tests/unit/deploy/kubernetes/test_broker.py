"""The values for the chart of NATS arrive where they are meant to: the chart passes over what it does not know."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.embedded.nats import binary
from tests.support.certificates import Authority
from tests.support.kubernetes import environment, rendered
from tests.support.kubernetes.manifests import Manifest, find, pods


def _configuration(manifests: list[Manifest]) -> str:
    return str((find(manifests, "ConfigMap", "nats-config") or {})["data"]["nats.conf"])


def with_certificates(configuration: str, folder: Path) -> str:
    """The same with files that are there, where it names those that cert-manager would make."""
    authority = Authority(folder / "authority")
    made = authority.certificate("nats")
    for mounted, file in (("tls.crt", made.chain), ("tls.key", made.key), ("ca.crt", authority.ca)):
        configuration = re.sub(rf'"/etc/nats-[a-z/-]+/{mounted}"', f'"{file}"', configuration)
    return configuration


def test_the_server_accepts_its_configuration(manifests: list[Manifest], tmp_path: Path) -> None:
    configuration = tmp_path / "nats.conf"
    configuration.write_text(with_certificates(_configuration(manifests), tmp_path))
    environment = {"SERVER_NAME": "nats-0", "POD_NAME": "nats-0"}
    done = subprocess.run(
        [str(binary()), "-t", "-c", str(configuration)], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_configuration_that_no_server_takes_is_seen(production: list[Manifest], tmp_path: Path) -> None:
    configuration = tmp_path / "nats.conf"
    configuration.write_text(_configuration(production).replace('"jetstream"', '"jetsteam"'))
    done = subprocess.run([str(binary()), "-t", "-c", str(configuration)], capture_output=True, check=False)
    assert done.returncode != 0


def test_streams_and_claims_are_stored_on_volumes_of_the_size_that_is_asked_for(production: list[Manifest]) -> None:
    claims = (find(production, "StatefulSet", "nats") or {})["spec"]["volumeClaimTemplates"]
    assert [claim["spec"]["resources"]["requests"]["storage"] for claim in claims] == ["50Gi", "1Gi"]
    assert re.search(r'"max_file_store": 50GB?i?', _configuration(production).replace("53687091200", "50Gi"))


def test_production_has_three_servers_that_know_each_other(production: list[Manifest]) -> None:
    assert (find(production, "StatefulSet", "nats") or {})["spec"]["replicas"] == 3
    assert [f"nats-{number}.nats-headless:6222" in _configuration(production) for number in range(3)] == [True] * 3


def _unknown(given: Any, chart: Any, path: str = "") -> Iterator[str]:
    """Keys that the chart does not have; below a member that is empty there, everything is free."""
    if isinstance(given, dict) and isinstance(chart, dict) and chart:
        for key, value in given.items():
            if key in chart:
                yield from _unknown(value, chart[key], f"{path}.{key}")
            else:
                yield f"{path}.{key}"


def _values(manifests: Path, name: str) -> Any:
    return yaml.safe_load((manifests / "nats" / name).read_text())


@pytest.mark.parametrize("file", ["values.yaml", *(f"{overlay}.yaml" for overlay in rendered.OVERLAYS)])
def test_the_chart_knows_every_value(file: str) -> None:
    chart = yaml.safe_load((rendered.CHART / "values.yaml").read_text())
    assert list(_unknown(_values(rendered.MANIFESTS, file), chart)) == []


def test_a_value_that_the_chart_does_not_know_is_seen() -> None:
    chart = yaml.safe_load((rendered.CHART / "values.yaml").read_text())
    given = {"config": {"cluster": {"enable": True}}, "container": {"env": {"ANY": "x"}}}
    assert list(_unknown(given, chart)) == [".config.cluster.enable"]


@pytest.mark.parametrize("kubernetes", ["1.31", "1.36"])
@pytest.mark.parametrize("overlay", rendered.OVERLAYS)
def test_the_chart_renders_for_the_oldest_and_the_newest_kubernetes(
    folder: Path, overlay: str, kubernetes: str
) -> None:
    found = rendered.broker(folder, overlay, kubernetes)
    assert find(found, "StatefulSet", "nats") is not None


def test_the_servers_trust_the_keys_that_were_made_and_nobody_else(manifests: list[Manifest]) -> None:
    configuration = _configuration(manifests)
    assert '"operator": "ey' in configuration
    assert '"resolver_preload"' in configuration
    assert '"type": "full"' in configuration


def test_streams_are_kept_on_every_server(manifests: list[Manifest]) -> None:
    servers = (find(manifests, "StatefulSet", "nats") or {})["spec"]["replicas"]
    ours = [pod for pod in pods(manifests) if environment.service_of(pod) in environment.SETTINGS]
    assert {environment.settings(manifests, pod).platform.stream_replicas for pod in ours} == {servers}
