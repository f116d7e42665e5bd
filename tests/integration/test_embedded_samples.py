"""The samples, loaded into the real services."""

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
            if page["next"] is None:
                return total
            wanted = wanted.set("cursor", page["next"])


def test_loading_samples_twice_changes_nothing(stack: LiveStack) -> None:
    assert stack.load_samples() > 0
    loaded = counts(stack)
    assert loaded == {name: len(rows(file)) for name, file in FILES.items()}
    assert stack.load_samples() == 0
    stack.forget_loaded_samples()
    assert stack.load_samples() > 0
    assert counts(stack) == loaded
