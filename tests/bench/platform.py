"""The running platform that is measured: durable as in production, in a temporary folder, on free ports."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.embedded.plan import DEFAULT_PORTS, Plan, default_cache
from deploy.embedded.ports import free_port, is_answering
from deploy.embedded.stack import Stack
from tests.support.stack import LiveStack

ENV = {
    "NOTIFY_ALLOW_LOOPBACK": "true",
    **{f"{service}_RATE_PER_ORGANISATION": "0" for service in ("CATALOG", "MATCHER", "NOTIFY")},
}
"""The webhook receiver of the measurements listens on the loopback address; one organisation asks as fast as it can."""


def cache() -> Path:
    return default_cache(Path(tempfile.gettempdir()))


@contextmanager
def running() -> Iterator[LiveStack]:
    with tempfile.TemporaryDirectory(prefix="jingqiao-bench-", ignore_cleanup_errors=True) as folder:
        ports = {name: free_port() for name in DEFAULT_PORTS}
        with Stack(Plan(home=Path(folder), cache=cache(), ports=ports, env=ENV)) as stack:
            stack.start()
            yield LiveStack(stack)


@contextmanager
def beside(*argv: str) -> Iterator[int]:
    """A process of this package, given a port to listen on; the block gets the port once it answers."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", *argv, str(port)], stdout=subprocess.DEVNULL)
    try:
        while not is_answering(port):
            if process.poll() is not None:
                raise RuntimeError(f"{' '.join(argv)} ended with code {process.returncode}")
            time.sleep(0.05)
        yield port
    finally:
        process.kill()
        process.wait()
