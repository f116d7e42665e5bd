"""The servers of a deployment take the configuration as it stands, with the accounts that the command makes."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from deploy.embedded.children import Child, Command, wait_until
from deploy.embedded.nats import NatsServer, binary
from deploy.embedded.ports import free_port
from deploy.nats.identities import Identities
from tests.integration.broker.users import Broker

ROOT = Path(__file__).parents[3]


class Deployment:
    """The folders of a container that runs NATS: /etc and /data, with ports of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port, self.monitor = folder, free_port(), free_port()
        data, made = folder / "data", folder / "identities"
        argv = [sys.executable, "-m", "deploy.nats", str(made), "--resolver", str(data / "accounts")]
        subprocess.run(argv, cwd=ROOT, check=True, capture_output=True)
        self.identities = Identities(made)
        put_in = {"4222": f"{self.port}", "8222": f"{self.monitor}", "6222": f"{free_port()}", "/data": str(data)}
        (folder / "etc" / "nats").mkdir(parents=True)
        shutil.copy(made / "accounts.conf", folder / "etc" / "nats-accounts.conf")
        for path in (ROOT / "deploy" / "nats").glob("*.conf"):
            text = path.read_text()
            for usual, own in put_in.items():
                text = text.replace(usual, own)
            (folder / "etc" / "nats" / path.name).write_text(text)

    def command(self, layout: str, *words: str) -> Command:
        argv = (str(binary()), *words, "-c", str(self.folder / "etc" / "nats" / f"{layout}.conf"))
        return Command("NATS", argv, env={"NATS_SERVER_NAME": "nats"})


@pytest.fixture
def deployment(tmp_path: Path) -> Deployment:
    return Deployment(tmp_path)


@pytest.fixture
def single(deployment: Deployment) -> Iterator[Broker]:
    server = NatsServer(deployment.folder, deployment.port)
    child = Child(deployment.command("single"), deployment.folder / "nats.log")
    wait_until(child, server.is_answering, within_s=30)
    yield Broker(server, deployment.identities)
    child.stop()


async def test_a_single_server_knows_who_connects(single: Broker, deployment: Deployment) -> None:
    assert not await single.lets_in(None)
    async with single.bus("catalog") as bus:
        await bus.create_stream("CATALOG")
        assert await bus.publish("CATALOG", "catalog.demand.published", b"{}", message_id="an id") == 1
    async with single.user(deployment.identities.credentials("matcher")) as matcher:
        assert await matcher.is_refused_to_publish("catalog.demand.published")
    async with httpx.AsyncClient() as client:
        assert (await client.get(f"http://127.0.0.1:{deployment.monitor}/healthz")).status_code == 200


@pytest.mark.parametrize("layout", ["single", "cluster"])
def test_a_server_reads_either_layout(deployment: Deployment, layout: str) -> None:
    command = deployment.command(layout, "-t")
    done = subprocess.run(command.argv, env={**os.environ, **command.env}, capture_output=True, text=True)
    assert (done.returncode, "is valid" in done.stdout + done.stderr) == (0, True), done.stderr
