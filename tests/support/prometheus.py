"""A real Prometheus beside a running stack: scrapes every process twice a second and answers queries."""

import json
import os
import shutil
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.embedded.children import Child, Command, wait_until
from deploy.embedded.ports import free_port

FETCHED = Path(__file__).parents[2] / ".tools" / "prometheus"
START_WITHIN_S = 60.0


def tool(name: str) -> str:
    """`prometheus` or `promtool`, as `make test` fetched it, else of this machine; empty when there is none."""
    fetched = FETCHED / name
    return str(fetched) if os.access(fetched, os.X_OK) else shutil.which(name) or ""


needs_prometheus = pytest.mark.skipif(
    not (tool("prometheus") and tool("promtool")),
    reason="no prometheus and promtool: run deploy/observability/fetch-prometheus.sh .tools/prometheus",
)


class Prometheus:
    """Answers instant queries at its present time."""

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}"

    def query(self, expression: str) -> list[dict[str, Any]]:
        """The vector that an expression gives: `metric` with its labels, `value` as [time, text]."""
        asked = f"{self._url}/api/v1/query?{urllib.parse.urlencode({'query': expression})}"
        with urllib.request.urlopen(asked, timeout=10) as reply:
            found: list[dict[str, Any]] = json.load(reply)["data"]["result"]
        return found

    def is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self._url}/-/ready", timeout=2) as reply:
                return bool(reply.status == 200)
        except OSError:
            return False


@contextmanager
def prometheus(folder: Path, targets: Mapping[str, Sequence[str]]) -> Iterator[Prometheus]:
    """`targets` are addresses (host:port) by job. Its log is in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    jobs = [{"job_name": job, "static_configs": [{"targets": list(some)}]} for job, some in targets.items()]
    configuration = {"global": {"scrape_interval": "500ms", "scrape_timeout": "500ms"}, "scrape_configs": jobs}
    (folder / "prometheus.yml").write_text(yaml.safe_dump(configuration))
    command = (
        *(tool("prometheus"), f"--config.file={folder / 'prometheus.yml'}", f"--storage.tsdb.path={folder / 'data'}"),
        f"--web.listen-address=127.0.0.1:{port}",
    )
    child, running = Child(Command("Prometheus", command), folder / "prometheus.log"), Prometheus(port)
    try:
        wait_until(child, running.is_ready, within_s=START_WITHIN_S)
        yield running
    finally:
        child.stop()
