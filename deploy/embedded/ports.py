"""Which ports the stack listens on, checked before anything starts."""

import itertools
import os
import socket
import time
from collections.abc import Mapping

from deploy.embedded.errors import Refused

LOOPBACK = "127.0.0.1"

# Below the range that systems hand out to outgoing connections (Linux: from 32768, others: from 49152), so that a port
# found free here is not taken by somebody's outgoing connection a moment later.
FREE_FROM, FREE_TO = 20_000, 32_000
APART = 397
_asked = itertools.count()


def is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As servers do: a port that only lingers in TIME_WAIT counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """One that this process was not given before: the earlier one may be about to be listened at."""
    for asked in itertools.islice(_asked, FREE_TO - FREE_FROM):
        # Processes that look at the same time, often neighbours by number, each begin elsewhere.
        port = FREE_FROM + (os.getpid() * APART + asked) % (FREE_TO - FREE_FROM)
        if is_free(port):
            return port
    raise Refused(f"no free port between {FREE_FROM} and {FREE_TO} on {LOOPBACK}")


def is_answering(port: int) -> bool:
    try:
        socket.create_connection((LOOPBACK, port), timeout=1.0).close()
    except OSError:
        return False
    return True


def ensure_free(ports: Mapping[str, int], *, within_s: float = 2.0) -> None:
    """Raises Refused, naming the first port that stays taken.

    Waits a moment: the servers of a stack that was killed just now let go of their ports a little later.
    """
    deadline = time.monotonic() + within_s
    for name, port in ports.items():
        while not is_free(port):
            if time.monotonic() > deadline:
                raise Refused(
                    f"port {port}, wanted for {name}, is taken; stop what listens there, "
                    f"or choose another with --{name}-port or {variable_for(f'{name}-port')}"
                )
            time.sleep(0.05)


def variable_for(option: str) -> str:
    """The environment variable that stands for an option: `catalog-port` is JINGQIAO_CATALOG_PORT."""
    return f"JINGQIAO_{option.upper().replace('-', '_')}"
