"""The samples, loaded into the real services."""

import shlex
import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest

from deploy.embedded.sample_data import rows
from tests.support.stack import LiveStack, live_stack

FILES = {"organisations": "organisations", "demands": "demands", "profiles": "offers"}
"""The list that holds what a sample file has."""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveStack]:
    with live_stack(tmp_path_factory.mktemp("whole")) as running:
        yield running


def counts(stack: LiveStack) -> dict[str, int]:
    lists = {"organisations": "catalog", "demands": "catalog", "profiles": "matcher"}
    return {name: count(stack.url(service, f"/v1/{name}")) for name, service in lists.items()}


def count(url: str) -> int:
    total, wanted = 0, httpx.QueryParams({"limit": 200})
    with httpx.Client(trust_env=False) as client:
        while True:
            page = client.get(url, params=wanted).raise_for_status().json()
            total += len(page["items"])
            if page["cursor"] is None:
                return total
            wanted = wanted.set("cursor", page["cursor"])


def test_loading_samples_twice_changes_nothing(stack: LiveStack) -> None:
    assert stack.load_samples() > 0
    loaded = counts(stack)
    assert loaded == {name: len(rows(file)) for name, file in FILES.items()}
    assert stack.load_samples() == 0
    stack.forget_loaded_samples()
    assert stack.load_samples() > 0
    assert counts(stack) == loaded


def test_the_shell_file_leads_every_command_to_this_stack(stack: LiveStack) -> None:
    def typed(command: str) -> list[str]:
        words = f". {shlex.quote(str(stack.write_shell()))} && exec {shlex.quote(sys.executable)} -m {command}"
        return ["bash", "-c", words]

    token = subprocess.check_output(typed("deploy.embedded token lei 529900T8BM49AURSDO55 x enterprise"), text=True)
    with httpx.Client(trust_env=False, headers={"Authorization": f"Bearer {token.strip()}"}) as client:
        assert client.get(stack.url("matcher", "/v1/matches")).status_code == 200
    subprocess.run(typed("matcher migrate"), check=True)
    with subprocess.Popen(typed("deploy.embedded listen"), stderr=subprocess.PIPE, text=True) as listening:
        assert listening.stderr is not None
        said = listening.stderr.readline()
        listening.kill()
    assert stack.nats_url in said
