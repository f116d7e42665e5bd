"""The broker as the chart configures it, on the real server: services get in, and KEDA finds their lag."""

import json
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from common import streams
from common.broker_access import Access
from common.bus import Bus
from common.clock import new_id
from common.contracts.catalog import DemandEvent
from common.contracts.matcher import MatchEvent
from common.errors import Unavailable
from deploy.embedded.nats import binary
from deploy.embedded.ports import free_port
from deploy.embedded.tokens import TokenIssuer
from deploy.kubernetes.local_secrets import generate
from matcher.consumers import DEMANDS
from notify.consumers import MATCHES
from tests.support.eventually import eventually
from tests.support.kubernetes import rendered
from tests.support.kubernetes.manifests import find


@dataclass(frozen=True)
class Broker:
    url: str
    monitoring: str
    folder: Path
    """Of keys and credentials."""

    def account(self, service: str) -> str:
        lines = (self.folder / "accounts.env").read_text().splitlines()
        return dict(line.split("=") for line in lines)[service]

    @asynccontextmanager
    async def as_service(self, service: str) -> AsyncIterator[Bus]:
        access = Access(self.folder / "credentials" / f"{service}.creds")
        bus = Bus(self.url, name=service, timeout_s=2, access=access)
        bus.open()
        yield bus
        await bus.close()

    def consumers(self, account: str, stream: str) -> dict[str, int]:
        """What KEDA reads: waiting and unacknowledged events of each consumer, by its name."""
        asked = {"acc": account, "consumers": "true", "config": "true"}
        reply: Any = httpx.get(f"{self.monitoring}/jsz", params=asked, trust_env=False).json()
        return {
            consumer["name"]: consumer["num_pending"] + consumer["num_ack_pending"]
            for found in reply.get("account_details", [])
            for one in found.get("stream_detail", [])
            if one["name"] == stream
            for consumer in one.get("consumer_detail", [])
        }


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """One server with the configuration that the chart renders for the overlay `local`, its ports and folders moved."""
    manifests = rendered.copied(tmp_path)
    configuration = (find(rendered.broker(manifests, "local"), "ConfigMap", "nats-config") or {})["data"]["nats.conf"]
    client, monitoring = free_port(), free_port()
    for old, new in (("4222", str(client)), ("8222", str(monitoring)), ("/data", str(tmp_path / "data"))):
        assert old in configuration
        configuration = configuration.replace(old, new)
    configuration = configuration.replace("/var/run/nats/nats.pid", str(tmp_path / "nats.pid"))
    (tmp_path / "nats.conf").write_text(configuration)
    (tmp_path / "data").mkdir()
    server = subprocess.Popen(
        [str(binary()), "-c", str(tmp_path / "nats.conf")], env={"SERVER_NAME": "nats-0"}, stderr=subprocess.DEVNULL
    )
    folder = manifests / "overlays" / "local" / "generated" / "broker"
    try:
        yield Broker(f"nats://127.0.0.1:{client}", f"http://127.0.0.1:{monitoring}", folder)
    finally:
        server.terminate()
        server.wait(timeout=20)


async def _provided(broker: Broker) -> None:
    """What the three Jobs `streams` do, each as its own service."""
    async with broker.as_service("catalog") as bus:
        await streams.provide(bus, DemandEvent.stream, [], within_s=30)
    async with broker.as_service("matcher") as bus:
        await streams.provide(bus, MatchEvent.stream, [DEMANDS], within_s=30)
    async with broker.as_service("notify") as bus:
        await streams.provide(bus, "NOTIFY", [MATCHES], within_s=30)


async def test_the_jobs_leave_consumers_that_keda_finds_by_the_key_of_their_account(broker: Broker) -> None:
    await _provided(broker)
    assert broker.consumers(broker.account("catalog"), "CATALOG") == {"matcher": 0}
    assert broker.consumers(broker.account("matcher"), "MATCHER") == {"notify": 0}
    # The name of an account, which KEDA takes as well, finds nothing.
    assert broker.consumers("CATALOG", "CATALOG") == {}


async def test_the_lag_is_what_nobody_has_acknowledged(broker: Broker) -> None:
    await _provided(broker)
    async with broker.as_service("catalog") as bus:

        async def is_announced() -> bool:
            try:
                await bus.publish("CATALOG", "catalog.demand.published", b"{}", message_id=str(new_id()))
            except Unavailable:
                return False
            return True

        await eventually(is_announced)
        await eventually(is_announced)
    assert broker.consumers(broker.account("catalog"), "CATALOG") == {"matcher": 2}


def test_the_values_are_of_the_keys_in_the_folder(tmp_path: Path) -> None:
    generate(tmp_path, TokenIssuer(tmp_path / "issuer"))
    trusted = json.loads((tmp_path / "broker" / "nats-values.json").read_text())["config"]["merge"]
    accounts = dict(line.split("=") for line in (tmp_path / "broker" / "accounts.env").read_text().splitlines())
    assert set(accounts.values()) < trusted["resolver_preload"].keys()
    before = (tmp_path / "broker" / "nats-values.json").read_text()
    generate(tmp_path, TokenIssuer(tmp_path / "issuer"))
    assert (tmp_path / "broker" / "nats-values.json").read_text() == before
